import { expect, it, onTestFinished } from 'vitest';
import { type Desk, deskConnector, openDesk } from './desk.ts';
import { makeIncident, newState, openWorld, type World } from './world.ts';

const STRANGERS = 5;

/** Another ticket system, whose tickets are none of ours. */
async function openOther(world: World): Promise<Desk> {
  const desk = await openDesk(world.now);
  onTestFinished(() => desk.stop());
  for (let i = 1; i <= STRANGERS; i++) {
    const empty = { priority: null, assignee: null, description: '', files: [], comments: [] };
    const title = `Payroll question ${i}`;
    desk.tickets.push({ ...empty, id: String(i), incidentId: null, title, status: 'new', version: 1, updatedAt: 0 });
  }
  return desk;
}

/** Three incidents with tickets, one of which two share, and another ticket system. */
async function moved() {
  const guard = { shareWindowMs: 3_600_000, maxPerHour: 1000 };
  const world = await openWorld({ sync: { guard } });
  for (const address of ['203.0.113.5', '203.0.113.5', '203.0.113.6']) {
    await makeIncident(world, {}, [address]);
    await world.settle();
  }
  expect(world.desk.tickets).toHaveLength(2);
  const other = await openOther(world);
  return { world, other, connector: deskConnector(other.url) };
}

const strangersOf = ({ tickets }: Desk) => tickets.slice(0, STRANGERS);

it('what is remembered of one ticket system is not taken for another one’s', async () => {
  const { world, other, connector } = await moved();
  expect(() => world.restart({ connector })).toThrow(
    expect.objectContaining({
      code: 'bad-config-value',
      message: expect.stringContaining(`desk at ${other.url}, but what sync remembers is of desk at ${world.desk.url}`),
    }),
  );
  expect(other.requests).toEqual([]);
  world.restart();
});

it('with another memory, notes about tickets of the other system lead to none of this one', async () => {
  const { world, other, connector } = await moved();
  const incidents = world.sandbox.entities('incident');
  for (const { id } of incidents) await world.client.entities('incident').update(String(id), { status: 'Open' });
  const state = newState(world.now);
  world.restart({ connector }, state);
  await world.settle();
  expect(strangersOf(other).map(({ status, comments }) => [status, comments])).toEqual(
    strangersOf(other).map(() => ['new', []]),
  );
  expect(other.requests.filter((request) => /\/tickets\/[1-5]/.test(request))).toEqual([]);
  const made = other.tickets.slice(STRANGERS).map(({ incidentId }) => incidentId);
  expect(made).toEqual(incidents.map(({ id }) => id).filter((_, i) => i !== 1));
  // Each system's tickets are found again by its own notes, the shared one, too.
  world.restart({ connector }, newState(world.now));
  await world.settle();
  expect(other.tickets).toHaveLength(STRANGERS + 2);
});

it('a memory that holds no ticket yet, or does not say of which system, takes the one that it meets', async () => {
  const { world, other, connector } = await moved();
  const state = newState(world.now);
  world.restart({}, state);
  world.restart({ connector }, state);
  expect(other.requests).toEqual([]);
  world.state.table('sync').delete('system');
  world.restart();
  expect(() => world.restart({ connector })).toThrow('what sync remembers is of');
});
