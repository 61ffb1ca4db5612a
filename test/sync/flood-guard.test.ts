import { describe, expect, it } from 'vitest';
import { tendSync } from '../../src/sync/sync.ts';
import { addSighting, makeIncident, openWorld } from './world.ts';

const HOUR = 3_600_000;
const SHARING = { guard: { shareWindowMs: HOUR, maxPerHour: 1000 } };

describe('incidents with an observable in common', () => {
  it('share a ticket within the window, one comment tells of all, and each bears a note', async () => {
    const world = await openWorld({ sync: SHARING });
    await makeIncident(world, { title: 'First' }, ['203.0.113.5']);
    await world.settle();
    for (const title of ['Second', 'Third']) await makeIncident(world, { title }, ['203.0.113.5']);
    const stranger = await makeIncident(world, { title: 'Stranger' }, ['198.51.100.1']);
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ title: 'First' }, { incidentId: stranger.id }]);
    const comments = world.desk.tickets[0]?.comments ?? [];
    expect(comments).toHaveLength(1);
    expect(comments[0]?.text).toMatch(/2 more incidents belong here.*Second.*Third/s);
    const references = world.sandbox.entities('note').map(({ external_references: list }) => JSON.stringify(list));
    expect(references.filter((list) => list.includes('"external_id":"1"'))).toHaveLength(3);
    world.advance(2 * HOUR);
    await makeIncident(world, { title: 'Much later' }, ['203.0.113.5']);
    await world.settle();
    expect(world.desk.tickets).toHaveLength(3);
  });

  it('do not share what strangers have in common: targets and user agents', async () => {
    const world = await openWorld({ sync: SHARING });
    await makeIncident(world, {}, ['203.0.113.5']);
    await makeIncident(world, {}, ['203.0.113.6']);
    await world.settle();
    expect(world.desk.tickets).toHaveLength(2);
  });

  it('do not share a ticket that is closed', async () => {
    const world = await openWorld({ sync: SHARING });
    await makeIncident(world, {}, ['203.0.113.5']);
    await world.settle();
    world.desk.change('1', { status: 'resolved' });
    await world.settle();
    await makeIncident(world, { title: 'Again' }, ['203.0.113.5']);
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'resolved' }, { title: 'Again', status: 'new' }]);
  });

  it('are closed together from the ticket, and close it only when all are', async () => {
    const world = await openWorld({ sync: SHARING });
    const first = await makeIncident(world, { title: 'First' }, ['203.0.113.5']);
    await world.settle();
    const second = await makeIncident(world, { title: 'Second' }, ['203.0.113.5']);
    await world.settle();
    const incidents = world.client.entities('incident');
    const statuses = () => world.sandbox.entities('incident').map(({ status }) => status);

    await incidents.update(second.id, { status: 'Closed', title: 'Second by another name' });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'new', title: 'First' }]);
    expect(statuses()).toEqual(['New', 'Closed']);
    await incidents.update(first.id, { status: 'Closed' });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'resolved' }]);

    world.desk.change('1', { status: 'open' });
    world.desk.comment('1', 'There it is again');
    await world.settle();
    expect(statuses()).toEqual(['Open', 'Open']);
    expect(
      world.sandbox.entities('note').filter(({ content }) => String(content).includes('There it is again')),
    ).toHaveLength(2);
    world.advance(1000);
    await incidents.update(first.id, { status: 'Hold' });
    await world.settle();
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'stalled' }]);
    expect(statuses()).toEqual(['Hold', 'Open']);
  });
});

describe('more incidents than tickets are made for', () => {
  it('go into one digest ticket an hour, in few comments', async () => {
    const world = await openWorld({ sync: { guard: { shareWindowMs: null, maxPerHour: 2 } } });
    const made = [];
    for (let i = 0; i < 8; i++) made.push(await makeIncident(world, { title: `Number ${i}` }));
    await world.settle();
    expect(world.desk.tickets.map(({ title }) => title)).toEqual([
      'Number 0',
      'Number 1',
      'Digest: more than 2 new incidents within an hour',
    ]);
    const digest = world.desk.tickets[2];
    expect(digest?.incidentId).toBe(made[2]?.id);
    expect(digest?.description).toContain('Number 2');
    expect(digest?.comments).toHaveLength(1);
    expect(digest?.comments[0]?.text).toMatch(/5 more incidents belong here.*Number 3.*Number 7/s);
    await world.client.entities('incident').update(made[2]?.id ?? '', { title: 'Renamed', severity: 'Low' });
    await world.settle();
    expect(digest?.title).toContain('Digest');
    world.advance(HOUR);
    await makeIncident(world, { title: 'Next hour' });
    await world.settle();
    expect(world.desk.tickets.map(({ title }) => title).slice(3)).toEqual(['Next hour']);
  });

  it('begins no second digest when the first was made and nobody heard of it', async () => {
    const world = await openWorld({ sync: { guard: { shareWindowMs: null, maxPerHour: 1 } } });
    for (let i = 0; i < 4; i++) await makeIncident(world, { title: `Number ${i}` });
    let posts = 0;
    world.desk.onRequest = (request) => (request === 'POST /tickets' && ++posts === 2 ? 'cut-after' : null);
    await world.settle();
    for (let i = 0; i < 3; i++) await world.settle();
    expect(world.desk.tickets.map(({ title }) => title)).toEqual([
      'Number 0',
      'Digest: more than 1 new incidents within an hour',
    ]);
    expect(world.desk.tickets[1]?.comments[0]?.text).toMatch(/2 more incidents.*Number 2.*Number 3/s);
  });

  it('take what a person did to a digest that was made when nobody heard of it', async () => {
    const world = await openWorld({ sync: { guard: { shareWindowMs: null, maxPerHour: 1 } } });
    await makeIncident(world);
    await world.settle();
    await makeIncident(world);
    world.desk.onRequest = (request) => (request === 'POST /tickets' ? 'cut-after' : null);
    await world.settle();
    world.desk.onRequest = () => null;
    world.desk.change('2', { status: 'open' });
    await world.settle();
    expect(world.desk.tickets).toMatchObject([{ status: 'new' }, { status: 'open' }]);
    expect(world.sandbox.entities('incident').map(({ status }) => status)).toEqual(['New', 'Open']);
  });

  it('tells of those that joined once, even if the answer to the comment is lost', async () => {
    const world = await openWorld({ sync: SHARING });
    await makeIncident(world, {}, ['203.0.113.5']);
    await world.settle();
    const other = await makeIncident(world, { title: 'Second' });
    await addSighting(world, other, '203.0.113.5');
    let cut = false;
    world.desk.onRequest = (request) => {
      if (cut || !request.endsWith('/comments')) return null;
      cut = true;
      return 'cut-after';
    };
    await world.settle();
    expect(cut).toBe(true);
    await world.settle();
    await world.settle();
    expect(world.desk.tickets[0]?.comments).toHaveLength(1);
  });

  it('hold up no other ticket when theirs takes no comment: it is parked with the reason, and told on retry', async () => {
    const world = await openWorld({ sync: SHARING });
    for (const address of ['203.0.113.5', '203.0.113.6']) await makeIncident(world, {}, [address]);
    await world.settle();
    const refused = await makeIncident(world, { title: 'Refused' }, ['203.0.113.5']);
    await makeIncident(world, { title: 'Taken' }, ['203.0.113.6']);
    world.desk.onRequest = (request) => (request === 'POST /tickets/1/comments' ? 403 : null);
    await world.settle();
    await world.settle();
    const told = () => world.desk.tickets.map(({ comments }) => comments.map(({ text }) => text).join());
    expect(told()).toEqual(['', expect.stringContaining('Taken')]);
    const tending = tendSync(world.state);
    const problem = 'POST /tickets/1/comments: HTTP 403';
    expect(tending.status()).toMatchObject({ work: [{ incidentId: refused.id, parked: true, problem }], holds: [] });

    world.desk.onRequest = () => null;
    tending.retry([refused.id]);
    await world.settle();
    expect(told()).toEqual([expect.stringContaining('Refused'), expect.stringContaining('Taken')]);
    expect(world.desk.tickets[0]?.comments).toHaveLength(1);
    expect(tending.status().work).toEqual([]);
  });

  it('are not told of when they were unlinked meanwhile', async () => {
    const world = await openWorld({ sync: SHARING });
    await makeIncident(world, {}, ['203.0.113.5']);
    await world.settle();
    const other = await makeIncident(world, { title: 'Second' }, ['203.0.113.5']);
    world.desk.onRequest = (request) => (request === 'POST /tickets/1/comments' ? 403 : null);
    await world.settle();
    world.desk.onRequest = () => null;
    tendSync(world.state).unlink(other.id);
    await world.settle();
    await world.settle();
    expect(world.desk.tickets[0]?.comments).toEqual([]);
    expect(tendSync(world.state).status()).toMatchObject({ work: [], holds: [] });
  });
});
