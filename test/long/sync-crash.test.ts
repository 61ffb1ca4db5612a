import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Stored } from '../../src/ctia/ctia.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { victimOf } from '../sync/child.ts';
import { openDesk } from '../sync/desk.ts';
import { addNote, addSighting, clientOf, makeIncident, notesOn } from '../sync/world.ts';
import { listen } from '../tickets/servers/loopback.ts';

const INCIDENTS = 8;
const KILLS = 8;
const WORDS = ['anise', 'basil', 'caper', 'dill', 'elder', 'fennel', 'ginger', 'hyssop'];

async function openTenant() {
  const sandbox = await openSandbox({ refreshMs: 0 });
  const client = clientOf(sandbox, Date.now);
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
  });
  const incidents: Stored[] = [];
  for (let i = 0; i < INCIDENTS; i++) incidents.push(await makeIncident({ client }, { title: `Incident ${i}` }));
  return { sandbox, client, incidents };
}

const HTTP = {
  kind: 'http',
  headers: { authorization: 'Bearer {{secret}}' },
  ticket: {
    id: '/id',
    title: '/title',
    status: '/status',
    priority: '/priority',
    incident: '/incidentId',
    updated: '/updated',
    assignee: { id: '/assignee' },
  },
  create: {
    method: 'POST',
    path: '/tickets',
    id: '/id',
    body: {
      incidentId: '{{incidentId}}',
      title: '{{title}}',
      description: '{{description.plain}}',
      priority: '{{priority}}',
    },
  },
  find: { method: 'GET', path: '/tickets?incident={{incidentId}}', list: '' },
  read: { method: 'GET', path: '/tickets/{{id}}', record: '' },
  update: { status: { method: 'PATCH', path: '/tickets/{{id}}', body: { status: '{{value}}' } } },
  comment: { method: 'POST', path: '/tickets/{{id}}/comments', body: { key: '{{key}}', text: '{{comment.plain}}' } },
  comments: { method: 'GET', path: '/tickets/{{id}}' },
};

it.each([
  ['a connector that tells what happened', { kind: 'desk' }, true],
  ['the http connector', HTTP, false],
])(
  `killed ${KILLS} times while both sides change, it doubles nothing and loses nothing: %s`,
  async (_, system, tells) => {
    const { sandbox, client, incidents } = await openTenant();
    const desk = await openDesk();
    onTestFinished(() => desk.stop());
    const victim = victimOf(sandbox, { ...system, url: desk.url });
    const commented: [string, string][] = [];
    for (const [kill, word] of WORDS.entries()) {
      const asked = desk.requests.length;
      // Each kill falls a little later than the one before, counted in requests rather than in time.
      await victim.runUntil(() => desk.requests.length >= asked + 1 + kill * 3, 20_000);
      const incident = incidents[kill];
      if (incident === undefined) throw new Error('fewer incidents than kills');
      await addNote({ client }, incident, `noted ${word}.`);
      await addSighting({ client }, incident, `198.51.100.${kill + 10}`);
      const ticket = desk.tickets.find(({ incidentId }) => incidentId === incident.id);
      if (ticket === undefined) continue;
      desk.change(ticket.id, { status: 'open' });
      if (!tells) continue;
      desk.comment(ticket.id, `commented ${word}`);
      desk.change(ticket.id, { assignee: 'alice' });
      commented.push([incident.id, word]);
    }
    await victim.finish();

    expect(desk.tickets.map(({ incidentId }) => incidentId).sort()).toEqual(incidents.map(({ id }) => id).sort());
    for (const [kill, word] of WORDS.entries()) {
      const ticket = desk.tickets.find(({ incidentId }) => incidentId === incidents[kill]?.id);
      const told = [ticket?.description, ...(ticket?.comments ?? []).map(({ text }) => text)].join('\n');
      expect(told.split(`noted ${word}.`), word).toHaveLength(2);
      expect(
        told.split(`x Requests of 198.51.100.${kill + 10}`).length +
          told.split(`Requests of 198.51.100.${kill + 10}`).length,
        word,
      ).toBeGreaterThan(2);
    }
    if (tells) expect(commented.length).toBeGreaterThan(KILLS / 2);
    for (const [id, word] of commented) {
      const incident = await client.entities('incident').get(id);
      expect(incident).toMatchObject({ status: 'Open', assignees: ['alice@example.org'] });
      if (incident !== null)
        expect(notesOn({ sandbox }, incident).filter((note) => note.includes(`commented ${word}`))).toHaveLength(1);
    }
    const ticketNotes = sandbox.entities('note').filter(({ content }) => String(content).startsWith('Ticket '));
    expect(ticketNotes).toHaveLength(INCIDENTS);
  },
  300_000,
);

interface Sent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
}

/** What arrived, each event once: a connector that only sends may send one again, under the same id. */
function distinct(events: readonly Sent[]): Sent[] {
  return [...new Map(events.map((event) => [event.id, event])).values()];
}

/** Nothing for a line that a kill broke off. */
function readEvent(line: string): Sent[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

function expectEachOnce(sent: readonly Sent[], incidents: readonly Stored[]): void {
  const created = distinct(sent).filter(({ type }) => type === 'sightline.ticket.created');
  expect(created.map(({ subject }) => subject).sort()).toEqual(incidents.map(({ id }) => id).sort());
  for (const [kill, word] of WORDS.entries()) {
    const told = distinct(sent).filter(
      (event) => event.subject === incidents[kill]?.id && event.type !== 'sightline.ticket.updated',
    );
    const texts = told.map((event) =>
      JSON.stringify({ ...event, data: { ...(event as { data?: object }).data, attachments: [] } }),
    );
    expect(
      texts.filter((text) => text.includes(`noted ${word}.`)),
      word,
    ).toHaveLength(1);
  }
}

it('killed while it sends to a webhook, each event arrives, doubles under the same id', async () => {
  const { sandbox, client, incidents } = await openTenant();
  const sent: Sent[] = [];
  const hook = await listen(({ text }) => {
    sent.push(JSON.parse(text));
    return { status: 204 };
  });
  onTestFinished(() => hook.stop());
  const victim = victimOf(sandbox, { kind: 'webhook', url: hook.url });
  for (const [kill, word] of WORDS.entries()) {
    const before = sent.length;
    await victim.runUntil(() => sent.length > before + (kill % 3));
    const incident = incidents[kill];
    if (incident !== undefined) await addNote({ client }, incident, `noted ${word}.`);
  }
  await victim.finish();
  expectEachOnce(sent, incidents);
}, 300_000);

it('killed while it writes JSON Lines, each event is there, doubles under the same id', async () => {
  const { sandbox, client, incidents } = await openTenant();
  const folder = scratchFolder('sightline-tickets-');
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'tickets.jsonl');
  const victim = victimOf(sandbox, { kind: 'jsonl', ...{ path } });
  const sizeOf = (): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  for (const [kill, word] of WORDS.entries()) {
    const before = sizeOf();
    await victim.runUntil(() => sizeOf() > before + (kill % 3) * 2000);
    const incident = incidents[kill];
    if (incident !== undefined) await addNote({ client }, incident, `noted ${word}.`);
  }
  await victim.finish();
  const sent = readFileSync(path, 'utf8').trimEnd().split('\n').flatMap(readEvent);
  expectEachOnce(sent, incidents);
}, 300_000);
