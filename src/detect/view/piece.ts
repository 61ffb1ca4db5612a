import { decodeBase64Runs } from './base64.ts';
import { foldText } from './fold.ts';
import { decodePercent } from './percent.ts';
import { squeezeText } from './squeeze.ts';
import { VIEW_NAMES } from './view.ts';

/** Rounds of decoding after which a text is taken as it is: each layer of encoding costs the client threefold length. */
export const MAX_DECODE_ROUNDS = 6;

/** What decides how a piece may be decoded: only what a form sends has `+` for a space and is worth a look for base64. */
export type PieceKind = 'plain' | 'parameter' | 'segment';

/** What some view decodes, folds or squeezes. */
const CHANGING = /[%&\\\0-\x1f\x7f-\uffff]|\/\*|(?<!:)\/\.?\/|\s\s/;
/** What more a parameter may hold: `+` for a space, a run of base64. */
const CHANGING_PARAMETER = /\+|[A-Za-z0-9/_-]{16}/;

/**
 * A part of a text that is decoded for itself, as a server does that splits before it decodes: an encoded separator inside
 * does not join it to its neighbours. `plain`: a path, a header. `parameter`: a name or value of a query. `segment`: a part
 * of a path, which has no runs of separators to squeeze.
 */
export class Piece {
  readonly #kind: PieceKind;
  readonly #text: string;
  #stages: string[] | undefined;
  /** False when all views of the piece are the same. */
  readonly mayChange: boolean;

  constructor(text: string, kind: PieceKind) {
    this.#kind = kind;
    this.#text = text;
    this.mayChange = CHANGING.test(text) || (kind === 'parameter' && CHANGING_PARAMETER.test(text));
  }

  /** The piece in the view of that position in {@link VIEW_NAMES}; the same string as the stage before when nothing changed. */
  stage(wanted: number): string {
    if (!this.mayChange) return this.#text;
    this.#stages ??= [this.#text];
    while (this.#stages.length <= wanted) this.#stages.push(this.#next(this.#stages));
    return this.#stages[wanted] ?? '';
  }

  #next(stages: readonly string[]): string {
    const before = stages.at(-1) ?? '';
    switch (VIEW_NAMES[stages.length]) {
      case 'decoded':
        return decodePercent(before, this.#kind === 'parameter');
      case 'decoded-twice':
        return before === stages[0] ? before : decodePercent(before, false);
      case 'decoded-fully':
        return before === stages[1] ? before : decodeFully(before);
      case 'folded':
        return foldFully(before);
      case 'squeezed':
        return this.#kind === 'segment' ? before : squeezeText(before);
      default:
        return this.#kind === 'parameter' ? decodeBase64Runs(before) : before;
    }
  }
}

function decodeFully(text: string): string {
  let decoded = text;
  for (let round = 2; round < MAX_DECODE_ROUNDS; round += 1) {
    const next = decodePercent(decoded, false);
    if (next === decoded) break;
    decoded = next;
  }
  return decoded;
}

/** A folded character may complete another escape, so folding and decoding take turns. */
function foldFully(text: string): string {
  let folded = text;
  for (let round = 0; round < MAX_DECODE_ROUNDS; round += 1) {
    const next = decodePercent(foldText(folded), false);
    if (next === folded) break;
    folded = next;
  }
  return folded;
}
