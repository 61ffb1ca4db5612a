import { expect, it } from 'vitest';
import { ALICE, apiOf, BOB, EVE, testSandbox } from '../support.ts';

const HOUR_MS = 3_600_000;

async function limited(limit: number) {
  const sandbox = await testSandbox({ rateLimit: { limit, windowMs: HOUR_MS }, tokenLifetimeS: 100_000 });
  return { sandbox, api: await apiOf(sandbox) };
}

it('answers tell the limit, but for the one that is refused', async () => {
  const { sandbox, api } = await limited(2);
  expect((await api('GET', '/ctia/status')).headers.get('x-ratelimit-group-limit')).toBe('2');
  sandbox.advance(600_500);
  expect((await api('GET', '/ctia/sighting/sighting-0')).headers.get('x-ratelimit-group-limit')).toBe('2');
  const refused = await api('GET', '/ctia/status');
  expect(refused).toMatchObject({ status: 429, body: { error: 'Too Many Requests' } });
  expect(refused.headers.get('retry-after')).toBe('3000');
  expect(refused.headers.get('x-ratelimit-group-limit')).toBeNull();
});

it('refused requests do not count, and the window rolls', async () => {
  const { sandbox, api } = await limited(1);
  await api('GET', '/ctia/status');
  sandbox.advance(HOUR_MS - 1);
  for (let i = 0; i < 3; i++) expect((await api('GET', '/ctia/status')).status).toBe(429);
  sandbox.advance(1);
  expect((await api('GET', '/ctia/status')).status).toBe(200);
});

it('is shared within an organisation, and counts for each service by itself', async () => {
  const { sandbox, api } = await limited(1);
  expect((await api('GET', '/ctia/status')).status).toBe(200);
  expect((await (await apiOf(sandbox, BOB))('GET', '/ctia/status')).status).toBe(429);
  expect((await (await apiOf(sandbox, EVE))('GET', '/ctia/status')).status).toBe(200);
  const iroh = await api('POST', '/iroh/iroh-inspect/inspect', { content: '' });
  expect(iroh.status).toBe(200);
  expect(iroh.headers.get('x-ratelimit-org-limit')).toBe('1');
});

it('without a limit there is no header', async () => {
  const api = await apiOf(await testSandbox(), ALICE);
  expect((await api('GET', '/ctia/status')).headers.get('x-ratelimit-group-limit')).toBeNull();
});

it('who is not allowed to is counted all the same, and is told the limit', async () => {
  const { api } = await limited(1);
  const reply = await api('PUT', '/ctia/judgement/judgement-0', {});
  expect(reply.status).toBe(403);
  expect(reply.headers.get('x-ratelimit-group-limit')).toBe('1');
  expect((await api('GET', '/ctia/status')).status).toBe(429);
});
