import { describe, expect, it } from 'vitest';
import { tendSync } from '../../src/sync/sync.ts';
import { deskConnector } from './desk.ts';
import { addNote, makeIncident, newState, notesOn, openWorld } from './world.ts';

const kinds = ({ events }: { events: readonly { kind: string }[] }) => events.map(({ kind }) => kind);

describe('a ticket system that fails', () => {
  it.each([
    ['is down', 'cut-before' as const],
    ['answers 503', 503],
    ['does what it is asked, and nobody hears of it', 'cut-after' as const],
    ['no longer lets us in', 401],
  ])('%s: nothing is lost or doubled, and it is left alone for a while', async (_, mishap) => {
    const world = await openWorld();
    const incidents = [];
    for (let i = 0; i < 5; i++) incidents.push(await makeIncident(world));
    world.desk.onRequest = () => mishap;
    await world.settle();
    expect(kinds(world)).toContain('held');
    const asked = world.desk.requests.length;
    expect(asked).toBeLessThan(4);
    await world.sync.pass({ drain: true }, new AbortController().signal);
    expect(world.desk.requests).toHaveLength(asked);
    const { holds, work } = tendSync(world.state).status();
    expect(holds).toMatchObject([{ side: 'ticket', failures: 1 }]);
    expect(work).toHaveLength(5);

    let requests = 0;
    world.desk.onRequest = () => (++requests % 5 === 0 ? mishap : null);
    for (let i = 0; i < 20; i++) {
      world.advance(300_000);
      await world.settle();
    }
    world.desk.onRequest = () => null;
    world.advance(600_000);
    await world.settle();
    expect(world.desk.tickets.map(({ incidentId }) => incidentId).sort()).toEqual(incidents.map(({ id }) => id).sort());
    expect(tendSync(world.state).status()).toMatchObject({ pairs: 5, work: [], holds: [] });
  });

  it('waits for as long as it is told to', async () => {
    const world = await openWorld();
    await makeIncident(world);
    world.sandbox.setFaults([{ kind: 'rate-limited', value: 1800, times: 1 }]);
    await world.settle();
    expect(world.events).toMatchObject([{ kind: 'held', side: 'xdr' }]);
    const { until } = tendSync(world.state).status().holds[0] ?? { until: 0 };
    expect(until).toBeGreaterThanOrEqual(world.now() + 1_700_000);
    expect(world.desk.tickets).toEqual([]);
    world.advance(1_900_000);
    await world.settle();
    expect(world.desk.tickets).toHaveLength(1);
  });
});

describe('a change that is refused', () => {
  const words = { 'Open: Reported': 'no-such-status' };
  it('is parked with its reason, holds nobody up, and goes on when a person says so', async () => {
    const world = await openWorld();
    const bad = await makeIncident(world, { title: 'Bad' });
    const good = await makeIncident(world, { title: 'Good' });
    await world.settle();
    const { WORDS } = await import('./world.ts');
    world.restart({
      words: {
        ...WORDS,
        statusToTicket: (status) => (status in words ? 'no-such-status' : WORDS.statusToTicket(status)),
      },
    });
    const incidents = world.client.entities('incident');
    await incidents.update(bad.id, { status: 'Open: Reported' });
    await incidents.update(good.id, { status: 'Open' });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'new' }, { status: 'open' }]);
    const tending = tendSync(world.state);
    expect(tending.status().work).toMatchObject([
      { incidentId: bad.id, parked: true, attempts: 1, problem: 'PATCH /tickets/1: HTTP 422' },
    ]);
    await world.settle();
    expect(kinds(world).filter((kind) => kind === 'parked')).toHaveLength(1);

    world.restart();
    expect(tending.retry([bad.id])).toBe(1);
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'open' }, { status: 'open' }]);
    expect(tending.status().work).toEqual([]);
  });

  it('is tried again by itself when something more happens', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    world.desk.onRequest = (request) => (request === 'POST /tickets' ? 422 : null);
    await world.settle();
    expect(tendSync(world.state).status().work).toMatchObject([{ parked: true }]);
    await world.settle();
    expect(world.desk.tickets).toEqual([]);
    world.desk.onRequest = () => null;
    world.advance(5 * 3_600_000);
    await world.client.entities('incident').update(incident.id, { title: 'Now it fits' });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ title: 'Now it fits' }]);
  });
});

describe('what is gone', () => {
  it('a removed incident is told to its ticket, once', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    await world.settle();
    await world.client.entities('incident').remove(incident.id);
    world.desk.comment('1', 'Is it?');
    await world.settle();
    await world.settle();
    const told = world.desk.tickets[0]?.comments.filter(({ key }) => key !== null) ?? [];
    expect(told).toHaveLength(1);
    expect(told[0]?.text).toContain('was removed from Cisco XDR');
    expect(tendSync(world.state).status()).toMatchObject({ pairs: 0, work: [] });
  });

  it('an incident that is removed before it has a ticket gets none', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    world.desk.onRequest = () => 503;
    await world.settle();
    await world.client.entities('incident').remove(incident.id);
    world.desk.onRequest = () => null;
    world.advance(600_000);
    await world.settle();
    expect(world.desk.tickets).toEqual([]);
    expect(tendSync(world.state).status().work).toEqual([]);
  });

  it('a deleted ticket is parked for a person, and not made anew', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    await world.settle();
    world.desk.tickets.pop();
    await world.client.entities('incident').update(incident.id, { status: 'Open' });
    await world.settle();
    expect(tendSync(world.state).status().work).toMatchObject([{ parked: true, problem: 'GET /tickets/1: HTTP 404' }]);
    expect(tendSync(world.state).unlink(incident.id)).toBe(true);
    await world.settle();
    expect(tendSync(world.state).status()).toMatchObject({ pairs: 0, work: [] });
    expect(world.desk.tickets).toEqual([]);
  });
});

describe('a ticket of a system that cannot tell what happened', () => {
  const asked = { connector: ({ url }: { url: string }) => deskConnector(url, { tells: false }) };

  it('is parked when it was deleted, once, and all others go on', async () => {
    const world = await openWorld(asked);
    const good = await makeIncident(world);
    const bad = await makeIncident(world);
    await world.settle();
    world.desk.tickets.pop();
    await world.client.entities('incident').update(good.id, { status: 'Open' });
    world.desk.change('1', { assignee: 'bob' });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'open' }]);
    expect(world.sandbox.entities('incident')).toMatchObject([{ assignees: ['bob@example.org'] }, {}]);
    await world.settle();
    const { work, holds } = tendSync(world.state).status();
    expect(holds).toEqual([]);
    expect(work).toMatchObject([{ incidentId: bad.id, parked: true, problem: 'GET /tickets/2: HTTP 404' }]);
    expect(kinds(world).filter((kind) => kind === 'parked' || kind === 'held')).toEqual(['parked']);
    tendSync(world.state).unlink(bad.id);
    await world.settle();
    expect(tendSync(world.state).status()).toMatchObject({ pairs: 1, work: [] });
  });

  it('holds nobody up for ever when the system fails at it alone', async () => {
    const world = await openWorld(asked);
    const bad = await makeIncident(world);
    const good = await makeIncident(world);
    await world.settle();
    world.desk.onRequest = (request) => (request.endsWith('/tickets/1') ? 500 : null);
    await world.client.entities('incident').update(good.id, { status: 'Open' });
    for (let i = 0; i < 12; i++) {
      world.advance(300_000);
      await world.settle();
    }
    expect(world.desk.tickets).toMatchObject([{ status: 'new' }, { status: 'open' }]);
    expect(tendSync(world.state).status().work).toMatchObject([{ incidentId: bad.id, parked: false }]);
    world.desk.onRequest = () => null;
    world.advance(600_000);
    await world.settle();
    expect(tendSync(world.state).status()).toMatchObject({ work: [], holds: [] });
  });
});

describe('a state file that is lost', () => {
  it('doubles nothing: tickets are found by the note and by the mark, and everything is in step again', async () => {
    const world = await openWorld({ sync: { guard: { shareWindowMs: 3_600_000, maxPerHour: 1000 } } });
    const first = await makeIncident(world, { title: 'First' }, ['203.0.113.5']);
    await world.settle();
    const joined = await makeIncident(world, { title: 'Joined' }, ['203.0.113.5']);
    const marked = await makeIncident(world, { title: 'Marked' }, ['198.51.100.1']);
    await world.settle();
    world.desk.comment('1', 'before the loss');
    await world.settle();
    const note = world.sandbox
      .entities('note')
      .find(
        ({ content, related_entities: list }) =>
          String(content).startsWith('Ticket ') && JSON.stringify(list).includes(marked.id),
      );
    await world.client.entities('note').remove(String(note?.id));
    const comments = () => world.desk.tickets.map(({ comments: list }) => list.length);
    const before = comments();

    world.restart({}, newState(world.now));
    await world.client.entities('incident').update(first.id, { status: 'Hold' });
    await world.settle();
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ incidentId: first.id, status: 'stalled' }, { incidentId: marked.id }]);
    expect(notesOn(world, first)).toHaveLength(2); // What was written before, and whose status stands.
    const lost = world.desk.tickets.flatMap(({ comments: list }) =>
      list.filter(({ text }) => text.includes('found this ticket again')),
    );
    expect(lost).toHaveLength(3);
    expect(comments()).not.toEqual(before);
    const after = comments();

    world.restart({}, newState(world.now));
    await world.settle();
    await world.settle();
    expect(comments()).toEqual(after);
    await addNote(world, joined, 'new word');
    await world.settle();
    expect(world.desk.tickets[0]?.comments.at(-1)?.text).toContain('new word');
  });
});

describe('a person who unlinks', () => {
  it('parts both for good, whatever happens to either', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    await world.settle();
    const tending = tendSync(world.state);
    expect(tending.unlink(incident.id)).toBe(true);
    expect(tending.unlink(incident.id)).toBe(false);
    await world.client.entities('incident').update(incident.id, { status: 'Closed' });
    world.desk.comment('1', 'Hello?');
    world.advance(5 * 3_600_000);
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'new' }]);
    expect(notesOn(world, incident)).toEqual([]);
  });
});
