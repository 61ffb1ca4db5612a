import type { Recognition } from './recogniser.ts';

/** A pattern of bounded length, tried only on a text that holds its literal. */
export interface Mark {
  readonly literal: string;
  readonly pattern: RegExp;
  readonly shape: string;
}

/** The first mark, in the order of the table, found in an already lower-cased text. */
export function findMark(lower: string, marks: readonly Mark[]): Recognition | null {
  for (const { literal, pattern, shape } of marks) {
    if (!lower.includes(literal)) continue;
    const match = pattern.exec(lower);
    if (match !== null) return { start: match.index, end: match.index + match[0].length, shape };
  }
  return null;
}
