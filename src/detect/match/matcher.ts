import type { View } from '../view/view.ts';

/** Where in a text something stands: code units `start` to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text, lower case and never empty, that a match needs. */
export interface Literal {
  readonly text: string;
  /** Whether it must stand at the very start, or the very end. */
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

/** A literal that may stand anywhere. */
export function floating(text: string): Literal {
  return { text, atStart: false, atEnd: false };
}

/** One value of a selection item, ready to be held against views of a text. */
export interface Matcher {
  matches(view: View): boolean;
  /** Where it matches; null when it does not. */
  locate(view: View): Span | null;
  /** The whole text in lower case where nothing else can match; null when other texts can. */
  readonly exact: string | null;
  /** Sets of literals: of each set, one literal stands in every text that matches. None when nothing can be named. */
  readonly literals: readonly (readonly Literal[])[];
  /** The value as the rule has it, for people. */
  readonly label: string;
}
