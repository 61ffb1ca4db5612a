import { describe, expect, it } from 'vitest';
import { tendSync } from '../../src/sync/sync.ts';
import { deskConnector } from './desk.ts';
import { addNote, addSighting, makeIncident, notesOn, openWorld } from './world.ts';

const HOUR = 3_600_000;

describe('collecting', () => {
  it('makes tickets in the order in which incidents were made, whatever they say of their time', async () => {
    const world = await openWorld();
    for (const year of [2025, 2022, 2024]) {
      await makeIncident(world, { title: `Of ${year}`, timestamp: `${year}-01-01T00:00:00Z` });
    }
    await world.settle();
    expect(world.desk.tickets.map(({ title }) => title)).toEqual(['Of 2025', 'Of 2022', 'Of 2024']);
  });

  it('makes tickets of what the filter lets through, at once or when it comes to fit, and keeps those in step that no longer fit', async () => {
    const world = await openWorld({
      sync: { filters: { severity: ['High'], source: 'wanted', from: '2026-11-22T08:00:02Z' } },
    });
    await makeIncident(world, { title: 'Too old', source: 'wanted' });
    const low = await makeIncident(world, { title: 'Low at first', source: 'wanted', severity: 'Low' });
    const high = await makeIncident(world, { title: 'High', source: 'wanted' });
    await makeIncident(world, { title: 'Not wanted', source: 'other' });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ title: 'High' }]);
    await world.client.entities('incident').update(low.id, { severity: 'High' });
    await world.client.entities('incident').update(high.id, { severity: 'Medium', status: 'Open' });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'open', priority: '50' }, { title: 'Low at first' }]);
  });

  it('finds by comparing everything what was missed', async () => {
    const world = await openWorld();
    const known = await makeIncident(world);
    await world.settle();
    // As if everything until tomorrow had been dealt with.
    const facts = world.state.table('sync');
    for (const name of ['incidents', 'members', 'notes']) {
      facts.set(`position ${name}`, JSON.stringify({ at: world.now() + 24 * HOUR, seen: {} }));
    }
    facts.set('reached', JSON.stringify([String(world.now() + 24 * HOUR), 'incident-z']));
    const missed = await makeIncident(world, { title: 'Missed' });
    await world.client.entities('incident').update(known.id, { status: 'Open' });
    await addSighting(world, known, '203.0.113.9');
    await addNote(world, known, 'missed words');
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'new', comments: [] }]);
    world.advance(5 * HOUR);
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'open' }, { incidentId: missed.id }]);
    expect(world.desk.tickets[0]?.comments[0]?.text).toMatch(/203\.0\.113\.9.*missed words/s);
  });

  it('waits until what hangs on a new incident is there, and merges what changes within a minute', async () => {
    const world = await openWorld();
    const pass = () => world.sync.pass({ drain: false }, new AbortController().signal);
    const incident = await makeIncident(world);
    await pass();
    expect(world.desk.tickets).toEqual([]);
    expect(world.sync.nextDue()).toBe(world.now() + 10_000);
    world.advance(10_000);
    await pass();
    expect(world.desk.tickets).toHaveLength(1);
    for (let i = 0; i < 3; i++) {
      world.advance(15_000);
      await addSighting(world, incident, `203.0.113.${i}`);
      await pass();
      expect(world.desk.tickets[0]?.comments).toEqual([]);
    }
    world.advance(30_000);
    await pass();
    expect(world.desk.tickets[0]?.comments).toMatchObject([{ text: expect.stringContaining('3 new sightings') }]);
    expect(world.sync.nextDue()).toBe(Number.POSITIVE_INFINITY);
  });

  it('stops between two incidents when it is told to', async () => {
    const world = await openWorld();
    for (let i = 0; i < 3; i++) await makeIncident(world);
    world.advance(60_000);
    const stop = new AbortController();
    world.desk.onRequest = (request) => {
      if (request === 'POST /tickets') stop.abort();
      return null;
    };
    await world.sync.pass({ drain: true }, stop.signal);
    expect(world.desk.tickets).toHaveLength(1);
    expect(tendSync(world.state).status()).toMatchObject({ pairs: 1, work: [{}, {}] });
  });
});

describe('a ticket system that cannot tell what happened', () => {
  it('is asked for the status and assignee of each open ticket', async () => {
    const world = await openWorld({ connector: ({ url }) => deskConnector(url, { tells: false }) });
    await makeIncident(world);
    await makeIncident(world);
    await world.settle();
    world.desk.change('1', { status: 'open', assignee: 'alice' });
    world.desk.change('2', { status: 'resolved' });
    await world.settle();
    expect(world.sandbox.entities('incident')).toMatchObject([
      { status: 'Open', assignees: ['alice@example.org'] },
      { status: 'Closed' },
    ]);
    expect(world.desk.requests.some((request) => request.includes('/changes'))).toBe(false);
    world.desk.requests.splice(0);
    await world.settle();
    expect(world.desk.requests).toEqual(['GET /tickets/1']);
  });
});

describe('a ticket system that takes no other status', () => {
  it('is told everything else', async () => {
    const world = await openWorld({ connector: ({ url }) => deskConnector(url, { updates: [] }) });
    const incident = await makeIncident(world);
    await world.settle();
    await world.client
      .entities('incident')
      .update(incident.id, { status: 'Closed', assignees: ['bob@example.org'], severity: 'Low' });
    await world.settle();
    expect(world.events.filter(({ kind }) => kind === 'parked' || kind === 'ticket-changed')).toEqual([]);
    expect(world.desk.tickets).toMatchObject([{ status: 'new', assignee: null, priority: '80' }]);
    expect(world.desk.tickets[0]?.comments[0]?.text).toContain('Severity: High is now Low');
  });
});

describe('texts', () => {
  it('a comment longer than a note is cut, visibly', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    await world.settle();
    world.desk.comment('1', Array.from({ length: 400 }, (_, i) => `line ${i} of <many>`).join('\n'));
    world.desk.comment('1', `${'x'.repeat(20_000)}`);
    await world.settle();
    const notes = notesOn(world, incident);
    expect(notes).toHaveLength(2);
    for (const note of notes) {
      expect(note.length).toBeLessThanOrEqual(5000);
      expect(note).toMatch(/The rest is in the ticket/);
    }
    expect(notes[0]).toMatch(/line 0 of/);
  });

  it('an edited note is told again', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    await addNote(world, incident, 'first words');
    await world.settle();
    expect(world.desk.tickets[0]?.description).toContain('first words');
    const note = world.sandbox.entities('note').find(({ content }) => content === 'first words');
    await world.client.entities('note').update(String(note?.id), { content: 'second thoughts' });
    await world.settle();
    await world.settle();
    expect(world.desk.tickets[0]?.comments).toMatchObject([{ text: expect.stringContaining('second thoughts') }]);
  });

  it('a new ticket says what is known of the observables, where that is wanted', async () => {
    const world = await openWorld({ sync: { verdicts: true } });
    await world.client.entities('judgement').create({
      source: 'test',
      observable: { type: 'ip', value: '203.0.113.5' },
      disposition: 2,
      disposition_name: 'Malicious',
      priority: 90,
      confidence: 'High',
      severity: 'High',
      valid_time: { start_time: '2026-01-01T00:00:00Z' },
    });
    await makeIncident(world, {}, ['203.0.113.5', '203.0.113.6']);
    await world.settle();
    expect(world.desk.tickets[0]?.description).toMatch(/203\.0\.113\.5\W+Malicious/);
  });

  it('what came is shown as it came, and an incident without anything gets a ticket, too', async () => {
    const world = await openWorld();
    const incident = await world.client
      .entities('incident')
      .create({ status: 'New', confidence: 'Low', incident_time: { opened: '2026-11-22T07:00:00Z' } });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ title: 'Incident without a title', priority: null }]);
    world.advance(1000);
    await world.client.entities('incident').update(incident.id, {
      title: 'A <b>title</b>\u202e',
      description: 'Now there is\n* one',
      techniques: ['T1190'],
    });
    await world.settle();
    const text = world.desk.tickets[0]?.comments[0]?.text ?? '';
    expect(text).toContain('A <b>title</b>\\u{202e}');
    expect(text).toContain('Techniques added: T1190');
    expect(text).toContain('* one');
  });
});

describe('a write that somebody else undid', () => {
  it('is made again when the server lost it', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world);
    await world.settle();
    world.desk.change('1', { status: 'open' });
    const real = world.client;
    let lost = 0;
    const incidents = real.entities('incident');
    const entities = ((type: 'incident') => ({
      ...real.entities(type),
      // The first two writes are written over by somebody who had read the incident before.
      update: async (id: string, changes: object) =>
        type === 'incident' && ++lost <= 2 ? incidents.get(id) : incidents.update(id, { ...changes }),
    })) as typeof real.entities;
    world.restart({ client: { ...real, entities } });
    await world.settle();
    expect(lost).toBe(3);
    expect(await incidents.get(incident.id)).toMatchObject({ status: 'Open' });
  });
});
