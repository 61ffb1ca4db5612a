import type { Fault } from '../model/errors.ts';

/** Where something stands. */
export type Place = Omit<Fault, 'message'>;

/** A line of a configuration, with what a backslash at its end continues it with, and without the space around it. */
export interface ConfigLine extends Place {
  readonly text: string;
}

/**
 * The lines that say something ("Syntax of the Configuration Files", Apache HTTP Server 2.4). As in Apache, a comment
 * goes on where its line ends in a backslash.
 */
export function* configLines(path: string, contents: string): Generator<ConfigLine> {
  const lines = contents.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const first = i;
    const parts: string[] = [];
    for (; ; i++) {
      const line = (lines[i] ?? '').replace(/\r$/, '');
      const goesOn = line.endsWith('\\') && i + 1 < lines.length;
      parts.push(goesOn ? line.slice(0, -1) : line);
      if (!goesOn) break;
    }
    const joined = parts.join('');
    const start = joined.trimStart();
    const text = start.trimEnd();
    if (text !== '' && !text.startsWith('#')) {
      yield { path, line: first + 1, col: joined.length - start.length + 1, text };
    }
  }
}
