import { canRead, canWrite } from '../access/access.ts';
import { type NewEntity, readNewEntity } from '../entity/new-entity.ts';
import { shown } from '../entity/shown.ts';
import { isObject, type JsonObject } from '../entity/stored.ts';
import { BULK_TYPES, type EntityType, typeFacts } from '../entity/types.ts';
import type { Outcome } from '../flow/create.ts';
import { erase } from '../flow/journal.ts';
import { mergeDeep, update } from '../flow/update.ts';
import { createInWaves } from '../flow/waves.ts';
import { type Answer, json, Refusal, ShapeRefusal, text } from '../http/answer.ts';
import { bodyOf, checkQuery, type SignedCall } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import type { World } from '../world.ts';
import { visibilityOf } from './wait-for.ts';

const TYPE_BY_PLURAL = new Map(BULK_TYPES.map((type) => [typeFacts(type).plural, type]));
const PATCHABLE: readonly EntityType[] = ['incident', 'note'];

type Failure = 'not-found' | 'forbidden' | 'internal-error';

/** Many entities of several types at once. There is no look-up by external id. */
export function bulkRoutes(world: World): Route[] {
  const of = (verb: string): string[] => BULK_TYPES.map((type) => `${verb}-${type}`);
  return [
    signed('POST', '/ctia/bulk', of('create'), (call) => create(world, call)),
    signed('GET', '/ctia/bulk', of('read'), (call) => read(world, call)),
    signed('PUT', '/ctia/bulk', of('create'), (call) => change(world, call, (_, given) => given)),
    signed('PATCH', '/ctia/bulk', of('create'), (call) => change(world, call, mergeDeep)),
    signed('DELETE', '/ctia/bulk', of('delete'), (call) => removeBulk(world, call)),
  ];
}

function create(world: World, call: SignedCall): Answer {
  const lists = readLists(world, bodyOf(call));
  const read = lists.map(({ plural, type, items }) => ({
    plural,
    entities: readAll(plural, items, (raw) => readNewEntity(type, raw, 'alone', world.behaviour)),
  }));
  const creation = {
    world,
    identity: call.identity,
    visibility: visibilityOf(call.query),
    admits: call.admits,
  };
  const { outcomes, tempIds } = createInWaves(
    creation,
    read.flatMap(({ entities }) => entities),
    new Map(),
  );
  const answered = read.map(({ plural, entities }) => [
    plural,
    entities.map((entity) => answerOf(entity, outcomes.get(entity))),
  ]);
  const ids = tempIds.size === 0 ? {} : { tempids: Object.fromEntries(tempIds) };
  return json(201, { ...Object.fromEntries(answered), ...ids });
}

/** The id, or what was wrong; in the order of the request. */
function answerOf({ raw }: NewEntity, outcome: Outcome | undefined): string | JsonObject {
  if (outcome === undefined) throw new Error('an entity was forgotten');
  if ('created' in outcome) return outcome.created.id;
  const { error, msg } = outcome.error;
  return { error, ...(msg === undefined ? {} : { msg }), entity: raw };
}

/** Null stands for what is not there or not the caller's to read. */
function read(world: World, call: SignedCall): Answer {
  checkQuery(call.query, Object.fromEntries([...TYPE_BY_PLURAL.keys()].map((plural) => [plural, 'texts'])));
  const lists = [...TYPE_BY_PLURAL].filter(([plural]) => call.query.has(plural));
  const found = lists.map(([plural, type]) => [
    plural,
    call.query.getAll(plural).map((id) => {
      const entity = world.store.get(type, id);
      const visible = entity !== null && canRead(call.identity, entity, world.behaviour.maxRecordVisibility);
      return visible ? shown(entity) : null;
    }),
  ]);
  return json(200, Object.fromEntries(found));
}

function change(world: World, call: SignedCall, merge: (stored: JsonObject, given: unknown) => unknown): Answer {
  const lists = readLists(world, bodyOf(call));
  const refused = lists.find(({ type }) => call.method === 'PATCH' && !PATCHABLE.includes(type));
  if (refused !== undefined) throw new ShapeRefusal({ [refused.plural]: 'disallowed-key' });
  const visibility = visibilityOf(call.query);
  return actionsAnswer(lists, 'updated', ({ type }, given) => {
    const id = isObject(given) ? given.id : null;
    if (typeof id !== 'string') throw new ShapeRefusal({ id: 'missing-required-key' });
    const options = { world, identity: call.identity, type, id, visibility };
    return { id, failure: failureOf(() => update(options, (stored) => merge(stored, given))) };
  });
}

function removeBulk(world: World, call: SignedCall): Answer {
  const visibility = visibilityOf(call.query);
  return actionsAnswer(readLists(world, bodyOf(call)), 'deleted', ({ type }, id) => {
    if (typeof id !== 'string') throw new ShapeRefusal({ id: '(not (string? a-value))' });
    const entity = world.store.get(type, id);
    if (entity === null) return { id, failure: 'not-found' };
    if (!canWrite(call.identity, entity)) return { id, failure: 'forbidden' };
    erase(world, type, entity, visibility);
    return { id, failure: null };
  });
}

/** What keeps an update from being made; a bad shape, as always, refuses the request. */
function failureOf(act: () => unknown): Failure | null {
  try {
    return act() === null ? 'not-found' : null;
  } catch (error) {
    if (!(error instanceof Refusal) || error instanceof ShapeRefusal) throw error;
    return error.answer.status === 403 ? 'forbidden' : 'internal-error';
  }
}

interface List {
  readonly plural: string;
  readonly type: EntityType;
  readonly items: readonly unknown[];
}

function actionsAnswer(
  lists: readonly List[],
  done: 'updated' | 'deleted',
  act: (list: List, item: unknown) => { readonly id: string; readonly failure: Failure | null },
): Answer {
  const answers = lists.map((list) => {
    const ids: string[] = [];
    const errors: Partial<Record<Failure, string[]>> = {};
    for (const item of list.items) {
      const { id, failure } = act(list, item);
      if (failure === null) ids.push(id);
      else errors[failure] = [...(errors[failure] ?? []), id];
    }
    return [
      list.plural,
      { ...(ids.length === 0 ? {} : { [done]: ids }), ...(Object.keys(errors).length === 0 ? {} : { errors }) },
    ];
  });
  return json(200, Object.fromEntries(answers));
}

/** The lists of a bulk. Throws for unknown keys, and for more entities than are taken at once. */
function readLists({ behaviour }: World, body: unknown): List[] {
  if (!isObject(body)) throw new ShapeRefusal('(not (map? a-body))');
  const lists = Object.entries(body).map(([plural, items]): List => {
    const type = TYPE_BY_PLURAL.get(plural);
    if (type === undefined) throw new ShapeRefusal({ [plural]: 'disallowed-key' });
    if (items !== null && !Array.isArray(items)) throw new ShapeRefusal({ [plural]: '(not (sequential? a-value))' });
    return { plural, type, items: items ?? [] };
  });
  if (lists.reduce((count, { items }) => count + items.length, 0) > behaviour.maxEntities) {
    throw new Refusal(text(400, `Bulk max nb of entities: ${behaviour.maxEntities}`));
  }
  return lists.filter(({ items }) => items.length > 0);
}

/** Errors of shape, put in the place of the list where they were found. */
function readAll(plural: string, items: readonly unknown[], read: (item: unknown) => NewEntity): NewEntity[] {
  return items.map((item, i) => {
    try {
      return read(item);
    } catch (error) {
      if (!(error instanceof ShapeRefusal)) throw error;
      throw new ShapeRefusal({ [plural]: [...Array.from({ length: i }, () => null), error.errors] });
    }
  });
}
