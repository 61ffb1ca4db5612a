import { describe, expect, it } from 'vitest';
import type { FaultSpec } from '../../src/sandbox/sandbox.ts';
import { ALICE, apiOf, bundleOf, INCIDENT, SIGHTING, testSandbox, tokenOf } from './support.ts';

const IMPORT = '/ctia/bundle/import';
const BUNDLE = bundleOf({ sightings: [SIGHTING] });

async function befallen(fault: FaultSpec) {
  const sandbox = await testSandbox();
  const api = await apiOf(sandbox);
  sandbox.setFaults([fault]);
  const stored = () => sandbox.entities('sighting').length;
  return { sandbox, api, stored };
}

describe('in place of an answer', () => {
  it.each([
    ['unauthorised', 401, { error: 'jwt_expired' }],
    ['forbidden', 403, { error: 'missing_capability' }],
    ['rate-limited:30', 429, { error: 'Too Many Requests' }],
    ['server-error', 500, { type: 'unknown-exception' }],
    ['bad-gateway', 502, undefined],
  ])('%s', async (fault, status, body) => {
    const { sandbox, api, stored } = await befallen(fault);
    const reply = await api('POST', IMPORT, BUNDLE);
    expect(reply.status).toBe(status);
    if (body === undefined) expect(reply.text).toContain('<html>');
    else expect(reply.body).toMatchObject(body);
    expect(reply.headers.get('retry-after')).toBe(status === 429 ? '30' : null);
    expect(stored()).toBe(0);
    expect((await api('POST', IMPORT, BUNDLE)).status).toBe(200);
    expect(sandbox.requests().map((it) => [it.status, it.fault])).toEqual([
      [200, null],
      [status, fault.split(':')[0]],
      [200, null],
    ]);
  });
});

describe('on the way', () => {
  it.each([
    ['reset-before', 0],
    ['reset-after', 1],
    ['truncated', 1],
  ])('%s: no answer, %i stored', async (fault, count) => {
    const { sandbox, api, stored } = await befallen(fault);
    await expect(api('POST', IMPORT, BUNDLE)).rejects.toThrow(TypeError);
    expect(stored()).toBe(count);
    expect(sandbox.requests().at(-1)).toMatchObject({ status: fault === 'truncated' ? 200 : null, fault });
  });

  it('reset-midway: no answer, so many stored, and nothing that refers to what is not', async () => {
    const { sandbox, api, stored } = await befallen('reset-midway:2');
    const sightings = Array.from({ length: 3 }, (_, i) => ({ ...SIGHTING, id: `transient:${i}` }));
    const relationships = ['0', '2'].map((i) => ({
      relationship_type: 'r',
      source_ref: `transient:${i}`,
      target_ref: 'transient:1',
    }));
    await expect(api('POST', IMPORT, bundleOf({ sightings, relationships }))).rejects.toThrow(TypeError);
    expect(stored()).toBe(2);
    expect(sandbox.entities('relationship')).toEqual([]);
    expect(sandbox.requests().at(-1)).toMatchObject({ status: null, fault: 'reset-midway' });
  });

  it('late: nothing is carried out before the time', async () => {
    const { api, stored, sandbox } = await befallen({ kind: 'late', value: 700 });
    const answer = api('POST', IMPORT, BUNDLE);
    await expect.poll(() => sandbox.requests().length, { interval: 5 }).toBe(2);
    expect(stored()).toBe(0);
    expect((await answer).status).toBe(200);
    expect(stored()).toBe(1);
  });

  it('slow: it is carried out first and answered late', async () => {
    const { api, stored, sandbox } = await befallen({ kind: 'slow', value: 200 });
    const aborted = fetch(`${sandbox.url}/ctia/version`, { signal: AbortSignal.timeout(20) });
    await expect(aborted).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
    sandbox.setFaults([{ kind: 'slow', value: 1 }]);
    expect((await api('POST', IMPORT, BUNDLE)).status).toBe(200);
    expect(stored()).toBe(1);
  });
});

it('the store refuses the entity that is named, and what refers to it fails', async () => {
  const { sandbox, api } = await befallen('store-failure:2');
  const reply = await api(
    'POST',
    IMPORT,
    bundleOf({
      sightings: Array.from({ length: 3 }, (_, i) => ({ ...SIGHTING, id: `transient:${i}` })),
      relationships: [
        { relationship_type: 'r', source_ref: 'transient:1', target_ref: 'transient:0', id: 'transient:r' },
      ],
    }),
  );
  const failed = reply.body.results.filter((it: { result: string }) => it.result === 'error');
  expect(failed).toHaveLength(2);
  expect(failed).toContainEqual({
    original_id: 'transient:1',
    type: 'sighting',
    result: 'error',
    error: { type: expect.any(String) },
  });
  expect(sandbox.entities('sighting')).toHaveLength(2);
});

it('a single entity that the store refuses is a failure of the server', async () => {
  const { api, stored } = await befallen('store-failure');
  expect(await api('POST', '/ctia/sighting', SIGHTING)).toMatchObject({
    status: 500,
    body: { type: 'unknown-exception' },
  });
  expect(stored()).toBe(0);
});

it.each([
  ['token-failure', 401, 'invalid_client'],
  ['token-failure:400', 400, 'invalid_client'],
  ['token-failure:503', 503, 'server_error'],
])('%s: tokens are refused once', async (fault, status, error) => {
  const sandbox = await testSandbox({ faults: [fault] });
  expect(await tokenOf(sandbox, ALICE)).toMatchObject({ status, body: { error } });
  expect((await tokenOf(sandbox, ALICE)).status).toBe(200);
});

describe('the recorder', () => {
  it('keeps requests in order, without secrets', async () => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    await api('POST', `${IMPORT}?external-key-prefixes=a-`, BUNDLE);
    await fetch(`${sandbox.url}/ctia/feed/feed-0/view.txt?s=hush`);
    const [token, imported, feed] = sandbox.requests();
    expect(imported).toMatchObject({
      at: '2025-10-10T12:00:00.000Z',
      method: 'POST',
      path: IMPORT,
      query: { 'external-key-prefixes': ['a-'] },
      body: JSON.stringify(BUNDLE),
      status: 200,
    });
    expect(feed?.query).toEqual({ s: ['<redacted>'] });
    const all = JSON.stringify(sandbox.requests());
    expect(all).not.toContain('hush');
    expect(all).not.toMatch(/Bearer|Basic/);
    expect(token?.headers.authorization).toBe('<redacted>');
    sandbox.forgetRequests();
    expect(sandbox.requests()).toEqual([]);
  });

  it('keeps the last ones, and the beginning of long bodies', async () => {
    const sandbox = await testSandbox({ maxRecordedRequests: 2, maxRecordedBodyChars: 5 });
    const api = await apiOf(sandbox);
    for (const title of ['one', 'two']) await api('POST', '/ctia/incident', { ...INCIDENT, title });
    expect(sandbox.requests().map(({ body }) => body)).toEqual(['{"sta', '{"sta']);
  });
});

it('a body beyond the limit is refused by a page', async () => {
  const api = await apiOf(await testSandbox({ maxBodyBytes: 100 }));
  const reply = await api('POST', IMPORT, bundleOf({ title: 'x'.repeat(100) }));
  expect(reply).toMatchObject({ status: 413, text: expect.stringContaining('<html>') });
});
