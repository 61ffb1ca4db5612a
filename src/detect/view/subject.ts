import type { AccessLogEntry } from '../../model/entry.ts';
import { type ParameterPool, parameterOf } from './parameter.ts';
import { Piece } from './piece.ts';
import { plainText, Text, textOf } from './text.ts';
import { unescapeLine } from './unescape.ts';

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

/** One value of a field: usually one text, or several readings of the same value. */
export type Value = readonly Text[];

/** What the values of a field are remembered by. */
interface ValueSource {
  readonly values: (subject: Subject) => readonly Value[];
}

/** A query taken apart: `name=value` pairs, `&` between them. A part without `=` is a name without a value. */
interface Parameters {
  readonly pieces: readonly Piece[];
  readonly glue: readonly string[];
  readonly names: readonly Text[];
  readonly values: readonly Text[];
  /** Parts without `=`. */
  readonly bare: readonly Text[];
}

/**
 * The texts of one entry that rules may look at, made on demand. A target is decoded piece by piece: path, then each name
 * and value of the query, so that what an encoded `&` hides stays inside its value. Long for the number of texts that an
 * entry has.
 */
export class Subject {
  readonly entry: AccessLogEntry;
  readonly #limits: ViewLimits;
  readonly #counts: ViewCounts;
  readonly #isPlain: boolean;
  readonly #pool: ParameterPool | null;
  // Made when the first is wanted: most subjects are asked for none.
  #texts: Map<string, Text | null> | undefined;
  #values: Map<ValueSource, readonly Value[]> | undefined;
  #parameters: Parameters | undefined;
  #refererParameters: Parameters | undefined;

  /**
   * @param pool - of one detector, whose names and values of queries are made once
   * @param isPlain - whether it is known that no text has a view that differs from it: none is looked for then
   */
  constructor(
    entry: AccessLogEntry,
    limits: ViewLimits,
    counts: ViewCounts,
    pool: ParameterPool | null = null,
    isPlain = false,
  ) {
    this.entry = entry;
    this.#pool = pool;
    this.#isPlain = isPlain;
    this.#limits = limits;
    this.#counts = counts;
  }

  valuesOf(field: ValueSource): readonly Value[] {
    this.#values ??= new Map();
    const known = this.#values.get(field);
    if (known !== undefined) return known;
    const values = field.values(this);
    this.#values.set(field, values);
    return values;
  }

  get stem(): Text | null {
    return this.#once('stem', () => this.#whole(this.entry.stem, true));
  }

  get query(): Text | null {
    return this.#once('query', () => {
      const { query } = this.entry;
      if (query === null) return null;
      return this.#isPlain ? plainText(query) : new Text(query, this.parameters.pieces, this.parameters.glue);
    });
  }

  get target(): Text | null {
    return this.#once('target', () => {
      const { target } = this.entry;
      return target === null ? null : this.#wrapTarget('', target, '');
    });
  }

  /** The target as the request line had it, scheme and authority included. Null when it has none. */
  get absoluteTarget(): Text | null {
    return this.#once('absolute', () => {
      const { request, method, target, protocol } = this.entry;
      if (request === null || target === null || method === null || !request.includes('://')) return null;
      const end = protocol === null ? request.length : request.length - protocol.length - 1;
      const absolute = request.slice(method.length + 1, end).trim();
      if (absolute.length <= target.length || !absolute.endsWith(target)) return null;
      return this.#wrapTarget(absolute.slice(0, absolute.length - target.length), absolute, '');
    });
  }

  get request(): Text | null {
    return this.#once('request', () => {
      const { request, target, protocol } = this.entry;
      if (request === null || target === null) return this.#whole(request);
      const suffix = protocol === null ? '' : ` ${protocol}`;
      if (!request.endsWith(target + suffix)) return this.#whole(request);
      return this.#wrapTarget(request.slice(0, request.length - target.length - suffix.length), request, suffix);
    });
  }

  get extension(): Text | null {
    return this.#once('extension', () => {
      const stem = this.entry.stem ?? '';
      const file = stem.slice(stem.lastIndexOf('/') + 1);
      const dot = file.lastIndexOf('.');
      return dot < 0 ? null : this.#segment(file.slice(dot + 1));
    });
  }

  get segments(): readonly Text[] {
    return splitBounded(this.entry.stem ?? '', '/', this.#limits.maxParameters)
      .filter((segment) => segment !== '')
      .map((segment) => this.#segment(segment));
  }

  get referer(): Text | null {
    return this.#once('referer', () => {
      const { referer } = this.entry;
      if (referer === null) return null;
      const mark = referer.indexOf('?');
      if (mark < 0 || this.#isPlain) return this.#whole(referer);
      const { pieces, glue } = this.refererParameters;
      return new Text(referer, [this.#piece(referer.slice(0, mark)), ...pieces], ['', `?${glue[0]}`, ...glue.slice(1)]);
    });
  }

  get userAgent(): Text | null {
    return this.#once('agent', () => this.#whole(this.entry.userAgent));
  }

  /** The whole line with the log's escapes undone. */
  get line(): Text {
    const text = this.#once('line', () => {
      const line = unescapeLine(this.entry.line.text);
      const mark = line.indexOf('?');
      if (mark < 0 || mark > this.#limits.maxTextLength) return this.#whole(line);
      const rest = line.slice(mark + 1, this.#limits.maxTextLength);
      return new Text(line, [this.#piece(line.slice(0, mark)), new Piece(rest, 'parameter')], ['', '?', '']);
    });
    return text as Text; // the line of an entry is never null
  }

  get parameters(): Parameters {
    this.#parameters ??= this.#split(this.entry.query ?? '');
    return this.#parameters;
  }

  get refererParameters(): Parameters {
    const referer = this.entry.referer ?? '';
    const mark = referer.indexOf('?');
    this.#refererParameters ??= this.#split(mark < 0 ? '' : referer.slice(mark + 1));
    return this.#refererParameters;
  }

  get host(): Text | null {
    return this.#once('host', () => this.#whole(this.entry.host));
  }

  get user(): Text | null {
    return this.#once('user', () => this.#whole(this.entry.user));
  }

  /** A header or other value that the entry holds under a name of its own. */
  extra(name: string): Text | null {
    return this.#once(`extra ${name}`, () => this.#whole(this.entry.extra?.[name] ?? null));
  }

  #wrapTarget(before: string, raw: string, after: string): Text {
    if (this.#isPlain) return plainText(raw);
    const stem = this.#piece(this.entry.stem ?? '');
    if (this.entry.query === null) return new Text(raw, [stem], [before, after]);
    const { pieces, glue } = this.parameters;
    const inner = [before, `?${glue[0]}`, ...glue.slice(1)];
    inner[inner.length - 1] += after;
    return new Text(raw, [stem, ...pieces], inner);
  }

  #split(query: string): Parameters {
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

  #segment(text: string): Text {
    return this.#isPlain ? plainText(text) : textOf(text, 'segment', this.#limits.maxTextLength);
  }

  #whole(text: string | null, isApart = false): Text | null {
    if (text === null) return null;
    return this.#isPlain ? plainText(text, isApart) : new Text(text, [this.#piece(text)], ['', ''], isApart);
  }

  #piece(text: string): Piece {
    return new Piece(this.#cut(text), 'plain');
  }

  #cut(text: string): string {
    if (text.length <= this.#limits.maxTextLength) return text;
    this.#counts.cut += 1;
    return text.slice(0, this.#limits.maxTextLength);
  }

  #once(name: string, make: () => Text | null): Text | null {
    this.#texts ??= new Map();
    const known = this.#texts.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.#texts.set(name, made);
    return made;
  }
}

/** Splits at a separator into at most `max` parts; the last one keeps the rest. */
function splitBounded(text: string, separator: string, max: number): string[] {
  const parts = text.split(separator, max);
  const length = parts.reduce((sum, part) => sum + part.length + 1, 0);
  if (length <= text.length) parts.push(text.slice(length));
  return parts;
}
