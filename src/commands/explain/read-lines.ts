import { Readable } from 'node:stream';
import type { Config } from '../../config.ts';
import { SightlineError } from '../../model/errors.ts';
import type { LogLine } from '../../model/line.ts';
import { chooseFormat, findFormat, type LogFormat } from '../../parse/parse.ts';
import { openSource } from '../../read/read.ts';

/** Each line is held against every rule without a short cut, and all that is found is told. */
const MAX_LINES = 1000;

/** Lines to explain, and the format in which they are read. */
export interface LinesOfFormat {
  readonly lines: readonly LogLine[];
  readonly format: LogFormat;
}

/**
 * The lines of a text, or of standard input when it is empty or `-`, with the format of the configuration or else the one
 * that fits them best.
 * @throws SightlineError `usage` for nothing, too many lines or one that is too long.
 */
export async function readLines(text: string, { logs }: Pick<Config, 'logs'>): Promise<LinesOfFormat> {
  const lines: LogLine[] = [];
  const source = await openSource(
    { name: '-', sizeBytes: null },
    {
      maxLineBytes: logs.max_line_bytes,
      onReject: ({ line, code }) => {
        throw new SightlineError('usage', `line ${line.number} has ${line.length} bytes and is ${code}`);
      },
      stdin: text === '' || text === '-' ? process.stdin : Readable.from([Buffer.from(text)]),
    },
  );
  for await (const line of source.map((found) => found)) {
    if (lines.push(line) > MAX_LINES) {
      throw new SightlineError('usage', `expected at most ${MAX_LINES} lines to explain; batch reads whole logs`);
    }
  }
  if (source.fault !== null) throw new SightlineError('usage', `cannot read the lines: ${source.fault.message}`);
  if (lines.length === 0) throw new SightlineError('usage', 'expected a log line, got nothing but blanks');
  const format = logs.format === 'auto' ? chooseFormat(source.head).format : findFormat(logs.format, logs.json_fields);
  return { lines, format: format.name === 'json' ? findFormat('json', logs.json_fields) : format };
}
