import { type StoredEntity, valuesAt } from '../entity/stored.ts';
import { type EntityType, typeFacts } from '../entity/types.ts';
import { type Answer, json } from '../http/answer.ts';
import { checkQuery, requireParameter, type SignedCall } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import { filterTest, readInstant } from '../search/filter.ts';
import { readable } from '../search/list.ts';
import { filterParameters } from '../search/parameters.ts';
import type { World } from '../world.ts';
import { histogramOf, TIMEZONES } from './histogram.ts';

const DEFAULT_TOP = 10;
const YEAR_MS = 366 * 86_400_000;
const SPANS = ['intervals.new_to_opened', 'intervals.opened_to_closed', 'intervals.new_to_contained'];

type Kind = 'histogram' | 'topn' | 'cardinality' | 'avg';

interface Metric {
  readonly data: unknown;
  readonly total: number;
}

/** Counts over the entities of a span of at most a year. */
export function metricRoutes(world: World, type: EntityType): Route[] {
  const { enumerable, dates } = typeFacts(type);
  const route = (
    name: string,
    kind: Kind,
    fields: readonly string[],
    more: Parameters<typeof checkQuery>[1],
    measure: (entities: readonly StoredEntity[], field: string, query: URLSearchParams) => Metric,
  ): Route =>
    signed('GET', `/ctia/${type}/metric/${name}`, [`search-${type}`], (call) => {
      checkQuery(call.query, { ...filterParameters(type), 'aggregate-on': fields, 'agg-key': 'text', ...more });
      return answer(world, type, kind, call, measure);
    });
  const histogram = route(
    'histogram',
    'histogram',
    dates,
    { granularity: ['day', 'week', 'month'], timezone: TIMEZONES },
    (entities, field, query) => ({ data: histogramOf(entities, field, query), total: entities.length }),
  );
  const counts = [
    route('topn', 'topn', enumerable, { limit: 'integer', sort_order: ['asc', 'desc'] }, topOf),
    route('cardinality', 'cardinality', enumerable, {}, (entities, field) => ({
      data: countsOf(entities, field).size,
      total: entities.length,
    })),
  ];
  if (type === 'feed') return [];
  const average = type === 'incident' ? [route('average', 'avg', SPANS, {}, averageOf)] : [];
  return [...(type === 'note' ? [histogram] : [histogram, ...counts]), ...average];
}

function answer(
  world: World,
  type: EntityType,
  kind: Kind,
  { query, identity }: SignedCall,
  measure: (entities: readonly StoredEntity[], field: string, query: URLSearchParams) => Metric,
): Answer {
  const field = requireParameter(query, 'aggregate-on');
  requireParameter(query, 'from');
  const to = readInstant(query, 'to') ?? world.clock();
  const from = Math.max(readInstant(query, 'from') ?? 0, to - YEAR_MS);
  const span = new URLSearchParams(query);
  span.set('from', new Date(from).toISOString());
  span.set('to', new Date(to).toISOString());
  const test = filterTest(span, typeFacts(type).filters, kind === 'histogram' ? field : 'created');
  const { data, total } = measure(readable(world, identity, type, test), field, query);
  // Everything that could be filtered by is told back, the span as it was cut.
  const told = [...span.keys()].filter(
    (name) => !['aggregate-on', 'agg-key', 'granularity', 'timezone', 'limit', 'sort_order'].includes(name),
  );
  const filters = Object.fromEntries(told.map((name) => [name, span.get(name)]));
  const nested = field.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), data);
  return json(200, { data: nested, type: kind, filters }, { 'x-total-hits': String(total) });
}

function topOf(entities: readonly StoredEntity[], field: string, query: URLSearchParams): Metric {
  const sign = query.get('sort_order') === 'asc' ? 1 : -1;
  const data = [...countsOf(entities, field)]
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => sign * (a.value - b.value) || (a.key < b.key ? -1 : 1))
    .slice(0, Number(query.get('limit') ?? DEFAULT_TOP));
  return { data, total: entities.length };
}

/** How many entities hold each value; an entity counts once for a value. */
function countsOf(entities: readonly StoredEntity[], field: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const entity of entities) {
    const values = new Set(valuesAt(entity, field.split('.')).map((value) => String(value).toLowerCase()));
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function averageOf(entities: readonly StoredEntity[], field: string): Metric {
  const seconds = entities.flatMap((entity) => valuesAt(entity, field.split('.'))).map(Number);
  const sum = seconds.reduce((total, value) => total + value, 0);
  return { data: seconds.length === 0 ? null : sum / seconds.length, total: seconds.length };
}
