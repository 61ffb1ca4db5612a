import { type ParameterPool, parameterOf } from './parameter.ts';
import { Piece } from './piece.ts';
import { plainText, Text, textOf, textOfPiece } from './text.ts';

/** What the bounds on one entry cost, and what was computed for it. */
export interface ViewCounts {
  /** Texts of which only the first part was decoded. */
  cut: number;
}

export interface ViewLimits {
  /** Code units of a text that are decoded; the rest is seen only as logged. */
  readonly maxTextLength: number;
  /** Parameters of a query that are addressed apart; the rest counts as one. */
  readonly maxParameters: number;
}

export const DEFAULT_LIMITS: ViewLimits = { maxTextLength: 16_384, maxParameters: 256 };

/** A query taken apart: `name=value` pairs, `&` between them. A part without `=` is a name without a value. */
export interface Parameters {
  readonly pieces: readonly Piece[];
  readonly glue: readonly string[];
  readonly names: readonly Text[];
  readonly values: readonly Text[];
  /** Parts without `=`. */
  readonly bare: readonly Text[];
}

/** Makes texts of the values of an entry, within limits. */
export class TextMaker {
  /** Whether it is known that no text has a view that differs from it: none is looked for then. */
  readonly isPlain: boolean;
  readonly #limits: ViewLimits;
  readonly #counts: ViewCounts;
  readonly #pool: ParameterPool | null;

  constructor(limits: ViewLimits, counts: ViewCounts, pool: ParameterPool | null, isPlain: boolean) {
    this.#limits = limits;
    this.#counts = counts;
    this.#pool = pool;
    this.isPlain = isPlain;
  }

  /** A text that is decoded as one. */
  whole(text: string): Text {
    return this.isPlain ? plainText(text) : textOfPiece(text, this.piece(text));
  }

  piece(text: string): Piece {
    return new Piece(this.#cut(text), 'plain');
  }

  segment(text: string): Text {
    return this.isPlain ? plainText(text) : textOf(text, 'segment', this.#limits.maxTextLength);
  }

  segments(path: string): readonly Text[] {
    return splitBounded(path, '/', this.#limits.maxParameters)
      .filter((segment) => segment !== '')
      .map((segment) => this.segment(segment));
  }

  parameters(query: string): Parameters {
    const { maxParameters } = this.#limits;
    const pieces: Piece[] = [];
    const glue = [''];
    const names: Text[] = [];
    const values: Text[] = [];
    const bare: Text[] = [];
    const parts = splitBounded(this.#cut(query), '&', maxParameters);
    for (const [index, part] of parts.entries()) {
      if (index > 0) glue[glue.length - 1] += '&';
      const { name, value } = this.#pool?.of(part) ?? parameterOf(part);
      pieces.push(name.piece);
      names.push(name.text);
      if (value === null) {
        bare.push(name.text);
        glue.push('');
      } else {
        pieces.push(value.piece);
        values.push(value.text);
        glue.push('=', '');
      }
    }
    return { pieces, glue, names, values, bare };
  }

  /** A line of a log, which has a query where it has a request. */
  line(line: string): Text {
    const mark = line.indexOf('?');
    const { maxTextLength } = this.#limits;
    if (mark < 0 || mark > maxTextLength) return this.whole(line);
    const rest = line.slice(mark + 1, maxTextLength);
    return new Text(line, [this.piece(line.slice(0, mark)), new Piece(rest, 'parameter')], ['', '?', '']);
  }

  #cut(text: string): string {
    if (text.length <= this.#limits.maxTextLength) return text;
    this.#counts.cut += 1;
    return text.slice(0, this.#limits.maxTextLength);
  }
}

/** Splits at a separator into at most `max` parts; the last one keeps the rest. */
function splitBounded(text: string, separator: string, max: number): string[] {
  const parts = text.split(separator, max);
  const length = parts.reduce((sum, part) => sum + part.length + 1, 0);
  if (length <= text.length) parts.push(text.slice(length));
  return parts;
}
