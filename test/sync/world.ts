import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { externalId } from '../../src/compose/compose.ts';
import { type CtiaClient, ctiaClient, type JsonObject, type Stored } from '../../src/ctia/ctia.ts';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { openState, type State } from '../../src/state/state.ts';
import { openSync, type Sync, type SyncEvent, type SyncOptions, wordsOf } from '../../src/sync/sync.ts';
import type { Connector } from '../../src/tickets/tickets.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { type Desk, deskConnector, openDesk } from './desk.ts';

export const WORDS = wordsOf({
  statusToTicket: {
    New: 'new',
    Open: 'open',
    Hold: 'stalled',
    Closed: 'resolved',
    'Closed: False Positive': 'rejected',
  },
  statusToIncident: {
    new: 'New',
    open: 'Open',
    stalled: 'Hold',
    resolved: 'Closed',
    rejected: 'Closed: False Positive',
  },
  priority: { Critical: '100', High: '80', Medium: '50', Low: '20' },
  people: [{ xdr: 'user-0815', ticket: 'zoe' }],
});

/** A tenant, a ticket system and what keeps them in step, on one clock that only `advance` moves. */
export interface World {
  readonly sandbox: Sandbox;
  readonly desk: Desk;
  /** An analyst's own client. */
  readonly client: CtiaClient;
  readonly state: State;
  readonly events: SyncEvent[];
  readonly sync: Sync;
  now(): number;
  advance(ms: number): void;
  /** Everything that there is to do. */
  settle(): Promise<void>;
  /** Another process, with the options changed, or with another memory. */
  restart(more?: Partial<SyncOptions>, state?: State): void;
}

export interface WorldOptions {
  readonly sandbox?: SandboxOptions;
  readonly sync?: Partial<SyncOptions>;
  readonly connector?: (desk: Desk) => Connector;
  readonly state?: State;
}

const START = Date.UTC(2026, 10, 22, 8);

export async function openWorld(given: WorldOptions = {}): Promise<World> {
  let now = START;
  const clock = (): number => now;
  const sandbox = await openSandbox({ refreshMs: 0, clock, ...given.sandbox });
  const desk = await openDesk(clock);
  const client = clientOf(sandbox, clock);
  const state = given.state ?? newState(clock);
  const events: SyncEvent[] = [];
  const connector = given.connector?.(desk) ?? deskConnector(desk.url);
  const openWith = (more: Partial<SyncOptions>, memory: State) =>
    openSync({
      ...syncOptions(client, connector, memory, clock),
      report: (event) => events.push(event),
      ...given.sync,
      ...more,
    });
  let sync = openWith({}, state);
  onTestFinished(async () => {
    await client.close();
    await connector.close();
    await desk.stop();
    await sandbox.close();
  });
  const world: World = {
    sandbox,
    desk,
    client,
    state,
    events,
    get sync() {
      return sync;
    },
    now: clock,
    advance(ms) {
      now += ms;
    },
    async settle() {
      now += 120_000;
      await sync.pass({ drain: true }, new AbortController().signal);
    },
    restart(more = {}, memory = state) {
      sync = openWith(more, memory);
    },
  };
  return world;
}

export function newState(clock: () => number = Date.now): State {
  const folder = scratchFolder('sightline-sync-');
  const state = openState(join(folder, 'sync.db'), { clock });
  onTestFinished(() => {
    state.close();
    rmSync(folder, { recursive: true });
  });
  return state;
}

/** As `sightline sync` would set them, for a desk. */
export function syncOptions(client: CtiaClient, connector: Connector, state: State, clock: () => number): SyncOptions {
  return {
    client,
    connector,
    state,
    filters: {},
    words: WORDS,
    owners: { status: 'newest', assignee: 'newest' },
    guard: { shareWindowMs: null, maxPerHour: 1000 },
    mergeMs: 60_000,
    reconcileMs: 4 * 3_600_000,
    fields: {},
    verdicts: false,
    linkOf: (id) => `https://xdr.example.com/incidents/${id.slice(id.lastIndexOf('/') + 1)}`,
    nameOf: (type, facts) => externalId('test-', type, facts),
    source: 'Sightline',
    tlp: 'amber',
    clock,
    random: () => 0.5,
    report: () => {},
  };
}

/** A client that neither waits nor tries again, so that what goes wrong is seen at once. */
export function clientOf({ url, credentials }: Pick<Sandbox, 'url' | 'credentials'>, clock: () => number): CtiaClient {
  const timing = { clock, random: () => 0.5, sleep: async () => {} };
  return ctiaClient({ credentials, irohUrl: url, ctiaUrl: url, timing, retry: { maxAttempts: 1 } });
}

export function incidentOf(given: JsonObject = {}): JsonObject {
  return {
    title: 'SQL injection from 203.0.113.5',
    short_description: 'An attacker asks the shop for its users.',
    status: 'New',
    severity: 'High',
    confidence: 'High',
    tlp: 'amber',
    incident_time: { opened: '2026-11-22T07:00:00.000Z' },
    tactics: ['TA0001'],
    techniques: ['T1190'],
    ...given,
  };
}

/** An incident with sightings of these addresses. */
export async function makeIncident(
  world: Pick<World, 'client'> & Partial<Pick<World, 'advance'>>,
  given: JsonObject = {},
  addresses: readonly string[] = [],
): Promise<Stored> {
  world.advance?.(1000);
  const incident = await world.client.entities('incident').create(incidentOf(given));
  for (const value of addresses) await addSighting(world, incident, value);
  return incident;
}

export async function addSighting({ client }: Pick<World, 'client'>, incident: Stored, address: string): Promise<void> {
  const time = { start_time: '2026-11-22T07:00:00.000Z', end_time: '2026-11-22T07:05:00.000Z' };
  const sighting = await client.entities('sighting').create({
    title: `Requests of ${address}`,
    severity: 'High',
    count: 3,
    observed_time: time,
    observables: [{ type: 'ip', value: address }],
    targets: [
      { type: 'endpoint.server', observed_time: time, observables: [{ type: 'hostname', value: 'www.example.org' }] },
    ],
    relations: [
      {
        origin: 'test',
        relation: 'Connected_To',
        source: { type: 'ip', value: address },
        related: { type: 'hostname', value: 'www.example.org' },
      },
    ],
  });
  await client.entities('relationship').create({
    relationship_type: 'member-of',
    source_ref: sighting.id,
    target_ref: incident.id,
  });
}

export async function addNote({ client }: Pick<World, 'client'>, incident: Stored, content: string): Promise<void> {
  await client.entities('note').create({
    note_class: 'default',
    content,
    author: 'carol',
    related_entities: [{ entity_type: 'incident', entity_id: incident.id }],
  });
}

/** Notes on an incident, the one about its ticket aside. */
export function notesOn({ sandbox }: Pick<World, 'sandbox'>, incident: Stored): string[] {
  return sandbox
    .entities('note')
    .filter(({ related_entities: list }) => JSON.stringify(list).includes(incident.id))
    .map(({ content }) => String(content))
    .filter((content) => !content.startsWith('Ticket '));
}
