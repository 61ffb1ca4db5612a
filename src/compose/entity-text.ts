import { checkEntity } from '../ctim/ctim.ts';
import { toJson } from '../escape/escape.ts';
import { SightlineError } from '../model/errors.ts';
import { cut } from './neutral.ts';

/** An entity as it stands in a bundle. */
export interface EntityText {
  readonly json: string;
  /** Of the JSON as UTF-8. */
  readonly bytes: number;
}

/** What the message of an entity that does not pass tells of its faults. */
const MAX_FAULT_UNITS = 500;

/**
 * For sightings and relationships, of which there are many: the types of their fields are those of the schemas, and
 * every text, list and date that goes into them is kept within CTIM's limits where it is made.
 */
export function writeEntity(entity: object): EntityText {
  const json = toJson(entity);
  return { json, bytes: Buffer.byteLength(json) };
}

/**
 * For entities that take lists out of rules as they are, which only the schemas of CTIM bound.
 * @throws SightlineError `bad-entity`: the server would not take it.
 */
export function writeChecked(type: 'incident' | 'indicator', entity: { readonly id?: string | undefined }): EntityText {
  const faults = checkEntity(type, entity);
  if (faults === null) return writeEntity(entity);
  const told = cut(faults, MAX_FAULT_UNITS);
  throw new SightlineError('bad-entity', `${entity.id} was composed in a way that the server would not take: ${told}`);
}
