import { expect, it } from 'vitest';
import type { Stored } from '../../src/ctia/ctia.ts';
import { tendSync } from '../../src/sync/sync.ts';
import { deskConnector } from './desk.ts';
import { incidentOf, makeIncident, openWorld, type World } from './world.ts';

const SEARCH = '/ctia/incident/search';

/** Incidents as an import would bring them, eight of them each second. */
async function importIncidents(world: World, count: number): Promise<void> {
  const incidents = Array.from({ length: count }, (_, i) => {
    const timestamp = new Date(Date.UTC(2026, 10, 20) + Math.floor(i / 8) * 1000).toISOString();
    return { ...incidentOf({ title: `Number ${i}`, timestamp }), external_ids: [`test-incident-${i}`] };
  });
  await world.client.importBundle(JSON.stringify({ type: 'bundle', source: 'test', incidents }), { prefix: 'test-' });
}

/** The bookmark as another process would find it: the time of the incident that it stands behind. */
const reached = ({ state }: World): number => Number(JSON.parse(state.table('sync').get('reached') ?? '[]')[0] ?? 0);
const timeOf = (incident: Stored | undefined): number => Date.parse(String(incident?.timestamp));
const titles = ({ desk }: World): string[] => desk.tickets.map(({ title }) => title).sort();
const pass = (world: World) => world.sync.pass({ drain: false }, new AbortController().signal);
/** A desk that can do no more than make tickets, so that many of them are soon made. */
const plain = {
  connector: ({ url }: World['desk']) => deskConnector(url, { finds: false, reads: false, tells: false }),
};

it('are read in the order of timestamp and id, from the bookmark on, and never by offset', async () => {
  const world = await openWorld({ ...plain, sandbox: { searchWindow: 120, maxRecordedRequests: 10_000 } });
  await importIncidents(world, 130);
  await world.settle();
  expect(titles(world)).toEqual(Array.from({ length: 130 }, (_, i) => `Number ${i}`).sort());
  world.restart();
  await makeIncident(world, { title: 'One more' });
  await world.settle();
  expect(world.desk.tickets).toHaveLength(131);
  const asked = world.sandbox.requests().filter(({ path }) => path.startsWith(SEARCH));
  expect(asked.filter(({ query }) => 'offset' in query)).toEqual([]);
  const reading = asked.filter(({ query }) => query.sort_by?.[0] === 'timestamp,id');
  const [first, ...others] = reading.map(({ query }) => query.search_after ?? []);
  expect(first).toEqual([]);
  expect(others.filter((after) => after.length !== 2)).toEqual([]);
});

it('wait for their tickets before the bookmark moves, while reading goes on', async () => {
  const world = await openWorld();
  const first = await makeIncident(world, { title: 'First' });
  await world.settle();
  expect(reached(world)).toBe(timeOf(first));
  await makeIncident(world, { title: 'Second' });
  world.desk.onRequest = () => 503;
  await world.settle();
  const third = await makeIncident(world, { title: 'Third' });
  await world.settle();
  expect(tendSync(world.state).status().work).toHaveLength(2);
  expect(reached(world)).toBe(timeOf(first));

  // Another process reads again what was ahead of the bookmark, and tries nothing sooner for it.
  const before = tendSync(world.state).status().work;
  world.restart();
  await world.settle();
  expect(
    tendSync(world.state)
      .status()
      .work.map(({ notBefore }) => notBefore),
  ).toEqual(before.map(({ notBefore }) => notBefore));
  world.desk.onRequest = () => null;
  world.advance(600_000);
  await world.settle();
  expect(titles(world)).toEqual(['First', 'Second', 'Third']);
  expect(reached(world)).toBe(timeOf(third));
});

it('hold nobody up when they are refused: the bookmark moves over what is parked', async () => {
  const world = await openWorld();
  const refused = await makeIncident(world, { title: 'Refused' });
  world.desk.onRequest = (request) => (request === 'POST /tickets' ? 422 : null);
  await world.settle();
  await world.settle();
  expect(reached(world)).toBe(timeOf(refused));
  world.desk.onRequest = () => null;
  world.restart();
  await makeIncident(world, { title: 'Other' });
  await world.settle();
  expect(titles(world)).toEqual(['Other']);
  expect(tendSync(world.state).status().work).toMatchObject([{ parked: true }]);
  await world.client.entities('incident').update(refused.id, { title: 'Changed' });
  await world.settle();
  expect(titles(world)).toEqual(['Changed', 'Other']);
});

it('hold nobody up when one of them cannot be read: those behind it get their tickets, the bookmark waits for it', async () => {
  const world = await openWorld();
  const first = await makeIncident(world, { title: 'First' });
  await world.settle();
  const bad = await makeIncident(world, { title: 'Bad' });
  world.sandbox.setFaults([
    { kind: 'server-error', every: 1, path: `/ctia/incident/${encodeURIComponent(bad.id)}`, method: 'GET' },
  ]);
  const others = [];
  for (let i = 0; i < 3; i++) {
    others.push(await makeIncident(world, { title: `Other ${i}` }));
    for (let j = 0; j < 4; j++) {
      world.advance(300_000);
      await world.settle();
    }
  }
  expect(titles(world)).toEqual(['First', 'Other 0', 'Other 1', 'Other 2']);
  expect(reached(world)).toBe(timeOf(first));
  world.sandbox.setFaults([]);
  world.advance(600_000);
  await world.settle();
  expect(titles(world)).toContain('Bad');
  await world.settle();
  expect(reached(world)).toBe(timeOf(others.at(-1)));
});

it('are found when they say that they are older than they are, or come into sight late', async () => {
  const world = await openWorld({ sandbox: { refreshMs: 20_000 } });
  const incident = (title: string, timestamp: string) => incidentOf({ title, timestamp });
  const incidents = world.client.entities('incident');
  await incidents.create(incident('Newest', '2026-11-22T07:59:59Z'));
  await world.settle();
  await incidents.create(incident('Older', '2020-01-01T00:00:00Z'));
  await world.settle();
  expect(titles(world)).toEqual(['Newest', 'Older']);
  const made = JSON.stringify({
    type: 'bundle',
    source: 'test',
    incidents: [{ ...incident('Late', '2026-11-22T07:59:58Z'), external_ids: ['test-late'] }],
  });
  await world.client.importBundle(made, { prefix: 'test-' });
  world.advance(15_000);
  await pass(world);
  world.advance(15_000);
  await pass(world);
  world.advance(15_000);
  await pass(world);
  expect(titles(world)).toEqual(['Late', 'Newest', 'Older']);
});

it('from the future hide nobody else', async () => {
  const world = await openWorld();
  await makeIncident(world, { title: 'Future', timestamp: '2099-01-01T00:00:00Z' });
  await world.settle();
  const now = await makeIncident(world, { title: 'Now' });
  await world.settle();
  await world.settle();
  expect(titles(world)).toEqual(['Future', 'Now']);
  // Behind the future one the page ends, so it is looked at again and again.
  expect(reached(world)).toBe(0);
  expect(tendSync(world.state).status().work).toEqual([]);
  expect(timeOf(now)).toBeLessThan(world.now());
});

it('are read no further ahead than 1,000 tickets are waited for', async () => {
  const world = await openWorld(plain);
  await importIncidents(world, 1150);
  world.desk.onRequest = () => 503;
  for (let i = 0; i < 3; i++) {
    await world.settle();
    expect(tendSync(world.state).status().work).toHaveLength(1000);
  }
});

it('are looked through from the beginning after a state file of an earlier form, without a second ticket for anybody', async () => {
  const world = await openWorld();
  const old = await makeIncident(world, { title: 'Old' });
  await world.settle();
  const facts = world.state.table('sync');
  facts.delete('reached');
  facts.set('position new', JSON.stringify({ at: world.now(), seen: { [old.id]: Date.parse(String(old.created)) } }));
  world.restart();
  const young = await makeIncident(world, { title: 'Young' });
  await world.settle();
  await world.settle();
  expect(titles(world)).toEqual(['Old', 'Young']);
  expect(world.desk.tickets.flatMap(({ comments }) => comments)).toEqual([]);
  expect(reached(world)).toBe(timeOf(young));
});
