import type { AccessLogEntry } from '../../model/entry.ts';
import type { CompiledRule, RuleFilter } from '../load/rule-set.ts';
import { Memory } from '../memory.ts';
import { Quiet } from '../prefilter/prefilter.ts';
import type { Field } from './field.ts';
import type { Found } from './hit.ts';
import { type Item, itemsOf, type Node } from './node.ts';

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
  /** Whether the rule's filters are still to be asked. */
  readonly isUnfiltered: boolean;
}

/** Verdicts that are remembered: two generations of so many. */
const MAX_REMEMBERED = 4096;
/** Longer requests hardly recur. */
const MAX_REMEMBERED_LENGTH = 512;

/**
 * Whether what comes of a rule is the same for all entries that have the same request line and status, and in whose other
 * parts the prefilter finds nothing: it finds all that the rule looks for there.
 *
 * @param judged - its condition, in which the prefilter judges the atoms
 * @param isScanned - whether the prefilter finds what an item looks for
 */
export function isByRequest(
  { node, extractions }: CompiledRule,
  judged: Node,
  isScanned: (item: Item) => boolean,
): boolean {
  return (
    itemsOf(node).every(
      ({ test, field }) => test.kind !== 'reference' || (isOfRequest(field) && isOfRequest(test.other)),
    ) &&
    itemsOutsideAtoms(judged).every((item) => isOfRequest(item.field) || isScanned(item)) &&
    extractions.every(({ field }) => isOfRequest(field))
  );
}

/** Whether request line and status decide what a rule's filters suppress. */
export function areFiltersByRequest({ filters }: CompiledRule): boolean {
  return filters
    .flatMap((filter) => itemsOf(filter.node))
    .every(({ field, test }) => isOfRequest(field) && (test.kind !== 'reference' || isOfRequest(test.other)));
}

function isOfRequest({ part, name }: Field): boolean {
  return part === 'request' || name === 'sc-status';
}

function itemsOutsideAtoms(node: Node): readonly Item[] {
  if (node.type === 'item') return [node];
  if (node.type === 'atom') return [];
  return node.type === 'not' ? itemsOutsideAtoms(node.node) : node.nodes.flatMap(itemsOutsideAtoms);
}

/** Remembers what comes of the rules that {@link isByRequest}. */
export class Verdicts {
  readonly #memory = new Memory<Verdict>(MAX_REMEMBERED);

  /**
   * @param loud - the {@link Quiet} bits of the parts in which the prefilter has found something
   * @param make - evaluates those rules
   */
  of(entry: AccessLogEntry, loud: number, make: () => Verdict): Verdict {
    const key = keyOf(entry, loud);
    if (key === null || key.length > MAX_REMEMBERED_LENGTH) return make();
    const known = this.#memory.get(key);
    if (known !== undefined) return known;
    const verdict = make();
    if (this.#memory.recurs(key)) this.#memory.set(key, verdict);
    return verdict;
  }
}

/** Null for an entry that hardly recurs. No part of a line holds a newline. */
function keyOf({ request, status, referer, userAgent }: AccessLogEntry, loud: number): string | null {
  if (request === null || (loud & Quiet.OTHERS) !== 0) return null;
  const key = `${status} ${request}`;
  if ((loud & (Quiet.REFERER | Quiet.AGENT)) === 0) return key;
  const [from, by] = [(loud & Quiet.REFERER) === 0 ? '' : referer, (loud & Quiet.AGENT) === 0 ? '' : userAgent];
  return `${key}\n${from}\n${by}`;
}
