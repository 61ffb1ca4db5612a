import { describe, expect, it } from 'vitest';
import { type Api, apiOf, INCIDENT, make, testSandbox } from '../support.ts';

const short = (id: string) => String(id.split('/').at(-1));

describe('status', () => {
  it('is set, with its times, and seen after the refresh even when one wants to wait', async () => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    const { id } = await make(api, 'incident', INCIDENT);
    sandbox.advance(60_000);
    const path = `/ctia/incident/${encodeURIComponent(id)}`;
    const reply = await api('POST', `${path}/status?wait_for=true`, { status: 'Open' });
    const now = '2025-10-10T12:01:00.000Z';
    expect(reply).toMatchObject({
      status: 200,
      body: { status: 'Open', incident_time: { opened: now }, modified: now },
    });
    expect(reply.body).not.toHaveProperty('intervals');
    expect((await api('GET', path)).body.status).toBe('New');
    sandbox.advance(1000);
    expect((await api('GET', path)).body.status).toBe('Open');
  });

  it.each([
    ['nothing', {}, { status: 'missing-required-key' }],
    ['more than it', { status: 'Open', title: 'x' }, { title: 'disallowed-key' }],
    ['no status', { status: 'Done' }, { status: expect.any(String) }],
  ])('refuses %s', async (_, body, errors) => {
    const api = await apiOf(await testSandbox());
    const { id } = await make(api, 'incident', INCIDENT);
    expect(await api('POST', `/ctia/incident/${short(id)}/status`, body)).toMatchObject({
      status: 400,
      body: { errors },
    });
  });

  it('of nothing finds nothing', async () => {
    const api = await apiOf(await testSandbox());
    const path = '/ctia/incident/incident-00000000-0000-4000-8000-000000000000/status';
    expect(await api('POST', path, { status: 'Open' })).toMatchObject({ status: 404, text: '' });
  });
});

describe('link', () => {
  async function parts(): Promise<{ api: Api; incident: string; casebook: string; investigation: string }> {
    const api = await apiOf(await testSandbox());
    const [incident, casebook, investigation] = [
      await make(api, 'incident', INCIDENT),
      await make(api, 'casebook', {}),
      await make(api, 'investigation', { source: 's' }),
    ];
    return { api, incident: incident.id, casebook: casebook.id, investigation: investigation.id };
  }

  it.each(['casebook', 'investigation'] as const)('relates a %s to the incident, each time anew', async (type) => {
    const { api, incident, ...sources } = await parts();
    const path = `/ctia/incident/${short(incident)}/link`;
    const first = await api('POST', path, { [`${type}_id`]: sources[type] });
    const second = await api('POST', path, { [`${type}_id`]: sources[type], tlp: 'red' });
    expect(first).toMatchObject({
      status: 201,
      body: { relationship_type: 'related-to', source_ref: sources[type], target_ref: incident, tlp: 'amber' },
    });
    expect(second.body).toMatchObject({ tlp: 'red' });
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('wants exactly one thing to link, a known one, and the short id of a known incident', async () => {
    const { api, incident, casebook, investigation } = await parts();
    const link = (id: string, body: object) => api('POST', `/ctia/incident/${encodeURIComponent(id)}/link`, body);
    const either = { error: 'Please provide exactly one of the following fields: casebook_id, investigation_id' };
    expect(await link(short(incident), {})).toMatchObject({ status: 400, body: either });
    const both = { casebook_id: casebook, investigation_id: investigation };
    expect(await link(short(incident), both)).toMatchObject({ status: 400, body: either });
    expect(await link(short(incident), { casebook_id: incident })).toMatchObject({
      status: 400,
      body: { error: 'Invalid Casebook id' },
    });
    expect(await link(incident, { casebook_id: casebook })).toMatchObject({
      status: 404,
      body: { error: 'Invalid Incident id' },
    });
    expect(await link('incident-0', { casebook_id: casebook })).toMatchObject({ status: 404 });
    expect(await link(short(incident), { casebook_id: casebook, nope: 1 })).toMatchObject({
      body: { errors: { nope: 'disallowed-key' } },
    });
  });
});
