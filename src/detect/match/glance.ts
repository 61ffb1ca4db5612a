import type { Value } from '../view/subject.ts';
import type { Literal, Matcher } from './matcher.ts';

/** Fewer are as quickly tried one by one. */
const MIN_MATCHERS = 5;
const MAX_LITERALS = 200;
/** Longer texts are quicker searched for one literal after the other. */
const MAX_LENGTH = 512;

/** One look at a text for what all matchers of an item need: most texts hold none of it. */
export class Glance {
  readonly #matchers: readonly Matcher[];
  #pattern: RegExp | null | undefined;

  constructor(matchers: readonly Matcher[]) {
    this.#matchers = matchers;
  }

  /** False when no view of these values can match any of the matchers. */
  mayMatch(values: readonly Value[]): boolean {
    if (this.#pattern === undefined) this.#pattern = patternOf(this.#matchers);
    if (this.#pattern === null) return true;
    for (const value of values) {
      for (const text of value) {
        for (let position = 0; ; position += 1) {
          const view = text.view(position);
          if (view === undefined) break;
          if (view.lower.length > MAX_LENGTH || this.#pattern.test(view.lower)) return true;
        }
      }
    }
    return false;
  }
}

/** Null where there is nothing in particular to look for, or too much. */
function patternOf(matchers: readonly Matcher[]): RegExp | null {
  if (matchers.length < MIN_MATCHERS) return null;
  const needed: Literal[] = [];
  for (const { literals } of matchers) {
    const [fewest] = literals.toSorted((a, b) => a.length - b.length);
    if (fewest === undefined) return null;
    needed.push(...fewest);
  }
  return needed.length > MAX_LITERALS ? null : new RegExp(needed.map(sourceOf).join('|'), 's');
}

function sourceOf({ text, atStart, atEnd }: Literal): string {
  return (atStart ? '^' : '') + RegExp.escape(text) + (atEnd ? '$' : '');
}
