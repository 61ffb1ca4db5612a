import { accessRefusal, canRead } from '../access/access.ts';
import { shown } from '../entity/shown.ts';
import { type StoredEntity, valuesAt } from '../entity/stored.ts';
import { json, NOT_FOUND } from '../http/answer.ts';
import { checkQuery, param } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import { filterTest } from '../search/filter.ts';
import { listAnswer, readable } from '../search/list.ts';
import { EVENT_PARAMETERS } from '../search/parameters.ts';
import type { World } from '../world.ts';

/** Events of one owner, each within this time of the one before, are told together. */
const BUCKET_MS = 5000;

/** What happened to entities: read-only. */
export function eventRoutes(world: World): Route[] {
  return [
    signed('GET', '/ctia/event/search', ['search-event'], (call) => {
      checkQuery(call.query, EVENT_PARAMETERS);
      return listAnswer(
        readable(world, call.identity, 'event', filterTest(call.query, [], 'timestamp')),
        'event',
        call.query,
        world,
      );
    }),
    signed('GET', '/ctia/event/history/:entityId', ['search-event'], (call) => {
      const id = param(call, 'entityId');
      const concerns = (event: StoredEntity): boolean =>
        ['id', 'source_ref', 'target_ref'].some((field) => valuesAt(event, ['entity', field])[0] === id);
      return json(200, bucketsOf(readable(world, call.identity, 'event', concerns)));
    }),
    signed('GET', '/ctia/event/:id', ['read-event'], (call) => {
      const event = world.store.get('event', param(call, 'id'));
      if (event === null) return NOT_FOUND;
      if (!canRead(call.identity, event, world.behaviour.maxRecordVisibility)) throw accessRefusal('read');
      return json(200, eventOf(event));
    }),
  ];
}

function bucketsOf(events: readonly StoredEntity[]): unknown[] {
  const buckets: { owner: string; from: string; to: string; events: StoredEntity[] }[] = [];
  // Events come in the order of storing, which is that of time.
  for (const event of events) {
    const bucket = buckets.findLast(({ owner }) => owner === event.owner);
    if (bucket !== undefined && Date.parse(event.timestamp) - Date.parse(bucket.to) < BUCKET_MS) {
      bucket.to = event.timestamp;
      bucket.events.unshift(event);
    } else {
      buckets.push({ owner: event.owner, from: event.timestamp, to: event.timestamp, events: [event] });
    }
  }
  return buckets
    .reverse()
    .map((bucket) => ({ ...bucket, count: bucket.events.length, events: bucket.events.map(eventOf) }));
}

function eventOf(event: StoredEntity) {
  const { created: _, modified: __, ...rest } = shown(event);
  return rest;
}
