import { accessRefusal, canRead, canWrite } from '../access/access.ts';
import { project, shown } from '../entity/shown.ts';
import type { StoredEntity } from '../entity/stored.ts';
import { type EntityType, typeFacts } from '../entity/types.ts';
import { createOne } from '../flow/create-one.ts';
import { erase } from '../flow/journal.ts';
import { mergeDeep, update } from '../flow/update.ts';
import { type Answer, empty, json, NOT_FOUND } from '../http/answer.ts';
import { bodyOf, checkQuery, param, type SignedCall } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import type { World } from '../world.ts';
import { visibilityOf } from './wait-for.ts';

const PATCHABLE: readonly EntityType[] = ['incident', 'note', 'casebook'];

/** Create, read, replace, change and remove one entity of a type. Ids are short or long; of long ones the end counts. */
export function crudRoutes(world: World, type: EntityType): Route[] {
  const base = `/ctia/${type}`;
  // Judgements stand once they are made; no scope grants what it would take.
  const putCapability = type === 'judgement' ? 'developer' : `create-${type}`;
  const patch = signed('PATCH', `${base}/:id`, [`create-${type}`], (call) => change(world, type, call, mergeDeep));
  return [
    signed('POST', base, [`create-${type}`], (call) => create(world, type, call)),
    signed('GET', `${base}/:id`, [`read-${type}`], (call) => read(world, type, call)),
    signed('PUT', `${base}/:id`, [putCapability], (call) => change(world, type, call, (_, body) => body)),
    ...(PATCHABLE.includes(type) ? [patch] : []),
    signed('DELETE', `${base}/:id`, [`delete-${type}`], (call) => remove(world, type, call)),
  ];
}

function create(world: World, type: EntityType, call: SignedCall): Answer {
  const visibility = visibilityOf(call.query);
  const creation = { world, identity: call.identity, visibility, admits: call.admits };
  const entity = createOne(creation, type, bodyOf(call));
  return json(201, shown(entity), { location: entity.id });
}

function read(world: World, type: EntityType, call: SignedCall): Answer {
  checkQuery(call.query, { fields: typeFacts(type).fields });
  const entity = world.store.get(type, param(call, 'id'));
  if (entity === null) return NOT_FOUND;
  if (!canRead(call.identity, entity, world.behaviour.maxRecordVisibility)) throw accessRefusal('read');
  return json(200, project(shown(entity), call.query.getAll('fields')));
}

function change(
  world: World,
  type: EntityType,
  call: SignedCall,
  merge: (stored: StoredEntity, body: unknown) => unknown,
): Answer {
  const body = bodyOf(call);
  // The server forgets to wait for feeds.
  const visibility = type === 'feed' ? 'later' : visibilityOf(call.query);
  const options = { world, identity: call.identity, type, id: param(call, 'id'), visibility };
  const entity = update(options, (stored) => merge(stored, body));
  if (entity !== null) return json(200, shown(entity));
  return type === 'casebook' && call.method === 'PATCH' ? json(404, { error: 'casebook not found' }) : NOT_FOUND;
}

function remove(world: World, type: EntityType, call: SignedCall): Answer {
  const entity = world.store.get(type, param(call, 'id'));
  if (entity === null) return NOT_FOUND;
  if (!canWrite(call.identity, entity)) throw accessRefusal('write');
  erase(world, type, entity, visibilityOf(call.query));
  return empty(204);
}
