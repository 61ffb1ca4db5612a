import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type CtiaClient, ctiaClient, type JsonObject, type Stored, shortIdOf } from '../../src/ctia/ctia.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { openState, type State } from '../../src/state/state.ts';
import { DEFAULT_WORDS, openSync, type Sync, tendSync, wordsOf } from '../../src/sync/sync.ts';
import type { Connector } from '../../src/tickets/tickets.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { victimOf } from '../sync/child.ts';
import { addNote, addSighting, clientOf, incidentOf, makeIncident, notesOn, syncOptions } from '../sync/world.ts';
import { BEGIN, CONSOLE, END, HOSTILE, livePartsOf, regionsOf, seenTextOf } from '../tickets/hostile.ts';
import { commonMarkWorld } from '../tickets/worlds/redmine.ts';
import { rtWorld } from '../tickets/worlds/rt.ts';
import type { World } from '../tickets/worlds.ts';

const MINUTES = 60_000;
const INCIDENTS = 500;
/** Tickets an hour; all others go into the digest of that hour. */
const MAX_PER_HOUR = 40;
/** A word for each kill. */
const HERBS = ['anise', 'basil', 'caper', 'dill'];
/** Both systems keep times in whole seconds. */
const TICK_MS = 1100;

describe.each([rtWorld, commonMarkWorld])('$title', (row) => {
  const reason = row.missing();
  describe.skipIf(reason !== null)(reason ?? 'with the sandbox on the other side', () => {
    let system: World;
    let sandbox: Sandbox;
    let client: CtiaClient;
    let connector: Connector;
    let folder: string;
    let state: State;
    let sync: Sync;

    beforeAll(async () => {
      system = await row.start();
      sandbox = await openSandbox({ refreshMs: 0 });
      client = ctiaClient({ credentials: sandbox.credentials, irohUrl: sandbox.url, ctiaUrl: sandbox.url });
      connector = system.open();
      folder = scratchFolder('sightline-sync-');
      state = openState(join(folder, 'sync.db'));
      const words = wordsOf({
        ...(DEFAULT_WORDS[connector.name] ?? { statusToTicket: {}, statusToIncident: {}, priority: {} }),
        people: [],
      });
      sync = openSync({ ...syncOptions(client, connector, state, Date.now), words, linkOf: () => CONSOLE });
    }, 5 * MINUTES);
    afterAll(async () => {
      await connector?.close();
      await client?.close();
      await sandbox?.close();
      await system?.stop();
      state?.close();
      rmSync(folder, { recursive: true });
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
    const otherSide = () => {
      if (system.side === null) throw new Error('nobody works there');
      return system.side;
    };
    const analyst = () => otherSide().analyst;

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
      'what an attacker wrote does nothing on the page of the ticket, and can be read there',
      async () => {
        const texts = [HOSTILE[0], HOSTILE[5], HOSTILE[6], HOSTILE[11]];
        const incident = await makeIncident(
          { client },
          { title: HOSTILE[1], short_description: BEGIN, description: texts.join('\n') },
          texts,
        );
        await addNote({ client }, incident, [...HOSTILE.slice(12, 20), END].join('\n'));
        await settle();
        const page = (await system.side?.pageOf((await ticketOf(incident)).id)) ?? '';
        const regions = regionsOf(page);
        expect(regions).toHaveLength(1);
        expect(regions.flatMap(livePartsOf)).toEqual([]);
        const seen = regions.map(seenTextOf).join('');
        for (const text of texts) expect(seen).toContain(text.replace(/\s+/g, ''));
        expect(page).not.toContain(HOSTILE[1]);
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

    it(
      `${INCIDENTS} incidents at once, ${HERBS.length + 2} kills, each system down in turn: nothing is doubled or lost`,
      async () => {
        const side = otherSide();
        const tenant = await openSandbox({ refreshMs: 0 });
        const person = clientOf(tenant, Date.now);
        onTestFinished(async () => {
          await person.close();
          await tenant.close();
        });
        const incidents = await importIncidents(person);
        /** Incidents with their tickets, as the notes on them tell. */
        const pairs = () =>
          tenant.entities('note').flatMap(({ external_references: refs, related_entities: about }) => {
            const [{ external_id: ticket }] = (refs ?? [{}]) as [{ external_id?: string }];
            const [{ entity_id: incident }] = about as [{ entity_id: string }];
            return ticket === undefined ? [] : [{ ticket, incident }];
          });
        const victim = victimOf(tenant, side.settings, { secret: system.secret ?? '', maxPerHour: MAX_PER_HOUR });
        /** Runs it until some more tickets are there and `then` is over, and kills it. */
        const runOn = async (more: number, then: () => Promise<unknown>): Promise<void> => {
          let over = false;
          const running = victim.runUntil(() => over, 5 * MINUTES);
          for (const enough = pairs().length + more; pairs().length < enough; ) await sleep(50);
          await then();
          over = true;
          await running;
        };

        const said: { ticket: string; incident: string; herb: string }[] = [];
        for (const [kill, herb] of HERBS.entries()) {
          // Each kill falls into another step of what is done for an incident.
          await runOn(8, () => sleep(kill * 45));
          const { ticket, incident } = pairs()[kill * 2] ?? { ticket: '', incident: '' };
          await analyst().comment(ticket, `commented ${herb}`);
          await addNote({ client: person }, { id: incident }, `noted ${herb}`);
          said.push({ ticket, incident, herb });
        }
        await runOn(8, async () => {
          await side.goDown();
          await sleep(1000);
        });
        await side.comeUp();
        await runOn(8, async () => {
          tenant.setFaults([{ kind: 'bad-gateway', every: 1 }]);
          await sleep(1000);
        });
        tenant.setFaults([]);
        await victim.finish();

        const found = pairs();
        expect(found.map(({ incident }) => incident).sort()).toEqual(incidents.toSorted());
        const ours = new Set(incidents);
        const marks = (await side.marks()).filter(({ incidentId }) => ours.has(incidentId));
        expect(new Set(marks.map(({ incidentId }) => incidentId)).size).toBe(marks.length);
        for (const { id, incidentId } of marks) expect(found).toContainEqual({ ticket: id, incident: incidentId });
        // Whatever has no ticket of its own is listed in a digest, once.
        const marked = new Set(marks.map(({ incidentId }) => incidentId));
        const listed = found.filter(({ incident }) => !marked.has(incident));
        expect(listed.length).toBeGreaterThan(0);
        for (const digest of new Set(listed.map(({ ticket }) => ticket))) {
          const told = (await side.commentsOn(digest)).join('\n');
          for (const { ticket, incident } of listed) {
            if (ticket === digest) expect(told.split(`/incidents/${shortIdOf(incident)}`), incident).toHaveLength(2);
          }
        }
        for (const { ticket, incident, herb } of said) {
          const notes = notesOn({ sandbox: tenant }, { id: incident });
          expect(
            notes.filter((note) => note.includes(`commented ${herb}`)),
            herb,
          ).toHaveLength(1);
          expect((await side.commentsOn(ticket)).join('\n').split(`noted ${herb}`), herb).toHaveLength(2);
        }
      },
      15 * MINUTES,
    );
  });
});

/** Long ids of as many incidents as there are to be. */
async function importIncidents(client: CtiaClient): Promise<string[]> {
  const incidents = Array.from(
    { length: INCIDENTS },
    (_, i): JsonObject => ({ ...incidentOf({ title: `Number ${i}` }), external_ids: [`test-incident-${i}`] }),
  );
  await client.importBundle(JSON.stringify({ type: 'bundle', source: 'test', incidents }), { prefix: 'test-' });
  const ids: string[] = [];
  for await (const { id } of client.entities('incident').search({})) ids.push(id);
  return ids;
}
