import type { AccessLogEntry } from '../../model/entry.ts';
import type { CompiledRule, RuleFilter } from '../load/rule-set.ts';
import { Memory } from '../memory.ts';
import type { Field } from './field.ts';
import type { Found } from './hit.ts';
import { itemsOf } from './node.ts';

/** What came of the rules that were evaluated on a line. */
export interface Verdict {
  /** In the order of the rules. */
  readonly fired: readonly Fired[];
  /** Filters that suppressed what rules matched, each once. */
  readonly suppressing: readonly RuleFilter[];
}

export interface Fired {
  /** Of the rule. */
  readonly position: number;
  readonly found: Found;
}

/** Verdicts that are remembered: two generations of so many. */
const MAX_REMEMBERED = 4096;
/** Longer requests hardly recur. */
const MAX_REMEMBERED_LENGTH = 512;

/**
 * Whether a rule looks at nothing but the request line and the status: what comes of it is the same for every entry with
 * the same two.
 */
export function isByRequest({ node, filters, extractions }: CompiledRule): boolean {
  const items = [node, ...filters.map((filter) => filter.node)].flatMap(itemsOf);
  return (
    items.every(({ field, test }) => isOfRequest(field) && (test.kind !== 'reference' || isOfRequest(test.other))) &&
    extractions.every(({ field }) => isOfRequest(field))
  );
}

function isOfRequest({ part, name }: Field): boolean {
  return part === 'request' || name === 'sc-status';
}

/** Remembers what comes of the rules that look at nothing but the request line and the status, by these two. */
export class Verdicts {
  readonly #memory = new Memory<Verdict>(MAX_REMEMBERED);

  /** @param make - evaluates those rules */
  of({ request, status }: AccessLogEntry, make: () => Verdict): Verdict {
    if (request === null || request.length > MAX_REMEMBERED_LENGTH) return make();
    const key = `${status} ${request}`;
    const known = this.#memory.get(key);
    if (known !== undefined) return known;
    const verdict = make();
    if (this.#memory.recurs(key)) this.#memory.set(key, verdict);
    return verdict;
  }
}
