import type { CorrelationRule } from '../model/correlation.ts';
import { SightlineError } from '../model/errors.ts';
import { lowestCount, risesTo } from './condition.ts';
import type { GroupPlan } from './group.ts';
import { emptyStore, type GroupStore } from './group-store.ts';

/** A correlation at work. */
export interface Post extends GroupPlan {
  /** Position in the document order. */
  readonly index: number;
  /** Fewer events than this never satisfy the condition: nothing is measured before. */
  readonly leastCount: number;
  readonly store: GroupStore;
}

/** A correlation that waits for the events of one rule, with the fields that its aliases name for that rule. */
export interface Listener {
  readonly post: Post;
  readonly rule: string;
  readonly groupBy: readonly string[];
  readonly fields: readonly string[];
}

export interface PlanOptions {
  readonly correlations: readonly CorrelationRule[];
  readonly maxGroups: number;
  readonly maxGroupEvents: number;
}

/** Posts in document order, and the listeners of each rule or correlation by its id. */
export interface Plan {
  readonly posts: readonly Post[];
  readonly listeners: ReadonlyMap<string, readonly Listener[]>;
}

/** @throws SightlineError `correlation-cycle` when a correlation refers to itself, in however many steps. */
export function planCorrelations(options: PlanOptions): Plan {
  refuseCycles(options.correlations);
  const posts = options.correlations.map((correlation, index) => makePost(correlation, index, options));
  const listeners = new Map<string, Listener[]>();
  for (const post of posts) {
    for (const rule of post.rules) listeners.set(rule, [...(listeners.get(rule) ?? []), makeListener(post, rule)]);
  }
  return { posts, listeners };
}

function makePost(correlation: CorrelationRule, index: number, { maxGroups, maxGroupEvents }: PlanOptions): Post {
  const rules = [...new Set(correlation.rules)];
  const temporal = correlation.type.startsWith('temporal');
  const counting = correlation.type === 'event_count' || correlation.type === 'value_count';
  const leastCount = counting ? lowestCount(correlation.condition) : 1;
  return {
    correlation,
    index,
    leastCount,
    rules,
    temporal,
    valued: correlation.type.startsWith('value_'),
    sliding: risesTo(correlation.condition),
    maxEvents: Math.max(leastCount, Math.ceil(maxGroupEvents / (temporal ? rules.length : 1))),
    store: emptyStore(correlation.timespanMs, maxGroups),
  };
}

function makeListener(post: Post, rule: string): Listener {
  const { groupBy, fields, aliases } = post.correlation;
  const resolve = (field: string) => aliases[field]?.[rule] ?? field;
  return { post, rule, groupBy: groupBy.map(resolve), fields: fields.map(resolve) };
}

function refuseCycles(correlations: readonly CorrelationRule[]): void {
  const byId = new Map(correlations.map((correlation) => [correlation.rule.id, correlation]));
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]) => {
    if (path.includes(id)) {
      throw new SightlineError('correlation-cycle', `correlations refer in a circle: ${[...path, id].join(' -> ')}`);
    }
    if (done.has(id)) return;
    for (const rule of byId.get(id)?.rules ?? []) visit(rule, [...path, id]);
    done.add(id);
  };
  for (const id of byId.keys()) visit(id, []);
}
