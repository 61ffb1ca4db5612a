import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { Stored } from '../../src/ctia/ctia.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { openDesk } from './desk.ts';
import { addNote, addSighting, clientOf, makeIncident, notesOn } from './world.ts';

const INCIDENTS = Number(process.env.SYNC_INCIDENTS ?? 12);
const KILLS = Number(process.env.SYNC_KILLS ?? 12);

it(`killed ${KILLS} times while ${INCIDENTS} incidents and their tickets change, it doubles nothing and loses nothing`, async () => {
  const sandbox = await openSandbox({ refreshMs: 0 });
  const desk = await openDesk();
  const client = clientOf(sandbox, Date.now);
  onTestFinished(async () => {
    await client.close();
    await desk.stop();
    await sandbox.close();
  });
  const path = join(mkdtempSync(join(tmpdir(), 'sightline-sync-')), 'sync.db');
  const { clientId, clientPassword } = sandbox.credentials;
  const start = (how: string): ChildProcess =>
    spawn(
      process.execPath,
      [join(import.meta.dirname, 'crash-child.ts'), sandbox.url, desk.url, path, clientId, clientPassword, how],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );

  const incidents: Stored[] = [];
  for (let i = 0; i < INCIDENTS; i++)
    incidents.push(await makeIncident({ client }, { title: `Incident ${i}` }, ['203.0.113.5']));
  const said = { notes: [] as string[], comments: [] as [string, string][] };
  for (let kill = 0; kill < KILLS; kill++) {
    const child = start('for ever');
    const asked = desk.requests.length;
    // The kill falls a little later each time, counted in requests rather than in time.
    while (desk.requests.length < asked + 1 + kill * 3) await sleep(2);
    child.kill('SIGKILL');
    await once(child, 'close');
    const [ticket] = desk.tickets.filter(({ incidentId }) => incidentId === incidents[kill % INCIDENTS]?.id);
    const incident = incidents[kill % INCIDENTS];
    if (incident === undefined) continue;
    const word = String.fromCharCode(97 + kill);
    said.notes.push(`noted ${word}.`);
    await addNote({ client }, incident, `noted ${word}.`);
    await addSighting({ client }, incident, `198.51.100.${kill}`);
    if (ticket === undefined) continue;
    said.comments.push([incident.id, `commented ${word}`]);
    desk.comment(ticket.id, `commented ${word}`);
    desk.change(ticket.id, { status: 'open', assignee: 'alice' });
  }
  const last = start('once');
  expect(await once(last, 'close')).toEqual([0, null]);

  expect(desk.tickets.map(({ incidentId }) => incidentId).sort()).toEqual(incidents.map(({ id }) => id).sort());
  const told = desk.tickets
    .flatMap(({ description, comments }) => [description, ...comments.map(({ text }) => text)])
    .join('\n');
  for (const text of said.notes) expect(told.split(text), text).toHaveLength(2);
  for (let kill = 0; kill < KILLS; kill++)
    expect(
      told.split(`Requests of 198.51.100.${kill}\n`).length + told.split(`Requests of 198.51.100.${kill} `).length,
      String(kill),
    ).toBeGreaterThan(2);
  expect(said.comments.length).toBeGreaterThan(KILLS / 2);
  for (const [id, text] of said.comments) {
    const incident = await client.entities('incident').get(id);
    expect(incident).toMatchObject({ status: 'Open', assignees: ['alice@example.org'] });
    if (incident !== null) expect(notesOn({ sandbox }, incident).filter((note) => note.includes(text))).toHaveLength(1);
  }
  const ticketNotes = sandbox.entities('note').filter(({ content }) => String(content).startsWith('Ticket '));
  expect(ticketNotes).toHaveLength(INCIDENTS);
}, 300_000);
