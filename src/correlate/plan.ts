import type { CorrelationRule } from '../model/correlation.ts';
import { SightlineError } from '../model/errors.ts';
import { lowestCount, risesTo } from './condition.ts';
import { type Group, type GroupPlan, releaseGroup } from './group.ts';
import { emptyStore, type GroupStore } from './group-store.ts';
import { emptyTrack, type Track } from './trail.ts';

/** A correlation at work. */
export interface Post extends GroupPlan {
  /** Position in the document order. */
  readonly index: number;
  /** Fewer events than this never satisfy the condition: nothing is measured before. */
  readonly leastCount: number;
  readonly store: GroupStore<Group>;
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

/** Who hears of one rule or correlation. */
export interface Audience {
  /** In document order. */
  readonly listeners: readonly Listener[];
  /** Those of them that may sleep. */
  readonly tracks: readonly Track[];
  /** Correlations whose windows its events empty. */
  readonly resets: readonly Listener[];
}

export interface Plan {
  /** In document order. */
  readonly posts: readonly Post[];
  readonly tracks: readonly Track[];
  /** By the id of the rule or correlation. */
  readonly audiences: ReadonlyMap<string, Audience>;
  /** Of the posts that may sleep. */
  readonly trackOf: ReadonlyMap<Post, Track>;
}

/** @throws SightlineError `correlation-cycle` when a correlation refers to itself, in however many steps. */
export function planCorrelations(options: PlanOptions): Plan {
  refuseCycles(options.correlations);
  const posts = options.correlations.map((correlation, index) => makePost(correlation, index, options));
  const listeners = new Map<string, Listener[]>();
  for (const post of posts) {
    for (const rule of post.rules) listeners.set(rule, [...(listeners.get(rule) ?? []), makeListener(post, rule)]);
  }
  const inner = new Set(posts.map(({ correlation }) => correlation.rule.id));
  const audiences = new Map<string, Audience>();
  for (const rule of new Set(posts.flatMap(({ rules, correlation }) => [...rules, ...correlation.resets]))) {
    const heard = listeners.get(rule) ?? [];
    const sleepers = heard.filter(({ post }) => !inner.has(rule) && maySleep(post, inner));
    const tracks = makeTracks(rule, sleepers, options.maxGroups);
    const emptied = posts.filter(({ correlation }) => correlation.resets.includes(rule));
    audiences.set(rule, { listeners: heard, tracks, resets: emptied.map((post) => makeListener(post, rule)) });
  }
  const tracks = [...audiences.values()].flatMap((audience) => audience.tracks);
  const trackOf = new Map(tracks.flatMap((track) => track.listeners.map(({ post }) => [post, track])));
  return { posts, tracks, audiences, trackOf };
}

/**
 * True when the lines of the one detection rule that it waits for cannot make it fire while they are few. One whose window
 * other rules empty would miss that.
 */
function maySleep({ correlation, rules, sliding, leastCount }: Post, inner: ReadonlySet<string>): boolean {
  const distinct = rules.length === correlation.rules.length;
  if (!sliding || !distinct || leastCount <= 1 || correlation.resets.length > 0) return false;
  return rules.filter((rule) => !inner.has(rule)).length === 1;
}

/** One for each combination of group-by fields. */
function makeTracks(rule: string, listeners: readonly Listener[], maxGroups: number): Track[] {
  const alike = Map.groupBy(listeners, ({ groupBy }) => groupBy.join('\0'));
  return Array.from(alike.values(), (some) => emptyTrack(rule, some[0]?.groupBy ?? [], some, maxGroups));
}

/** What the windows of a correlation mean: with another definition they cannot go on. */
export function defineCorrelation({ rule: _, generate: __, ...definition }: CorrelationRule): string {
  return JSON.stringify(definition);
}

function makePost(correlation: CorrelationRule, index: number, { maxGroups, maxGroupEvents }: PlanOptions): Post {
  const rules = [...new Set(correlation.rules)];
  const temporal = correlation.type.startsWith('temporal');
  const counting = temporal || correlation.type === 'event_count' || correlation.type === 'value_count';
  const leastCount = counting ? lowestCount(correlation.condition) : 1;
  const plan = {
    correlation,
    index,
    leastCount,
    rules,
    temporal,
    valued: correlation.type.startsWith('value_'),
    sliding: risesTo(correlation.condition),
    maxEvents: temporal ? Math.ceil(maxGroupEvents / rules.length) : Math.max(leastCount, maxGroupEvents),
  };
  return { ...plan, store: emptyStore(correlation.timespanMs, maxGroups, (group) => releaseGroup(plan, group)) };
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
