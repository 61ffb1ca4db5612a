import { jsonParser } from 'stream-json/core/parser.js';
import type { LogLine } from '../model/line.ts';
import { type Framing, rejectTooLong, UTF8_BOM } from './framing.ts';
import { escapeLegaliser } from './legalise-escapes.ts';
import { ReadError } from './source-fault.ts';

/** Log entries are flat or nearly so; the parser remembers every open bracket. */
const MAX_DEPTH = 64;
const BRACKET = /([{}[\]])/;
const SCALAR_ENDS: ReadonlySet<string> = new Set(['endString', 'endNumber', 'trueValue', 'falseValue', 'nullValue']);

export interface JsonFramer {
  /** The elements that end in this chunk. */
  frame(chunk: string): Generator<LogLine>;
  /** @throws ReadError `bad-json` if the array has not been closed. */
  end(): void;
}

/**
 * Frames the elements of one JSON array that comes in chunks of one-byte text. stream-json reads the grammar; an
 * element's text is cut out of the chunks as it stands there, white space included, so that offset and length are true.
 * The brackets are handed over one by one, hence whatever opens or closes is known to do so at that very byte. Elements
 * that are neither objects nor arrays are skipped; an element over the bound is refused without being collected.
 *
 * `frame` throws ReadError `bad-json` where the text is no JSON, after it gave the elements before.
 */
export function jsonFramer(framing: Framing): JsonFramer {
  const { source, maxLineBytes, ledger } = framing;
  const parse = jsonParser({ packValues: false });
  const legalise = escapeLegaliser();
  let offset = 0;
  let depth = 0;
  let start = 0;
  let text = '';

  function read(piece: string): void {
    const tokens = tokenise(piece);
    for (const { name } of tokens) {
      if (name === 'startObject' || name === 'startArray') {
        if (++depth > MAX_DEPTH) throw fail(`it is nested more than ${MAX_DEPTH} deep`);
      } else if (name === 'endObject' || name === 'endArray') {
        depth--;
      } else if (depth === 1 && SCALAR_ENDS.has(name)) {
        ledger.lines++;
        ledger.skipped++;
      }
    }
  }

  function tokenise(piece: string) {
    try {
      const parsed = parse(legalise(piece));
      return typeof parsed === 'symbol' ? [] : parsed.values;
    } catch (error) {
      throw fail(error instanceof Error ? error.message : String(error), error);
    }
  }

  function fail(reason: string, cause?: unknown): ReadError {
    return new ReadError('bad-json', `no JSON after element ${ledger.lines}, near byte ${offset}: ${reason}`, {
      cause,
    });
  }

  function take(end: number): LogLine | null {
    const line = { number: ++ledger.lines, offset: start, length: end - start };
    if (line.length <= maxLineBytes) return { source, ...line, text };
    rejectTooLong(framing, line, text);
    return null;
  }

  return {
    *frame(chunk) {
      const bom = offset === 0 && chunk.startsWith(UTF8_BOM) ? UTF8_BOM.length : 0;
      offset += bom;
      for (const piece of chunk.slice(bom).split(BRACKET)) {
        const depthBefore = depth;
        read(piece);
        if (depthBefore === 1 && depth === 2) {
          start = offset;
          text = '';
        }
        offset += piece.length;
        if (depth > 1 || depthBefore > 1) {
          if (text.length <= maxLineBytes) text += piece;
          if (depth === 1) {
            const line = take(offset);
            if (line !== null) yield line;
          }
        }
      }
    },
    end() {
      if (depth > 0) throw fail('the text ends before its array does');
    },
  };
}
