import { type CtimFault, describeCtimFault, isTransientId, readEntity, TLPS } from '../../ctim/ctim.ts';
import { ShapeRefusal } from '../http/answer.ts';
import type { Behaviour } from '../settings.ts';
import { shapeRefusal } from './shape.ts';
import { isObject, type JsonObject, textsOf } from './stored.ts';
import type { EntityType } from './types.ts';

/** What keeps one entity from being stored. `msg` explains the content faults. */
export interface EntityError {
  readonly tier: 'content' | 'tlp' | 'realize' | 'store';
  readonly error: string | { readonly type: string };
  readonly msg?: string;
}

/** An entity to be stored, of good shape. */
export interface NewEntity {
  readonly type: EntityType;
  /** As it was sent. */
  readonly raw: JsonObject;
  /** As the server reads it, or why it will not store it. */
  readonly reading: { readonly entity: JsonObject } | { readonly error: EntityError };
}

/** Throws the server's 400 when the shape is wrong. `alone`: for the routes of single entities and for bulk. */
export function readNewEntity(
  type: EntityType,
  raw: unknown,
  form: 'bundled' | 'alone',
  { minTlp, scoreTypes }: Behaviour,
): NewEntity {
  const reading = readEntity(type, raw, form);
  if ('faults' in reading) {
    const faults = reading.faults.filter(({ tier }) => tier === 'shape');
    if (faults.length > 0 || !isObject(raw)) throw shapeRefusal(faults);
    return { type, raw, reading: { error: errorOf(type, raw, reading.faults, minTlp) } };
  }
  const { entity } = reading;
  if (form === 'alone' && type === 'incident') checkScores(entity.scores, scoreTypes);
  return { type, raw: isObject(raw) ? raw : entity, reading: tooOpen(entity, minTlp) ?? { entity } };
}

export function transientIdOf(raw: JsonObject): string | null {
  return typeof raw.id === 'string' && isTransientId(raw.id) ? raw.id : null;
}

export function externalIdsOf(raw: JsonObject): string[] {
  return textsOf(raw.external_ids);
}

/** The tiers in the server's order: content, sharing, and what is found out only when an entity is made. */
function errorOf(
  type: EntityType,
  raw: JsonObject,
  faults: readonly CtimFault[],
  minTlp: Behaviour['minTlp'],
): EntityError {
  const disagrees = ({ path }: CtimFault): boolean => type === 'judgement' && path.length === 0;
  const content = faults.filter((fault) => fault.path[0] !== 'tlp' && !disagrees(fault));
  if (content.length > 0) {
    return { tier: 'content', error: 'Entity validation Error', msg: content.map(describeCtimFault).join('\n') };
  }
  const open = tooOpen(raw, minTlp);
  if (open !== null) return open.error;
  return { tier: 'realize', error: 'Mismatched disposition and dispositon_name for judgement' };
}

function tooOpen({ tlp }: JsonObject, minTlp: Behaviour['minTlp']): { readonly error: EntityError } | null {
  const allowed = TLPS.slice(TLPS.indexOf(minTlp));
  if (tlp === undefined || allowed.some((name) => name === tlp)) return null;
  const msg = `Invalid document TLP ${tlp}, allowed TLPs are: ${allowed.join(',')}`;
  return { error: { tier: 'tlp', error: 'Entity Access Control validation Error', msg } };
}

/** Names of scores are free in a bundle only. */
function checkScores(scores: unknown, scoreTypes: readonly string[]): void {
  const unknown = Object.keys(isObject(scores) ? scores : {}).filter((name) => !scoreTypes.includes(name));
  if (unknown.length > 0) {
    throw new ShapeRefusal({ scores: Object.fromEntries(unknown.map((name) => [name, 'disallowed-key'])) });
  }
}
