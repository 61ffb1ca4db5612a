import { isAbout, type Observable } from '../entity/judgement.ts';
import { shown } from '../entity/shown.ts';
import { isObject, type JsonObject, valuesAt } from '../entity/stored.ts';
import { verdictOf } from '../flow/verdict.ts';
import { type Answer, json, NOT_FOUND, Refusal, ShapeRefusal } from '../http/answer.ts';
import { bodyOf, param, type SignedCall } from '../http/call.ts';
import { type Route, type SignedRoute, signed } from '../http/router.ts';
import { readable } from '../search/list.ts';
import type { World } from '../world.ts';
import { inspect } from './inspect.ts';

const BASE = '/iroh/private-intel';

/** Routes of CTIA that IROH's private intelligence passes on. */
const PASSED_ON = [
  'POST /bundle/import',
  'POST /incident',
  'GET /incident/search',
  'GET /incident/:id',
  'PATCH /incident/:id',
  'POST /incident/:id/status',
  'POST /note',
  'DELETE /bulk',
];
/** Of these the `schema_version` must be the server's own, if it is there at all. */
const VERSIONED = ['POST /incident', 'PATCH /incident/:id', 'POST /note'];
/** The scores that IROH's own schema knows. */
const SCORES = ['asset', 'ttp', 'global'];

/** IROH in front of the same store. `ctia`: the routes of CTIA itself. */
export function irohRoutes(world: World, ctia: readonly Route[]): Route[] {
  const passedOn = PASSED_ON.map((name) => passOn(world, name, ctia));
  const search = passedOn.find(({ path }) => path === `${BASE}/incident/search`);
  if (search === undefined) throw new Error('IROH has lost its search');
  return [
    ...passedOn,
    { ...search, path: `${BASE}/incident-summary/search` },
    signed('GET', `${BASE}/incident/:id/tactics`, ['read-incident'], (call) => {
      const incident = world.store.get('incident', param(call, 'id'));
      return incident === null ? NOT_FOUND : json(200, valuesAt(incident, ['tactics']).flat());
    }),
    signed('POST', '/iroh/iroh-inspect/inspect', ['inspect'], (call) => json(200, inspect(contentOf(call)))),
    // Cisco's client for Python tries a ready token here.
    signed('GET', '/iroh/iroh-enrich/settings', ['enrich'], () => json(200, {})),
    signed('POST', '/iroh/iroh-enrich/deliberate/observables', ['enrich'], (call) => deliberate(world, call)),
    signed('POST', '/iroh/iroh-enrich/observe/observables', ['enrich'], (call) => observe(world, call)),
  ];
}

function passOn(world: World, name: string, ctia: readonly Route[]): SignedRoute {
  const [method = '', path = ''] = name.split(' ');
  const route = ctia.find((known) => known.method === method && known.path === `/ctia${path}`);
  if (route?.access !== 'signed') throw new Error(`CTIA has no ${name}`);
  return signed(route.method, BASE + path, route.capabilities, (call) => {
    if (VERSIONED.includes(name)) checkVersion(bodyOf(call), world.behaviour.schemaVersion);
    if (name === 'POST /incident') checkScores(bodyOf(call));
    const query = new URLSearchParams(call.query);
    // A filter of IROH's own over scores that the sandbox does not work out.
    query.delete('high_impact');
    const answer = route.handle({ ...call, query });
    return name === 'POST /note' && answer.status === 201 ? { ...answer, status: 200 } : answer;
  });
}

function checkVersion(body: unknown, version: string): void {
  if (isObject(body) && body.schema_version !== undefined && body.schema_version !== version) {
    throw new ShapeRefusal({ schema_version: `(not (= "${version}" a-value))` });
  }
}

function checkScores(body: unknown): void {
  const scores = isObject(body) && isObject(body.scores) ? body.scores : {};
  const bad = Object.entries(scores).filter(([name, value]) => !SCORES.includes(name) || !Number.isInteger(value));
  if (bad.length > 0)
    throw new ShapeRefusal({ scores: Object.fromEntries(bad.map(([name]) => [name, 'disallowed-key'])) });
}

function contentOf(call: SignedCall): string {
  const body = bodyOf(call);
  if (!isObject(body) || typeof body.content !== 'string') throw new ShapeRefusal({ content: 'missing-required-key' });
  return body.content;
}

const MODULE = { module: 'Private Intelligence', module_type_id: 'sandbox', module_instance_id: 'sandbox' };

/** What the private intelligence module has to say; the sandbox has no other. */
function deliberate(world: World, call: SignedCall): Answer {
  const verdicts = observablesOf(call).map((observable) => verdictOf(world, call.identity, observable));
  return moduleAnswer(
    'verdicts',
    verdicts.filter((verdict) => verdict !== null),
  );
}

/** Where observables were seen, each sighting once. */
function observe(world: World, call: SignedCall): Answer {
  const observables = observablesOf(call);
  const seen = readable(world, call.identity, 'sighting', (it) => observables.some((wanted) => isAbout(it, wanted)));
  return moduleAnswer('sightings', seen.map(shown));
}

function moduleAnswer(name: string, docs: readonly JsonObject[]): Answer {
  return json(200, { data: [{ ...MODULE, data: docs.length === 0 ? {} : { [name]: { count: docs.length, docs } } }] });
}

function observablesOf(call: SignedCall): Observable[] {
  const body = bodyOf(call);
  if (!Array.isArray(body)) {
    throw new Refusal(json(400, { error: 'invalid_request', error_description: 'expected a list' }));
  }
  return body.map((item) => {
    if (!isObject(item) || typeof item.type !== 'string' || typeof item.value !== 'string') {
      throw new ShapeRefusal([{ type: 'missing-required-key', value: 'missing-required-key' }]);
    }
    return { type: item.type, value: item.value };
  });
}
