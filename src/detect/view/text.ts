import { Piece, type PieceKind } from './piece.ts';
import { VIEW_NAMES, View } from './view.ts';

/** Pure: the same view matches again. */
interface ViewTest {
  matches(view: View): boolean;
}

/**
 * A text of an entry with its views, computed as far as somebody asks. It is made of pieces that are decoded apart, glued
 * by separators: the view of the whole holds the same view of each piece, which the prefilter relies on.
 */
export class Text {
  readonly raw: string;
  /** Whether it is a name or a value of a query, or a path. */
  readonly isApart: boolean;
  /** Numbers of the matchers that may match it, once a prefilter has looked. */
  possible: number[] | undefined = undefined;
  /** The first view in which each matcher matched it, of those that did. */
  #matched: Map<ViewTest, View> | undefined;
  readonly #pieces: readonly Piece[];
  readonly #changing: readonly Piece[];
  readonly #glue: readonly string[];
  readonly #views: View[];
  #stage = 0;
  #latest: string;

  /** @param glue - what stands before the first piece, between the pieces and after the last: one more than the pieces */
  constructor(raw: string, pieces: readonly Piece[], glue: readonly string[], isApart = false) {
    this.raw = raw;
    this.isApart = isApart;
    this.#latest = raw;
    this.#pieces = pieces;
    this.#changing = changingOf(pieces);
    this.#glue = glue;
    this.#views = [new View('raw', raw)];
    if (this.#changing.length === 0) this.#stage = VIEW_NAMES.length - 1;
  }

  /** The views that differ from the one before them, by position; undefined past the last. */
  view(position: number): View | undefined {
    while (this.#views.length <= position && this.#stage < VIEW_NAMES.length - 1) this.#advance();
    return this.#views[position];
  }

  /** All views that differ from the one before them, the most decoded last. */
  views(): readonly View[] {
    while (this.#stage < VIEW_NAMES.length - 1) this.#advance();
    return this.#views;
  }

  /**
   * The first view that a matcher matches; null for none. What matches is asked for again: whether a part holds, then the whole
   * condition, then where.
   */
  viewMatching(matcher: ViewTest): View | null {
    const known = this.#matched?.get(matcher);
    if (known !== undefined) return known;
    for (let position = 0; ; position += 1) {
      const view = this.view(position);
      if (view === undefined) return null;
      if (!matcher.matches(view)) continue;
      this.#matched ??= new Map();
      this.#matched.set(matcher, view);
      return view;
    }
  }

  #advance(): void {
    this.#stage += 1;
    const stage = this.#stage;
    const name = VIEW_NAMES[stage];
    if (name === undefined || !this.#changing.some((piece) => piece.stage(stage) !== piece.stage(stage - 1))) return;
    const text = this.#join(stage);
    if (text === this.#latest) return;
    this.#latest = text;
    this.#views.push(new View(name, text));
  }

  #join(stage: number): string {
    let text = this.#glue[0] ?? '';
    for (let i = 0; i < this.#pieces.length; i += 1) {
      text += (this.#pieces[i]?.stage(stage) ?? '') + (this.#glue[i + 1] ?? '');
    }
    return text;
  }
}

const NONE: readonly Piece[] = [];
const NO_GLUE = ['', ''];

/** Most texts are one piece, and thousands of them are remembered: no list is made that there is already. */
function changingOf(pieces: readonly Piece[]): readonly Piece[] {
  if (pieces.every((piece) => piece.mayChange)) return pieces;
  return pieces.length === 1 ? NONE : pieces.filter((piece) => piece.mayChange);
}

/** A text of which all views are the same. */
export function plainText(raw: string, isApart = false): Text {
  return new Text(raw, NONE, [raw], isApart);
}

/** A text that is one piece and nothing else. */
export function textOfPiece(raw: string, piece: Piece, isApart = false): Text {
  return new Text(raw, [piece], NO_GLUE, isApart);
}

/** A text of one piece. */
export function textOf(raw: string, kind: PieceKind, limit: number): Text {
  return textOfPiece(raw, new Piece(raw.length > limit ? raw.slice(0, limit) : raw, kind));
}
