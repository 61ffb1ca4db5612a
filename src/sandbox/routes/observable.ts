import { OBSERVABLE_TYPES } from '../../ctim/ctim.ts';
import type { Identity } from '../access/identity.ts';
import { isAbout, isValid, type Observable } from '../entity/judgement.ts';
import { typeFacts } from '../entity/types.ts';
import { verdictOf } from '../flow/verdict.ts';
import { json, ShapeRefusal } from '../http/answer.ts';
import { checkQuery, param, type SignedCall } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import { fieldInstant, readInstant } from '../search/filter.ts';
import { listAnswer, readable } from '../search/list.ts';
import { listParameters } from '../search/parameters.ts';
import type { World } from '../world.ts';

type Subject = 'judgement' | 'sighting';

const BASE = '/ctia/:observableType/:observableValue';

/** What leads from a judgement or sighting on to what it belongs to. */
const CHAINS = [
  { subject: 'judgement', target: 'indicator', by: ['based-on', 'element-of'] },
  { subject: 'sighting', target: 'indicator', by: ['sighting-of', 'member-of'] },
  { subject: 'sighting', target: 'incident', by: ['member-of'] },
] as const;

/** What is known of one observable. */
export function observableRoutes(world: World): Route[] {
  return [
    signed('GET', `${BASE}/verdict`, ['read-judgement'], (call) => {
      checkQuery(call.query, { from: 'date', to: 'date' });
      const verdict = verdictOf(world, call.identity, observableOf(call));
      if (verdict !== null) return json(200, verdict);
      return json(404, { message: 'no verdict currently available for the supplied observable' });
    }),
    ...(['judgement', 'sighting'] as const).map((subject) =>
      signed('GET', `${BASE}/${subject}s`, [`list-${subject}s`], (call) => {
        const { fields } = typeFacts(subject);
        checkQuery(call.query, { ...listParameters(fields), sort_by: 'text', from: 'date', to: 'date' });
        return listAnswer(subjectsOf(world, call, subject), subject, call.query, world);
      }),
    ),
    // Cisco's client for Python encodes the second slash.
    ...['/', '%2F'].flatMap((slash) =>
      CHAINS.map(({ subject, target, by }) =>
        signed('GET', `${BASE}/${subject}s${slash}${target}s`, [`list-${subject}s`, 'list-relationships'], (call) => {
          checkQuery(call.query, listParameters(['id']));
          const subjects = subjectsOf(world, call, subject).slice(0, world.behaviour.defaultLimit);
          return json(200, targetsOf(world, call.identity, new Set(subjects.map(({ id }) => id)), target, by));
        }),
      ),
    ),
  ];
}

/** Judgements in force, or sightings: those that name the value among their observables, not in targets or relations. */
function subjectsOf(world: World, call: SignedCall, subject: Subject) {
  const observable = observableOf(call);
  const [from, to] = [readInstant(call.query, 'from') ?? -Infinity, readInstant(call.query, 'to') ?? Infinity];
  const created = fieldInstant('created');
  return readable(
    world,
    call.identity,
    subject,
    (it) =>
      isAbout(it, observable) &&
      (subject === 'sighting' || isValid(it, world.clock())) &&
      created(it).every((ms) => ms >= from && ms < to),
  );
}

/** Of the relationships too, the first page only is followed. */
function targetsOf(
  world: World,
  identity: Identity,
  sources: ReadonlySet<string>,
  target: string,
  by: readonly string[],
): string[] {
  const edges = readable(
    world,
    identity,
    'relationship',
    ({ relationship_type: type, source_ref: source, target_ref: ref }) =>
      by.includes(String(type)) && sources.has(String(source)) && String(ref).includes(`/${target}/`),
  );
  return [...new Set(edges.slice(0, world.behaviour.defaultLimit).map(({ target_ref: ref }) => String(ref)))];
}

function observableOf(call: SignedCall): Observable {
  const type = param(call, 'observableType');
  if (!OBSERVABLE_TYPES.some((known) => known === type)) {
    throw new ShapeRefusal({ observable_type: `(not (contains? observable-types "${type}"))` });
  }
  return { type, value: param(call, 'observableValue') };
}
