import { toTerminal } from '../../escape/escape.ts';

/**
 * The bytes of a line as text for a person: printable ASCII as it is, everything else as `\xhh`, which is how Apache
 * writes it. A code unit of `line` is one byte; at most `max` of them are shown.
 */
export function showBytes(line: string, max = Number.POSITIVE_INFINITY): string {
  const shown = toTerminal(line.slice(0, max)).replace(
    /[^\x20-\x7e]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16)}`,
  );
  return line.length > max ? `${shown}…` : shown;
}
