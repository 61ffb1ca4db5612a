import { onTestFinished } from 'vitest';
import { composer, externalId } from '../../src/compose/compose.ts';
import { type CtiaClient, type CtiaOptions, ctiaClient } from '../../src/ctia/ctia.ts';
import type { Incident } from '../../src/model/incident.ts';
import type { Parcel } from '../../src/model/parcel.ts';
import { type EntityType, openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { optionsOf } from '../compose/fixtures.ts';

export const PREFIX = 'sightline-';
export const nameOf = (type: string, facts: readonly string[]) => externalId(PREFIX, type, facts);

export interface World {
  readonly sandbox: Sandbox;
  readonly client: CtiaClient;
}

/** A sandbox with a client whose waiting takes no time: it moves the sandbox's clock instead. */
export async function openWorld(options: SandboxOptions = {}): Promise<World> {
  const sandbox = await openSandbox({ refreshMs: 0, ...options });
  const client = clientOf(sandbox);
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
  });
  return { sandbox, client };
}

export function clientOf(sandbox: Sandbox, options: Partial<CtiaOptions> = {}): CtiaClient {
  let ahead = 0;
  return ctiaClient({
    credentials: sandbox.credentials,
    irohUrl: sandbox.url,
    ctiaUrl: sandbox.url,
    timing: {
      clock: () => Date.now() + ahead,
      random: () => 0.5,
      async sleep(ms) {
        ahead += ms;
        sandbox.advance(ms);
      },
    },
    ...options,
  });
}

/** The one parcel of an incident that is small enough. */
export function parcelFor(incident: Incident): Parcel {
  const [parcel, ...more] = composer(optionsOf())(incident);
  if (parcel === undefined || more.length > 0) throw new Error('expected one parcel');
  return parcel;
}

const TYPES: readonly EntityType[] = [
  'incident',
  'indicator',
  'sighting',
  'relationship',
  'judgement',
  'feed',
  'note',
  'casebook',
];

/** What the server makes up, so that no two worlds agree on it. */
const MADE_UP = new Set([
  'created',
  'modified',
  'timestamp',
  'owner',
  'groups',
  'client_id',
  'secret',
  'feed_view_url',
]);
const ID = /^https?:.*\/ctia\/([a-z-]+)\/[^/]+$/;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const DAY_MS = 86_400_000;

/** Everything stored, with ids told by external id or type, and without times of now and what the server makes up. */
export function contentsOf(sandbox: Sandbox): unknown[] {
  const all = TYPES.flatMap((type) => sandbox.entities(type)).map((entity) =>
    // Named after the feed's indicator, whose id is made up.
    entity.relationship_type === 'element-of' ? { ...entity, id: '', external_ids: [] } : entity,
  );
  const names = new Map(all.map(({ id, external_ids: xids }) => [id, String(xids)]));
  const plain = (key: string, value: unknown): unknown => {
    if (MADE_UP.has(key)) return undefined;
    if (typeof value !== 'string') return value;
    if (TIME.test(value)) return Math.abs(Date.parse(value) - Date.now()) < DAY_MS ? 'now' : value;
    return names.get(value) ?? value.replace(ID, 'gone $1');
  };
  return all
    .map((entity) => JSON.stringify(entity, plain))
    .sort()
    .map((text): unknown => JSON.parse(text));
}
