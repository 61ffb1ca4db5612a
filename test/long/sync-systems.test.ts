import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CtiaClient, ctiaClient, type Stored } from '../../src/ctia/ctia.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { openState, type State } from '../../src/state/state.ts';
import { DEFAULT_WORDS, openSync, type Sync, tendSync, wordsOf } from '../../src/sync/sync.ts';
import type { Connector } from '../../src/tickets/tickets.ts';
import { addNote, addSighting, makeIncident, notesOn, syncOptions } from '../sync/world.ts';
import { textileWorld } from '../tickets/worlds/redmine.ts';
import { rtWorld } from '../tickets/worlds/rt.ts';
import type { World } from '../tickets/worlds.ts';

const MINUTES = 60_000;
/** Both systems keep times in whole seconds. */
const TICK_MS = 1100;

describe.each([rtWorld, textileWorld])('$title', (row) => {
  const reason = row.missing();
  describe.skipIf(reason !== null)(reason ?? 'with the sandbox on the other side', () => {
    let system: World;
    let sandbox: Sandbox;
    let client: CtiaClient;
    let connector: Connector;
    let state: State;
    let sync: Sync;

    beforeAll(async () => {
      system = await row.start();
      sandbox = await openSandbox({ refreshMs: 0 });
      client = ctiaClient({ credentials: sandbox.credentials, irohUrl: sandbox.url, ctiaUrl: sandbox.url });
      connector = system.open();
      state = openState(join(mkdtempSync(join(tmpdir(), 'sightline-sync-')), 'sync.db'));
      const words = wordsOf({
        ...(DEFAULT_WORDS[connector.name] ?? { statusToTicket: {}, statusToIncident: {}, priority: {} }),
        people: [],
      });
      sync = openSync({ ...syncOptions(client, connector, state, Date.now), words });
    }, 5 * MINUTES);
    afterAll(async () => {
      await connector?.close();
      await client?.close();
      await sandbox?.close();
      await system?.stop();
      state?.close();
    }, MINUTES);

    const settle = async (): Promise<void> => {
      await sleep(TICK_MS);
      await sync.pass({ drain: true }, new AbortController().signal);
      const { work, holds } = tendSync(state).status();
      expect({ work, holds }).toEqual({ work: [], holds: [] });
      await sleep(TICK_MS);
    };
    const ticketOf = async ({ id }: Stored) => {
      const found = await connector.findByIncident(id);
      expect(found).toHaveLength(1);
      return found[0] ?? { id: '', status: '', title: '', priority: null, assignee: null };
    };
    const incidentNow = async ({ id }: Stored) => client.entities('incident').get(id);
    /** As people see it. */
    const pageOf = async (id: string): Promise<string> =>
      ((await system.side?.pageOf(id)) ?? '').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    const analyst = () => {
      if (system.side === null) throw new Error('nobody works there');
      return system.side.analyst;
    };

    it(
      'an incident gets a ticket that shows it, with its evidence',
      async () => {
        const incident = await makeIncident({ client }, { title: 'Injection <b>here</b>' }, ['203.0.113.5']);
        await settle();
        await settle();
        const ticket = await ticketOf(incident);
        expect(ticket).toMatchObject({ title: 'Injection <b>here</b>', status: system.statuses.fresh });
        const files = (await system.side?.filesOf(ticket.id)) ?? {};
        expect(Object.keys(files)).toEqual([expect.stringMatching(/^incident-.*\.json$/)]);
        expect(JSON.parse(Object.values(files)[0] ?? '').sightings).toHaveLength(1);
        expect(await pageOf(ticket.id)).toContain('203.0.113.5');
      },
      5 * MINUTES,
    );

    it(
      'assigning, commenting, closing and reopening go from the incident to the ticket',
      async () => {
        const incident = await makeIncident({ client });
        await settle();
        const incidents = client.entities('incident');
        await incidents.update(incident.id, {
          status: 'Open',
          assignees: [system.assignee.given.toLowerCase()],
          severity: 'Low',
        });
        await addSighting({ client }, incident, '198.51.100.77');
        await addNote({ client }, incident, 'Words from XDR');
        await settle();
        const ticket = await ticketOf(incident);
        expect(ticket).toMatchObject({ status: system.statuses.other, assignee: { id: system.assignee.id } });
        expect(await pageOf(ticket.id)).toMatch(/198\.51\.100\.77.*Words from XDR/s);
        await incidents.update(incident.id, { status: 'Closed', assignees: [] });
        await settle();
        expect(await ticketOf(incident)).toMatchObject({ status: system.statuses.closed, assignee: null });
        await incidents.update(incident.id, { status: 'Open' });
        await settle();
        expect(await ticketOf(incident)).toMatchObject({ status: system.statuses.other });
        expect(notesOn({ sandbox }, incident)).toEqual(['Words from XDR']);
      },
      5 * MINUTES,
    );

    it(
      'assigning, commenting, closing and reopening go from the ticket to the incident, and do not come back',
      async () => {
        const incident = await makeIncident({ client });
        await settle();
        const { id } = await ticketOf(incident);
        await analyst().update(id, { status: system.statuses.other });
        await analyst().update(id, { assignee: analyst().id });
        await analyst().comment(id, 'Words from the ticket');
        await settle();
        expect(await incidentNow(incident)).toMatchObject({ status: 'Open', assignees: ['alice@example.org'] });
        expect(notesOn({ sandbox }, incident)).toEqual([expect.stringContaining('Words from the ticket')]);
        await analyst().update(id, { status: system.statuses.closed });
        await settle();
        expect(await incidentNow(incident)).toMatchObject({ status: 'Closed' });
        await analyst().update(id, { status: system.statuses.other, assignee: null });
        await settle();
        expect(await incidentNow(incident)).toMatchObject({ status: 'Open', assignees: [] });
        const page = await pageOf(id);
        await settle();
        await settle();
        expect(notesOn({ sandbox }, incident)).toHaveLength(1);
        expect((page.match(/Words from the ticket/g) ?? []).length).toBe(
          ((await pageOf(id)).match(/Words from the ticket/g) ?? []).length,
        );
      },
      5 * MINUTES,
    );

    it(
      'what both sides change goes by the rule and stands in both histories',
      async () => {
        const incident = await makeIncident({ client });
        await settle();
        const { id } = await ticketOf(incident);
        await analyst().update(id, { status: system.statuses.other });
        await sleep(2 * TICK_MS);
        await client.entities('incident').update(incident.id, { status: 'Closed' });
        await settle();
        expect(await ticketOf(incident)).toMatchObject({ status: system.statuses.closed });
        expect(await incidentNow(incident)).toMatchObject({ status: 'Closed' });
        expect(notesOn({ sandbox }, incident)).toEqual([expect.stringContaining('was changed on both sides')]);
        expect(await pageOf(id)).toContain('was changed on both sides');
      },
      5 * MINUTES,
    );
  });
});
