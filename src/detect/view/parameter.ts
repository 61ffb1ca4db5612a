import { ownText } from '../../model/own-text.ts';
import { Memory } from '../memory.ts';
import { Piece } from './piece.ts';
import { type Text, textOfPiece } from './text.ts';

/** A name or value of a query: decoded as a piece of the query and seen as a text of its own. */
interface Apart {
  readonly piece: Piece;
  readonly text: Text;
}

/** A part of a query between its `&`. */
export interface Parameter {
  readonly name: Apart;
  /** Null where there is no `=`. */
  readonly value: Apart | null;
}

/** Parameters that are remembered: two generations of so many. */
const MAX_REMEMBERED = 2048;
/** Longer ones hardly recur. */
const MAX_REMEMBERED_LENGTH = 128;

export function parameterOf(raw: string): Parameter {
  const equals = raw.indexOf('=');
  if (equals < 0) return { name: apart(raw), value: null };
  return { name: apart(raw.slice(0, equals)), value: apart(raw.slice(equals + 1)) };
}

function apart(raw: string): Apart {
  const piece = new Piece(raw, 'parameter');
  return { piece, text: textOfPiece(raw, piece, true) };
}

/** Parameters of queries: most recur, whatever stands beside them, and are made and decoded once. */
export class ParameterPool {
  readonly #memory = new Memory<Parameter>(MAX_REMEMBERED);

  of(raw: string): Parameter {
    if (raw.length > MAX_REMEMBERED_LENGTH) return parameterOf(raw);
    const known = this.#memory.get(raw);
    if (known !== undefined) return known;
    if (!this.#memory.recurs(raw)) return parameterOf(raw);
    const parameter = parameterOf(ownText(raw));
    this.#memory.set(raw, parameter);
    return parameter;
  }
}
