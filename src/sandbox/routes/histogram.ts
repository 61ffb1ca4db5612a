import type { StoredEntity } from '../entity/stored.ts';
import { requireParameter } from '../http/call.ts';
import { fieldInstant } from '../search/filter.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Whole hours, as far east and west as the server takes them. */
export const TIMEZONES: readonly string[] = Array.from({ length: 23 }, (_, i) => zoneOf(i - 11));

/** How many entities fall into each day, week or month of a time zone, empty ones between others included. */
export function histogramOf(entities: readonly StoredEntity[], field: string, query: URLSearchParams) {
  const granularity = requireParameter(query, 'granularity');
  const zone = query.get('timezone') ?? '+00:00';
  const offsetMs = Number(zone.slice(0, 3)) * HOUR_MS;
  const counts = new Map<number, number>();
  for (const ms of entities.flatMap(fieldInstant(field))) {
    const start = startOf(ms + offsetMs, granularity);
    counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  const starts = [...counts.keys()].sort((a, b) => a - b);
  const [first, last] = [starts[0], starts.at(-1)];
  const data: { key: string; value: number }[] = [];
  if (first === undefined || last === undefined) return data;
  for (let start = first; start <= last; start = nextOf(start, granularity)) {
    const key = new Date(start).toISOString().replace('Z', zone === '+00:00' ? 'Z' : zone);
    data.push({ key, value: counts.get(start) ?? 0 });
  }
  return data;
}

/** The start of the day, week (Monday) or month, all in the zone's own time. */
function startOf(ms: number, granularity: string): number {
  const date = new Date(ms);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (granularity === 'month') return Date.UTC(year, month, 1);
  const midnight = Date.UTC(year, month, day);
  return granularity === 'day' ? midnight : midnight - ((date.getUTCDay() + 6) % 7) * DAY_MS;
}

function nextOf(start: number, granularity: string): number {
  const date = new Date(start);
  if (granularity === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return start + (granularity === 'day' ? DAY_MS : 7 * DAY_MS);
}

function zoneOf(hours: number): string {
  return `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
}
