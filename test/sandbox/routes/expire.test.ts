import { expect, it } from 'vitest';
import { apiOf, JUDGEMENT, make, testSandbox } from '../support.ts';

it('ends a judgement now and adds the reason to the one it has', async () => {
  const sandbox = await testSandbox();
  const api = await apiOf(sandbox);
  const { id } = await make(api, 'judgement', { ...JUDGEMENT, reason: 'scanned us.' });
  const path = `/ctia/judgement/${encodeURIComponent(id)}/expire`;
  expect(await api('POST', path)).toMatchObject({ status: 400, body: { errors: { reason: 'missing-required-key' } } });
  sandbox.advance(5000);
  expect(await api('POST', `${path}?reason=stopped&wait_for=true`)).toMatchObject({
    status: 200,
    body: { reason: 'scanned us. stopped', valid_time: { end_time: '2025-10-10T12:00:05.000Z' } },
  });
  expect((await api('GET', '/ctia/ip/203.0.113.9/verdict')).status).toBe(200);
  sandbox.advance(1000);
  expect((await api('GET', '/ctia/ip/203.0.113.9/verdict')).status).toBe(404);
});

it('ends what is known of an asset without a reason', async () => {
  const api = await apiOf(await testSandbox());
  const asset_ref = 'https://h/ctia/asset/asset-00000000-0000-4000-8000-000000000000';
  const { id } = await make(api, 'asset-properties', { source: 's', asset_ref, valid_time: {} });
  expect(await api('POST', `/ctia/asset-properties/${encodeURIComponent(id)}/expire`)).toMatchObject({
    status: 200,
    body: { valid_time: { end_time: '2025-10-10T12:00:00.000Z' } },
  });
});

it('of nothing finds nothing', async () => {
  const api = await apiOf(await testSandbox());
  expect((await api('POST', '/ctia/judgement/judgement-0/expire?reason=x')).status).toBe(404);
});
