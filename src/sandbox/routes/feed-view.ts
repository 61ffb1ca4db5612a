import { createHash, timingSafeEqual } from 'node:crypto';
import { canRead } from '../access/access.ts';
import { collapse } from '../entity/canonical.ts';
import { isValid, isWithin, observablesOf } from '../entity/judgement.ts';
import { shown } from '../entity/shown.ts';
import type { StoredEntity } from '../entity/stored.ts';
import { type Answer, json, ShapeRefusal, text } from '../http/answer.ts';
import { type Call, checkQuery, param, requireParameter } from '../http/call.ts';
import { open, type Route } from '../http/router.ts';
import { sortKeysOf } from '../search/list.ts';
import { pageOf } from '../search/page.ts';
import type { World } from '../world.ts';

const MAX_LIMIT = 10_000;

/** What a feed's readers fetch: with its secret, without a token. */
export function feedViewRoutes(world: World): Route[] {
  return [
    open('GET', '/ctia/feed/:id/view.txt', (call) => view(world, call, 'txt')),
    open('GET', '/ctia/feed/:id/view', (call) => view(world, call, 'json')),
  ];
}

function view(world: World, call: Call, form: 'txt' | 'json'): Answer {
  const { query } = call;
  checkQuery(query, { s: 'text', limit: 'integer', search_after: 'texts' });
  const secret = requireParameter(query, 's');
  const limit = Number(query.get('limit') ?? 1);
  if (limit < 1 || limit > MAX_LIMIT) throw new ShapeRefusal({ limit: `(not (<= 1 ${limit} ${MAX_LIMIT}))` });
  const refuse = (status: number, error: string): Answer =>
    form === 'txt' ? text(status, error) : json(status, { error });
  const feed = world.store.get('feed', param(call, 'id'));
  if (feed === null || !isWithin(feed.lifetime, world.clock())) return refuse(404, 'feed not found');
  if (!isSame(secret, String(feed.secret))) return refuse(401, 'wrong secret');
  const { relationships, headers } = pageOfRelationships(world, feed, query);
  const judgements = judgementsBehind(world, feed, relationships);
  const observables = collapse(judgements.flatMap(observablesOf), (observable) => observable);
  if (form === 'txt') {
    const values = [...new Set(observables.map(({ value }) => value))].sort();
    const answer = text(200, values.join('\n'));
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }
  const body = feed.output === 'judgements' ? { judgements: judgements.map(shown) } : { observables };
  return json(200, body, headers);
}

/** A page of the feed is one of relationships: it may hold fewer observables, or none. */
function pageOfRelationships(world: World, feed: StoredEntity, query: URLSearchParams) {
  const relationships = visibleTo(world, feed, world.store.all('relationship')).filter(
    (it) => it.relationship_type === 'element-of' && it.target_ref === feed.indicator_id,
  );
  if (!query.has('limit') && !query.has('search_after')) return { relationships, headers: {} };
  const page = pageOf(relationships, sortKeysOf('relationship', new URLSearchParams()), query, world.behaviour);
  const next = new URLSearchParams(page.headers['x-next']);
  const headers = [
    ['x-limit', next.get('limit')],
    ['x-offset', next.get('offset')],
    ['x-search_after', next.has('search_after') ? next.getAll('search_after').join(',') : null],
  ].filter(([, value]) => value !== null);
  return { relationships: page.entities, headers: Object.fromEntries(headers) };
}

function judgementsBehind(world: World, feed: StoredEntity, relationships: readonly StoredEntity[]): StoredEntity[] {
  const ids = new Set(relationships.map(({ source_ref: ref }) => String(ref)));
  const judgements = [...ids].flatMap((id) => world.store.get('judgement', id) ?? []);
  return visibleTo(world, feed, judgements).filter((judgement) => isValid(judgement, world.clock()));
}

/** A feed shows what its owner may read. */
function visibleTo(world: World, feed: StoredEntity, entities: readonly StoredEntity[]): StoredEntity[] {
  const owner = { login: feed.owner, groups: feed.groups, clientId: '', scopes: [] };
  return entities.filter((entity) => canRead(owner, entity, world.behaviour.maxRecordVisibility));
}

/** Takes as long however much of it is right. */
function isSame(given: string, secret: string): boolean {
  const hash = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(hash(given), hash(secret));
}
