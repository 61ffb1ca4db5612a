import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tendSync } from '../../src/sync/sync.ts';
import { webhookConnector } from '../../src/tickets/connectors/webhook.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { deskConnector } from './desk.ts';
import { addNote, makeIncident, newState, notesOn, openWorld, WORDS } from './world.ts';

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

  it('waits for a day at most, whatever it is told', async () => {
    const world = await openWorld();
    await makeIncident(world);
    world.sandbox.setFaults([{ kind: 'rate-limited', value: 999_999_999, times: 1 }]);
    await world.settle();
    world.advance(86_400_000);
    await world.settle();
    expect(world.desk.tickets).toHaveLength(1);
  });
});

describe('a ticket whose making nobody heard of', () => {
  const cut = (world: { desk: { onRequest: (request: string) => unknown } }) => {
    world.desk.onRequest = (request) => (request === 'POST /tickets' ? 'cut-after' : null);
  };
  it('is taken with what a person has done to it since', async () => {
    const world = await openWorld();
    await makeIncident(world);
    cut(world);
    await world.settle();
    world.desk.onRequest = () => null;
    world.desk.change('1', { status: 'open', assignee: 'alice' });
    world.advance(600_000);
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'open', assignee: 'alice' }]);
    expect(world.sandbox.entities('incident')).toMatchObject([{ status: 'Open', assignees: ['alice@example.org'] }]);
    expect(kinds(world)).not.toContain('conflict');
  });

  it('is taken with what a person does to it while it is looked for', async () => {
    const world = await openWorld();
    await makeIncident(world);
    cut(world);
    await world.settle();
    world.desk.onRequest = (request) => {
      if (request === 'GET /tickets') world.desk.change('1', { status: 'open' });
      return null;
    };
    world.advance(600_000);
    await world.settle();
    expect(world.sandbox.entities('incident')).toMatchObject([{ status: 'Open' }]);
  });

  it('gets the incident’s status where nobody has done anything to it', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    cut(world);
    await world.settle();
    world.desk.onRequest = () => null;
    await world.client.entities('incident').update(incident.id, { status: 'Hold' });
    world.advance(600_000);
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'stalled' }]);
  });

  it('and its incident, where people changed both, take what was said last', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    cut(world);
    await world.settle();
    world.desk.onRequest = () => null;
    world.desk.change('1', { status: 'open' });
    world.advance(600_000);
    await world.client.entities('incident').update(incident.id, { status: 'Hold' });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'stalled' }]);
    expect(kinds(world)).toContain('conflict');
  });
});

describe('a ticket whose making nobody heard of, in a system that cannot tell what happened', () => {
  const opened = async (given: Record<string, string>) => {
    const world = await openWorld({ connector: ({ url }) => deskConnector(url, { tells: false }) });
    await makeIncident(world);
    await world.settle();
    const incident = await makeIncident(world, given);
    world.desk.onRequest = (request) => (request === 'POST /tickets' ? 'cut-after' : null);
    await world.settle();
    world.desk.onRequest = () => null;
    world.advance(600_000);
    return { world, incident };
  };

  it('is taken with what a person has done to it since', async () => {
    const { world, incident } = await opened({ status: 'New' });
    world.desk.change('2', { status: 'stalled' });
    await world.settle();
    expect(world.desk.tickets[1]).toMatchObject({ status: 'stalled' });
    expect(await world.client.entities('incident').get(incident.id)).toMatchObject({ status: 'Hold' });
  });

  it('gets the incident’s status where it is as new tickets are', async () => {
    const { world, incident } = await opened({ status: 'Open' });
    await world.settle();
    expect(world.desk.tickets[1]).toMatchObject({ status: 'open' });
    expect(await world.client.entities('incident').get(incident.id)).toMatchObject({ status: 'Open' });
    expect(kinds(world)).not.toContain('conflict');
  });
});

describe('a change that is refused', () => {
  const words = { 'Open: Reported': 'no-such-status' };
  it('is parked with its reason, holds nobody up, and goes on when a person says so', async () => {
    const world = await openWorld();
    const bad = await makeIncident(world, { title: 'Bad' });
    const good = await makeIncident(world, { title: 'Good' });
    await world.settle();
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

describe('a ticket that refuses one thing', () => {
  it('is told all others', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    await world.settle();
    let comments = 0;
    world.desk.onRequest = (request) => (request.endsWith('/comments') && ++comments === 1 ? 422 : null);
    await addNote(world, incident, 'refused');
    await world.settle();
    world.desk.onRequest = (request) => {
      if (request.startsWith('PATCH')) return 422;
      return request.endsWith('/comments') && ++comments === 3 ? 422 : null;
    };
    await addNote(world, incident, 'taken');
    await world.client.entities('incident').update(incident.id, { title: 'Refused, too' });
    for (let i = 0; i < 2; i++) await world.settle(); // What was refused keeps its own pace.
    const told = () => world.desk.tickets[0]?.comments.map(({ text }) => text).join();
    expect(told()).toMatch(/taken/);
    expect(told()).not.toMatch(/refused/);
    expect(tendSync(world.state).status().work).toMatchObject([{ parked: true }]);
    world.desk.onRequest = () => null;
    tendSync(world.state).retry([incident.id]);
    await world.settle();
    expect(told()).toMatch(/taken.*refused/s);
    expect(world.desk.tickets).toMatchObject([{ title: 'Refused, too' }]);
    expect(tendSync(world.state).status().work).toEqual([]);
  });
});

describe('a ticket that takes no comment', () => {
  it('is told the latest hundred when it takes them again, and that there were more', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    await world.settle();
    world.desk.onRequest = (request) => (request.endsWith('/comments') ? 422 : null);
    for (let i = 1; i <= 104; i++) {
      await world.client.entities('incident').update(incident.id, { title: `Number ${i}.` });
      for (let pass = 0; pass < 2; pass++) await world.settle();
    }
    world.desk.onRequest = () => null;
    tendSync(world.state).retry([incident.id]);
    await world.settle();
    const told = world.desk.tickets[0]?.comments.map(({ text }) => text) ?? [];
    expect(told).toHaveLength(101);
    const numbers = told.flatMap((text) => /is now Number (\d+)/.exec(text)?.[1] ?? []).map(Number);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 5));
    expect(told.filter((text) => text.includes('Earlier comments are left out'))).toHaveLength(1);
  }, 60_000);
});

describe('a clock that is put back', () => {
  it('makes nothing wait for the time that it showed', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    await world.settle();
    world.desk.onRequest = () => 503;
    await world.client.entities('incident').update(incident.id, { status: 'Open' });
    await world.settle();
    expect(tendSync(world.state).status().holds).toHaveLength(1);
    world.desk.onRequest = () => null;
    world.advance(-7 * 86_400_000);
    expect(world.sync.nextDue()).toBeLessThanOrEqual(world.now());
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'open' }]);
    expect(tendSync(world.state).status()).toMatchObject({ work: [], holds: [], reconciled: world.now() });
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

describe('a change in a ticket that Cisco XDR refuses', () => {
  const refusing = (text: string) => (text === 'open' || text === 'stalled' ? 'No such status' : 'New');
  const parkings = (world: { events: readonly { kind: string }[] }) =>
    kinds(world).filter((kind) => kind === 'parked').length;
  const opened = async (tells: boolean) => {
    const world = await openWorld({ connector: ({ url }) => deskConnector(url, { tells }) });
    const incident = await makeIncident(world);
    await world.settle();
    world.restart({ words: { ...WORDS, statusToIncident: refusing } });
    world.desk.change('1', { status: 'open' });
    await world.settle();
    return { world, incident };
  };

  it.each([true, false])('is parked until either side changes again (a system that tells: %s)', async (tells) => {
    const { world, incident } = await opened(tells);
    for (let i = 0; i < 3; i++) await world.settle();
    expect(parkings(world)).toBe(1);
    expect(tendSync(world.state).status().work).toMatchObject([
      { parked: true, problem: expect.stringMatching('400') },
    ]);
    world.desk.change('1', { status: 'stalled' });
    for (let i = 0; i < 3; i++) await world.settle();
    expect(parkings(world)).toBe(2);
    await world.client.entities('incident').update(incident.id, { title: 'Another one' });
    for (let i = 0; i < 3; i++) await world.settle();
    expect(parkings(world)).toBe(3);
    expect(world.desk.tickets).toMatchObject([{ title: 'Another one', status: 'stalled' }]);
  });

  it.each([true, false])('is forgotten when it was taken back (a system that tells: %s)', async (tells) => {
    const { world } = await opened(tells);
    world.desk.change('1', { status: 'new' });
    await world.settle();
    expect(tendSync(world.state).status().work).toEqual([]);
    world.desk.change('1', { status: 'open' });
    await world.settle();
    expect(parkings(world)).toBe(2);
  });
});

describe('what is parked', () => {
  it('is not tried again because everything is compared', async () => {
    const world = await openWorld({ sync: { reconcileMs: 3_600_000 } });
    const known = await makeIncident(world);
    await world.settle();
    world.desk.onRequest = (request) => (request.startsWith('GET') ? null : 422);
    await makeIncident(world, { title: 'New' });
    await world.client.entities('incident').update(known.id, { title: 'Changed' });
    await world.settle();
    const asked = () => world.desk.requests.filter((request) => !request.startsWith('GET')).length;
    expect(tendSync(world.state).status().work).toMatchObject([{ parked: true }, { parked: true }]);
    const before = asked();
    for (let i = 0; i < 3; i++) {
      world.advance(3_600_000);
      await world.settle();
    }
    expect(asked()).toBe(before);
    expect(kinds(world).filter((kind) => kind === 'parked')).toHaveLength(2);
  });
});

describe('an event that a webhook refuses', () => {
  it('is put with the dead letters once, until something changes', async () => {
    const folder = scratchFolder('sightline-dead-letters-');
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const deadLetters = join(folder, 'dead.jsonl');
    const world = await openWorld({
      sync: { reconcileMs: 3_600_000 },
      connector: ({ url }) =>
        webhookConnector({
          url,
          secret: 'a secret of sixteen bytes',
          source: 'test',
          deadLetters,
          clock: Date.now,
          random: () => 0.5,
          sleep: async () => {},
        }),
    });
    const titles = () =>
      readFileSync(deadLetters, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).event.data.title);
    world.desk.onRequest = () => 400;
    const incident = await makeIncident(world, { title: 'First' });
    for (let i = 0; i < 4; i++) {
      await world.settle();
      world.advance(3_600_000);
    }
    expect(titles()).toEqual(['First']);
    await world.client.entities('incident').update(incident.id, { title: 'Second' });
    for (let i = 0; i < 4; i++) {
      await world.settle();
      world.advance(3_600_000);
    }
    expect(titles()).toEqual(['First', 'Second']);
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
