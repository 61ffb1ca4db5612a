/**
 * The ways in which a text is seen, in the order in which they are tried: `raw` as logged with the log's escapes undone;
 * percent-decoded once, twice, until stable; `folded` with other spellings of ASCII characters replaced; `squeezed` without
 * what parsers skip; `base64` with encoded runs of a parameter decoded.
 */
export const VIEW_NAMES = ['raw', 'decoded', 'decoded-twice', 'decoded-fully', 'folded', 'squeezed', 'base64'] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/** Which characters a text holds, as bits: what lacks one of another text's bits does not hold that text, in any case. */
export interface Marks {
  /** Of U+0020 to U+003F. */
  readonly low: number;
  /** Of U+0040 to U+007F by their last five bits, so that both cases of a letter have one. */
  readonly high: number;
}

export function marksOf(text: string): Marks {
  let [low, high] = [0, 0];
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x40 && unit < 0x80) high |= 1 << (unit & 31);
    else if (unit >= 0x20 && unit < 0x40) low |= 1 << (unit & 31);
  }
  return { low, high };
}

/** One way to see a text. */
export class View {
  readonly name: ViewName;
  readonly text: string;
  #lower: string | undefined;
  #marks: Marks | undefined;

  constructor(name: ViewName, text: string) {
    this.name = name;
    this.text = text;
  }

  /** The text in lower case, for comparisons that ignore case. */
  get lower(): string {
    this.#lower ??= this.text.toLowerCase();
    return this.#lower;
  }
  get marks(): Marks {
    this.#marks ??= marksOf(this.lower);
    return this.#marks;
  }
}
