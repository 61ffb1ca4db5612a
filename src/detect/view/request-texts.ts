import type { AccessLogEntry } from '../../model/entry.ts';
import type { Piece } from './piece.ts';
import { plainText, Text, textOfPiece } from './text.ts';
import type { Parameters, TextMaker } from './text-maker.ts';
import { TextMemo } from './text-memo.ts';

/** What of an entry stands in its request line. */
type RequestParts = Pick<AccessLogEntry, 'request' | 'method' | 'target' | 'stem' | 'query' | 'protocol'>;

/**
 * The texts of a request line, made on demand. A target is decoded piece by piece: path, then each name and value of the
 * query, so that what an encoded `&` hides stays inside its value.
 */
export class RequestTexts {
  readonly #entry: RequestParts;
  readonly #make: TextMaker;
  readonly #texts = new TextMemo();
  // Undefined until it is asked for.
  #stemPiece: Piece | undefined;
  #segments: readonly Text[] | undefined;
  #parameters: Parameters | undefined;

  constructor(entry: RequestParts, make: TextMaker) {
    this.#entry = entry;
    this.#make = make;
  }

  get stem(): Text | null {
    return this.#texts.once('stem', () => {
      const { stem } = this.#entry;
      if (stem === null) return null;
      return this.#make.isPlain ? plainText(stem, true) : textOfPiece(stem, this.#pieceOfStem(), true);
    });
  }

  get query(): Text | null {
    return this.#texts.once('query', () => {
      const { query } = this.#entry;
      if (query === null) return null;
      return this.#make.isPlain ? plainText(query) : new Text(query, this.parameters.pieces, this.parameters.glue);
    });
  }

  get target(): Text | null {
    return this.#texts.once('target', () => {
      const { target } = this.#entry;
      return target === null ? null : this.#wrapTarget('', target, '');
    });
  }

  /** The target as the request line had it, scheme and authority included. Null when it has none. */
  get absoluteTarget(): Text | null {
    return this.#texts.once('absolute', () => {
      const { request, method, target, protocol } = this.#entry;
      if (request === null || target === null || method === null || !request.includes('://')) return null;
      const end = protocol === null ? request.length : request.length - protocol.length - 1;
      const absolute = request.slice(method.length + 1, end).trim();
      if (absolute.length <= target.length || !absolute.endsWith(target)) return null;
      return this.#wrapTarget(absolute.slice(0, absolute.length - target.length), absolute, '');
    });
  }

  get request(): Text | null {
    return this.#texts.once('request', () => {
      const { request, target, protocol } = this.#entry;
      if (request === null) return null;
      if (target === null) return this.#make.whole(request);
      const suffix = protocol === null ? '' : ` ${protocol}`;
      if (!request.endsWith(target + suffix)) return this.#make.whole(request);
      return this.#wrapTarget(request.slice(0, request.length - target.length - suffix.length), request, suffix);
    });
  }

  get extension(): Text | null {
    return this.#texts.once('extension', () => {
      const stem = this.#entry.stem ?? '';
      const file = stem.slice(stem.lastIndexOf('/') + 1);
      const dot = file.lastIndexOf('.');
      return dot < 0 ? null : this.#make.segment(file.slice(dot + 1));
    });
  }

  get segments(): readonly Text[] {
    this.#segments ??= this.#make.segments(this.#entry.stem ?? '');
    return this.#segments;
  }

  get parameters(): Parameters {
    this.#parameters ??= this.#make.parameters(this.#entry.query ?? '');
    return this.#parameters;
  }

  #wrapTarget(before: string, raw: string, after: string): Text {
    if (this.#make.isPlain) return plainText(raw);
    const stem = this.#pieceOfStem();
    if (this.#entry.query === null) return new Text(raw, [stem], [before, after]);
    const { pieces, glue } = this.parameters;
    const inner = [before, `?${glue[0]}`, ...glue.slice(1)];
    inner[inner.length - 1] += after;
    return new Text(raw, [stem, ...pieces], inner);
  }

  /** Decoded once, wherever it is shown. */
  #pieceOfStem(): Piece {
    this.#stemPiece ??= this.#make.piece(this.#entry.stem ?? '');
    return this.#stemPiece;
  }
}
