import { canRead } from '../access/access.ts';
import { shown } from '../entity/shown.ts';
import { isObject } from '../entity/stored.ts';
import { createOne } from '../flow/create-one.ts';
import { update } from '../flow/update.ts';
import { type Answer, json, NOT_FOUND, ShapeRefusal } from '../http/answer.ts';
import { bodyOf, param, type SignedCall } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import type { World } from '../world.ts';

const LINK_CAPABILITIES = [
  'read-incident',
  'read-relationship',
  'create-relationship',
  'read-casebook',
  'read-investigation',
];

/** What can be done with incidents alone. */
export function incidentRoutes(world: World): Route[] {
  return [
    signed('POST', '/ctia/incident/:id/status', ['create-incident'], (call) => setStatus(world, call)),
    signed('POST', '/ctia/incident/:id/link', LINK_CAPABILITIES, (call) => link(world, call)),
  ];
}

/** Never waits for the index, whatever `wait_for` says. */
function setStatus(world: World, call: SignedCall): Answer {
  const body = bodyOf(call);
  if (!isObject(body)) throw new ShapeRefusal('(not (map? a-body))');
  const unknown = Object.keys(body).filter((key) => key !== 'status');
  if (unknown.length > 0) throw new ShapeRefusal(Object.fromEntries(unknown.map((key) => [key, 'disallowed-key'])));
  if (body.status === undefined) throw new ShapeRefusal({ status: 'missing-required-key' });
  const options = {
    world,
    identity: call.identity,
    type: 'incident',
    id: param(call, 'id'),
    visibility: 'later',
  } as const;
  const entity = update(options, (stored) => ({ ...stored, status: body.status }));
  return entity === null ? NOT_FOUND : json(200, shown(entity));
}

/** Each call makes another relationship. Unlike elsewhere, a long id finds no incident here. */
function link(world: World, call: SignedCall): Answer {
  const body = bodyOf(call);
  if (!isObject(body)) throw new ShapeRefusal('(not (map? a-body))');
  const { casebook_id: casebook, investigation_id: investigation, tlp = 'amber', ...rest } = body;
  if (Object.keys(rest).length > 0) {
    throw new ShapeRefusal(Object.fromEntries(Object.keys(rest).map((key) => [key, 'disallowed-key'])));
  }
  const incidentId = param(call, 'id');
  const incident = incidentId.includes('/') ? null : world.store.get('incident', incidentId);
  if (incident === null) return json(404, { error: 'Invalid Incident id' });
  if ((casebook === undefined) === (investigation === undefined)) {
    const error = 'Please provide exactly one of the following fields: casebook_id, investigation_id';
    return json(400, { error });
  }
  const type = casebook === undefined ? 'investigation' : 'casebook';
  const id = casebook ?? investigation;
  const source = typeof id === 'string' ? world.store.get(type, id) : null;
  if (source === null || !canRead(call.identity, source, world.behaviour.maxRecordVisibility)) {
    return json(400, { error: `Invalid ${type === 'casebook' ? 'Casebook' : 'Investigation'} id` });
  }
  const relationship = { relationship_type: 'related-to', source_ref: source.id, target_ref: incident.id, tlp };
  const creation = {
    world,
    identity: call.identity,
    visibility: 'later',
    admits: call.admits,
  } as const;
  return json(201, shown(createOne(creation, 'relationship', relationship)));
}
