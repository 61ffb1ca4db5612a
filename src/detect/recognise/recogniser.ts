/** What a recogniser found in a text. */
export interface Recognition {
  /** Code units `start` to `end` of the text that was given. */
  readonly start: number;
  readonly end: number;
  /** Short tag of the structure found, e.g. `union-select`. */
  readonly shape: string;
}

/**
 * Judges the structure of a text where no list of strings can: a modifier of Sightline's own, named in a rule as
 * `field|name: true`. Pure, linear in the text, and safe on hostile text.
 */
export interface Recogniser {
  /** The modifier's name: lower case. */
  readonly name: string;
  /** Lower-case literals; text in which none occurs (in any view, case folded) cannot match. */
  readonly needles: readonly string[];
  /** What stands in every text that can match: a cheap look before the text is read; null where nothing is named. */
  readonly hint: RegExp | null;
  /** @returns null when the text holds no such structure. */
  recognise(text: string): Recognition | null;
}
