import type { Transform } from 'node:stream';
import split from 'split2';
import type { LogLine } from '../model/line.ts';
import type { LineBounder } from './bound-lines.ts';
import type { Framing } from './framing.ts';
import { lineCutter } from './line-cutter.ts';

/**
 * A stream from bounded one-byte text to the results of `onLine`, framed by split2. `onLine` runs inside split2's
 * mapper, so that only results cost a hop; what it throws becomes the stream's error. split2's decoder lets strings
 * pass as they are, hence one code unit stays one byte.
 */
export function lineFramer<T>(
  framing: Framing,
  bounder: LineBounder,
  onLine: (line: LogLine) => T | undefined,
): Transform {
  const cutter = lineCutter(framing, bounder);
  const frame = (raw: string): T | undefined => {
    const line = cutter.cut(raw);
    return line === undefined ? undefined : onLine(line);
  };
  return split('\n', frame, { decodeStrings: false });
}
