import { DISPOSITION_NAMES } from '../../ctim/ctim.ts';
import type { Identity } from '../access/identity.ts';
import { nowOf, type World } from '../world.ts';
import { isObject, type JsonObject, type StoredEntity } from './stored.ts';
import type { EntityType } from './types.ts';

/** Types with a `valid_time`; each of its bounds is filled in. */
const VALID_FOR_A_TIME = new Set<EntityType>([
  'actor',
  'asset',
  'asset-mapping',
  'asset-properties',
  'campaign',
  'coa',
  'indicator',
  'judgement',
]);
const END_OF_VALIDITY = '2525-01-01T00:00:00.000Z';

export interface Making {
  readonly type: EntityType;
  /** Long. */
  readonly id: string;
  readonly previous: StoredEntity | null;
  readonly identity: Identity;
  readonly world: World;
}

/** The entity as it is stored: what was given, and what the server sets whatever was given. */
export function realize(given: JsonObject, making: Making): StoredEntity {
  const { type, id, previous, identity, world } = making;
  const now = nowOf(world);
  // An incident alone keeps its timestamp when it is written anew without one.
  const kept = type === 'incident' ? previous?.timestamp : undefined;
  return {
    ...given,
    ...defaultsOf(given, making),
    id,
    type,
    schema_version: world.behaviour.schemaVersion,
    owner: previous?.owner ?? identity.login,
    groups: previous?.groups ?? identity.groups,
    client_id: previous?.client_id ?? identity.clientId,
    created: previous?.created ?? now,
    modified: now,
    timestamp: textOr(given.timestamp, kept ?? now),
    tlp: textOr(given.tlp, previous?.tlp ?? world.behaviour.defaultTlp),
  };
}

function defaultsOf(given: JsonObject, making: Making): JsonObject {
  const validTime = VALID_FOR_A_TIME.has(making.type) ? { valid_time: validTimeOf(given, making) } : {};
  switch (making.type) {
    case 'sighting':
      return { count: given.count ?? 1, confidence: given.confidence ?? 'Unknown' };
    case 'judgement':
      return { ...validTime, ...dispositionOf(given) };
    case 'feed':
      return feedKey(given, making);
    default:
      return validTime;
  }
}

function validTimeOf(given: JsonObject, { previous, world }: Making): JsonObject {
  const wanted = isObject(given.valid_time) ? given.valid_time : {};
  const before = isObject(previous?.valid_time) ? previous.valid_time : {};
  return {
    start_time: wanted.start_time ?? before.start_time ?? nowOf(world),
    end_time: wanted.end_time ?? before.end_time ?? END_OF_VALIDITY,
  };
}

/** Number and name complete each other; they agree when both are there. */
function dispositionOf({ disposition, disposition_name: name }: JsonObject): JsonObject {
  const number =
    typeof disposition === 'number' ? disposition : (DISPOSITION_NAMES as readonly unknown[]).indexOf(name) + 1 || 5;
  return { disposition: number, disposition_name: DISPOSITION_NAMES[number - 1] };
}

/** The secret of a feed is made once and stays; whoever has the address can read the feed. */
function feedKey({ output }: JsonObject, { id, previous, world }: Making): JsonObject {
  const secret = previous?.secret ?? world.uuid();
  return { secret, feed_view_url: `${id}/${output === 'observables' ? 'view.txt' : 'view'}?s=${secret}` };
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
