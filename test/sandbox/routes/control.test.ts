import { expect, it } from 'vitest';
import { apiOf, make, request, SIGHTING, testSandbox } from '../support.ts';

it('plans faults, tells and forgets them', async () => {
  const sandbox = await testSandbox();
  const plan = ['slow:1,times=2', { kind: 'bad-gateway' }];
  expect(await request(sandbox, 'POST', '/sandbox/faults', plan)).toMatchObject({
    status: 200,
    body: [{ kind: 'slow', times: 2 }, { kind: 'bad-gateway' }],
  });
  await request(sandbox, 'GET', '/ctia/version');
  expect((await request(sandbox, 'GET', '/sandbox/faults')).body).toMatchObject([
    { times: 1 },
    { kind: 'bad-gateway' },
  ]);
  expect((await request(sandbox, 'DELETE', '/sandbox/faults')).status).toBe(204);
  expect(sandbox.faults()).toEqual([]);
});

it.each([
  ['faults of an unknown kind', '/sandbox/faults', ['nonsense']],
  ['what is no list of faults', '/sandbox/faults', { kind: 'slow' }],
  ['faults without a kind', '/sandbox/faults', [{ times: 1 }]],
  ['a clock that is to go back', '/sandbox/clock', { advance_ms: -1 }],
  ['no time', '/sandbox/clock', {}],
])('refuses %s', async (_, path, body) => {
  expect(await request(await testSandbox(), 'POST', path, body)).toMatchObject({
    status: 400,
    body: { error: expect.any(String) },
  });
});

it('takes nothing that a form of a web page could send', async () => {
  const sandbox = await testSandbox({ faults: ['slow'] });
  const reply = await request(sandbox, 'POST', '/sandbox/faults', '[]', { 'content-type': 'text/plain' });
  expect(reply.status).toBe(400);
  expect(sandbox.faults()).toHaveLength(1);
});

it('moves the clock on', async () => {
  const sandbox = await testSandbox();
  const api = await apiOf(sandbox);
  await api('POST', '/ctia/sighting', SIGHTING);
  const reply = await request(sandbox, 'POST', '/sandbox/clock', { advance_ms: 1000 });
  expect(reply.body).toEqual({ now: '2025-10-10T12:00:01.000Z' });
  expect((await api('GET', '/ctia/sighting/search/count')).body).toBe(1);
});

it('shows what is stored and what came in, itself aside', async () => {
  const sandbox = await testSandbox();
  await make(await apiOf(sandbox), 'sighting', SIGHTING);
  expect((await request(sandbox, 'GET', '/sandbox/entities/sighting')).body).toHaveLength(1);
  expect((await request(sandbox, 'GET', '/sandbox/entities/nonsense')).status).toBe(404);
  const requests = await request(sandbox, 'GET', '/sandbox/requests');
  expect(requests.body.map((it: { path: string }) => it.path)).toEqual(['/iroh/oauth2/token', '/ctia/sighting']);
  expect((await request(sandbox, 'DELETE', '/sandbox/requests')).status).toBe(204);
  expect(sandbox.requests()).toEqual([]);
});
