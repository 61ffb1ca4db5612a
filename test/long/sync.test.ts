import { expect, it, onTestFinished } from 'vitest';
import type { JsonObject, Stored } from '../../src/ctia/ctia.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { victimOf } from '../sync/child.ts';
import { openDesk } from '../sync/desk.ts';
import { addNote, clientOf, incidentOf, notesOn } from '../sync/world.ts';

const INCIDENTS = 500;
const KILLS = 15;

it(`${INCIDENTS} incidents at once, ${KILLS} kills, each system down in turn: nothing is doubled or lost`, async () => {
  const sandbox = await openSandbox({ refreshMs: 0 });
  const desk = await openDesk();
  const client = clientOf(sandbox, Date.now);
  onTestFinished(async () => {
    await client.close();
    await desk.stop();
    await sandbox.close();
  });
  const victim = victimOf(sandbox, { kind: 'desk', url: desk.url });
  const drafts = Array.from(
    { length: INCIDENTS },
    (_, i): JsonObject => ({
      ...incidentOf({ title: `Number ${i};` }),
      external_ids: [`test-incident-${i}`],
    }),
  );
  await client.importBundle(JSON.stringify({ type: 'bundle', source: 'test', incidents: drafts }), {
    prefix: 'test-',
  });
  const incidents: Stored[] = [];
  for await (const incident of client.entities('incident').search({})) incidents.push(incident);
  expect(incidents).toHaveLength(INCIDENTS);

  for (let kill = 0; kill < KILLS; kill++) {
    // Now one of the two fails now and then, now the other, now neither.
    let requests = 0;
    desk.onRequest = () =>
      kill % 3 === 1 && ++requests % 7 === 0
        ? ((['cut-before', 'cut-after', 503] as const)[requests % 3] ?? null)
        : null;
    sandbox.setFaults(
      kill % 3 === 2
        ? [
            { kind: 'reset-after', every: 9, times: 40 },
            { kind: 'bad-gateway', every: 11, times: 40 },
          ]
        : [],
    );
    const until = desk.tickets.length + INCIDENTS / KILLS;
    await victim.runUntil(() => desk.tickets.length >= until, 10_000);
    const ticket = desk.tickets[kill];
    if (ticket === undefined) continue;
    desk.comment(ticket.id, `comment number ${kill};`);
    const incident = incidents.find(({ id }) => id === ticket.incidentId);
    if (incident !== undefined) await addNote({ client }, incident, `note number ${kill};`);
  }
  desk.onRequest = () => null;
  sandbox.setFaults([]);
  await victim.finish();
  const marks = desk.tickets.map(({ incidentId }) => incidentId).sort();
  expect(marks).toEqual(incidents.map(({ id }) => id).sort());
  const notes = sandbox.entities('note').map(({ content }) => String(content));
  expect(notes.filter((content) => content.startsWith('Ticket '))).toHaveLength(INCIDENTS);
  for (const [kill, ticket] of desk.tickets.slice(0, KILLS).entries()) {
    const incident = incidents.find(({ id }) => id === ticket.incidentId);
    if (incident === undefined) throw new Error('a ticket of no incident');
    const said = notesOn({ sandbox }, incident).filter((content) => content.includes(`comment number ${kill}`));
    if (ticket.comments.some(({ text }) => text.includes(`comment number ${kill}`)))
      expect(said, String(kill)).toHaveLength(1);
    const told = [ticket.description, ...ticket.comments.map(({ text }) => text)].join('\n');
    if (notesOn({ sandbox }, incident).some((content) => content === `note number ${kill};`)) {
      expect(told.split(`note number ${kill};`), String(kill)).toHaveLength(2);
    }
  }
}, 1_200_000);
