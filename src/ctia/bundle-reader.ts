import { Assembler } from 'stream-json/core/assembler.js';
import { jsonParser } from 'stream-json/core/parser.js';
import { answerTooLarge, type BodyReader, badAnswer, isObject, type JsonObject } from './answer.ts';

/** Depth at which the entities of a bundle lie: in lists, in the bundle. */
const ENTITY_DEPTH = 2;

/**
 * Reads a bundle as it arrives, so that a large one need not be one text first. Throws CtiaError `answer-too-large` as
 * soon as it holds more than `maxEntities`, and `bad-answer` for what is no JSON object or is cut off.
 */
export function bundleReader(maxEntities: number): BodyReader<JsonObject> {
  const decoder = new TextDecoder();
  const parse = jsonParser({ streamValues: false });
  const assembler = new Assembler();
  let depth = 0;
  let entities = 0;

  function read(text: string): void {
    for (const token of tokensOf(text)) {
      if (token.name === 'startObject' && depth === ENTITY_DEPTH && ++entities > maxEntities) {
        throw answerTooLarge(`${maxEntities} entities`);
      }
      if (token.name === 'startObject' || token.name === 'startArray') depth++;
      else if (token.name === 'endObject' || token.name === 'endArray') depth--;
      assembler.consume(token);
    }
  }

  function tokensOf(text: string) {
    try {
      const parsed = parse(text);
      return typeof parsed === 'symbol' ? [] : parsed.values;
    } catch {
      // The parser's own words quote the text, which may be anything.
      throw badAnswer(`the answer is not JSON after ${entities} entities`);
    }
  }

  return {
    take: (chunk) => read(decoder.decode(chunk, { stream: true })),
    end() {
      read(decoder.decode());
      if (depth > 0) throw badAnswer(`the answer breaks off after ${entities} entities`);
      if (!isObject(assembler.current)) throw badAnswer('the answer is not a JSON object');
      return assembler.current;
    },
  };
}
