/**
 * The ways in which a text is seen, in the order in which they are tried: `raw` as logged with the log's escapes undone;
 * percent-decoded once, twice, until stable; `folded` with other spellings of ASCII characters replaced; `squeezed` without
 * what parsers skip; `base64` with encoded runs of a parameter decoded.
 */
export const VIEW_NAMES = ['raw', 'decoded', 'decoded-twice', 'decoded-fully', 'folded', 'squeezed', 'base64'] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/** One way to see a text. */
export class View {
  readonly name: ViewName;
  readonly text: string;
  #lower: string | undefined;

  constructor(name: ViewName, text: string) {
    this.name = name;
    this.text = text;
  }

  /** The text in lower case, for comparisons that ignore case. */
  get lower(): string {
    this.#lower ??= this.text.toLowerCase();
    return this.#lower;
  }
}
