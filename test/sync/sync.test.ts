import { describe, expect, it } from 'vitest';
import { addNote, addSighting, makeIncident, notesOn, openWorld } from './world.ts';

describe('a new incident', () => {
  it('gets one ticket with its facts, its evidence, and a note about it', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world, {}, ['203.0.113.5', '203.0.113.6']);
    await world.settle();
    expect(world.events.filter(({ kind }) => kind === 'held' || kind === 'parked')).toEqual([]);
    // What making it has told is not asked once more.
    expect(world.desk.requests.filter((request) => /tickets(?:\/1)?$/.test(request))).toEqual([
      'GET /tickets',
      'POST /tickets',
    ]);
    const [ticket, ...others] = world.desk.tickets;
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({
      incidentId: incident.id,
      title: 'SQL injection from 203.0.113.5',
      priority: '80',
      status: 'new',
      comments: [],
    });
    for (const text of [
      '203.0.113.6',
      'www.example.org',
      'T1190',
      'https://xdr.example.com/incidents/incident-',
      '3 x Requests of',
    ]) {
      expect(ticket?.description).toContain(text);
    }
    const evidence = JSON.parse(ticket?.files[0] ?? '{}');
    expect(evidence.sightings).toHaveLength(2);
    expect(evidence.relationships).toHaveLength(2);
    expect(evidence.incidents).toMatchObject([{ id: incident.id }]);
    expect(world.sandbox.entities('note')).toMatchObject([
      {
        external_references: [{ source_name: 'desk', external_id: '1', url: `${world.desk.url}/tickets/1` }],
        tlp: 'amber',
      },
    ]);
    await world.settle();
    await world.settle();
    expect(world.desk.tickets).toHaveLength(1);
    expect(world.desk.tickets[0]?.comments).toEqual([]);
    expect(world.sandbox.entities('note')).toHaveLength(1);
  });

  it('keeps what it was given before its ticket was made', async () => {
    const world = await openWorld();
    await makeIncident(world, { status: 'Open', assignees: ['alice@example.org'] });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'open', assignee: 'alice' }]);
  });
});

describe('what changes in XDR', () => {
  it('becomes status, assignee, title, priority and one comment of the ticket', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world, {}, ['203.0.113.5']);
    await world.settle();
    const incidents = world.client.entities('incident');
    await incidents.update(incident.id, {
      status: 'Open',
      assignees: ['bob@example.org'],
      severity: 'Critical',
      title: 'Worse',
    });
    await addSighting(world, incident, '203.0.113.7');
    await addNote(world, incident, 'Seen before.\nBy *me*.');
    await world.settle();
    const [ticket] = world.desk.tickets;
    expect(ticket).toMatchObject({ status: 'open', assignee: 'bob', priority: '100', title: 'Worse' });
    expect(ticket?.comments).toHaveLength(1);
    for (const text of ['Severity: High is now Critical', '203.0.113.7', 'Note by carol', 'By *me*.']) {
      expect(ticket?.comments[0]?.text).toContain(text);
    }
    await world.settle();
    expect(ticket?.comments).toHaveLength(1);
    expect(notesOn(world, incident)).toEqual(['Seen before.\nBy *me*.']);
  });
});

describe('what happens in the ticket system', () => {
  it('becomes status, assignees and notes of the incident, and does not come back', async () => {
    const world = await openWorld();
    const incident = await makeIncident(world, { assignees: ['group-7'] });
    await world.settle();
    world.desk.change('1', { status: 'open', assignee: 'zoe' });
    world.desk.comment('1', 'Looks [bad](http://evil.example)');
    await world.settle();
    const [stored] = world.sandbox.entities('incident');
    expect(stored).toMatchObject({ status: 'Open', assignees: ['group-7', 'user-0815'] });
    expect(notesOn(world, incident)).toHaveLength(1);
    expect(notesOn(world, incident)[0]).toContain('**alice** wrote in ticket');
    expect(notesOn(world, incident)[0]).toContain('`[bad](http://evil.example)`');
    await world.settle();
    await world.settle();
    expect(world.desk.tickets[0]).toMatchObject({ status: 'open', assignee: 'zoe' });
    expect(world.desk.tickets[0]?.comments).toHaveLength(1);
    expect(notesOn(world, incident)).toHaveLength(1);
  });
});
