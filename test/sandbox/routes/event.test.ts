import { describe, expect, it } from 'vitest';
import { apiOf, EVE, INCIDENT, make, testSandbox } from '../support.ts';

async function story() {
  const sandbox = await testSandbox();
  const api = await apiOf(sandbox);
  const incident = await make(api, 'incident', { ...INCIDENT, title: 'old' });
  const path = `/ctia/incident/${encodeURIComponent(incident.id)}?wait_for=true`;
  sandbox.advance(2000);
  await api('PATCH', path, { title: 'new', severity: 'High' });
  sandbox.advance(60_000);
  await api('DELETE', path);
  return { sandbox, api, incident };
}

describe('history', () => {
  it('tells what happened, what came close together at once, the newest first', async () => {
    const { api, incident } = await story();
    const { body } = await api('GET', `/ctia/event/history/${encodeURIComponent(incident.id)}`);
    expect(body).toMatchObject([
      { count: 1, owner: 'alice', events: [{ event_type: 'record-deleted' }] },
      {
        count: 2,
        from: '2025-10-10T12:00:00.000Z',
        to: '2025-10-10T12:00:02.000Z',
        events: [
          { event_type: 'record-updated' },
          { event_type: 'record-created', entity: { id: incident.id, title: 'old' } },
        ],
      },
    ]);
    expect(body[1].events[0].fields).toEqual([
      { field: 'title', action: 'modified', change: { before: 'old', after: 'new' } },
      { field: 'severity', action: 'added', change: { before: null, after: 'High' } },
    ]);
  });

  it('tells of relationships by their ends', async () => {
    const { api, incident } = await story();
    const edge = { relationship_type: 'r', source_ref: incident.id, target_ref: incident.id };
    const { id } = await make(api, 'relationship', edge);
    const { body } = await api('GET', `/ctia/event/history/${encodeURIComponent(incident.id)}`);
    expect(body[0].events).toMatchObject([{ entity: { id } }, { event_type: 'record-deleted' }]);
  });

  it('is nobody else’s', async () => {
    const sandbox = await testSandbox();
    const { id } = await make(await apiOf(sandbox), 'incident', { ...INCIDENT, tlp: 'amber' });
    expect((await (await apiOf(sandbox, EVE))('GET', `/ctia/event/history/${encodeURIComponent(id)}`)).body).toEqual(
      [],
    );
  });
});

it('events are searched and read, and no more', async () => {
  const { api } = await story();
  const { body } = await api('GET', '/ctia/event/search?query=event_type:record-updated');
  expect(body).toHaveLength(1);
  const path = `/ctia/event/${encodeURIComponent(body[0].id)}`;
  expect((await api('GET', path)).body).toMatchObject({ type: 'event', event_type: 'record-updated' });
  expect((await api('PUT', path, {})).status).toBe(404);
  expect((await api('GET', '/ctia/event/event-0')).status).toBe(404);
});
