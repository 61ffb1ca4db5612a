import { expect, it } from 'vitest';
import { apiOf, bundleOf, INCIDENT, request, SIGHTING, testSandbox } from '../support.ts';

async function pageWith(incident: object, sighting: object) {
  const sandbox = await testSandbox();
  const bundle = bundleOf({
    incidents: [{ ...INCIDENT, id: 'transient:i', ...incident }],
    sightings: [{ ...SIGHTING, id: 'transient:s', ...sighting }],
    relationships: [{ relationship_type: 'member-of', source_ref: 'transient:s', target_ref: 'transient:i' }],
  });
  await (await apiOf(sandbox))('POST', '/ctia/bundle/import', bundle);
  return request(sandbox, 'GET', '/');
}

it('lists incidents with their sightings', async () => {
  const observables = [{ type: 'ip', value: '203.0.113.9' }];
  const { status, text } = await pageWith(
    { title: 'An attack', severity: 'High' },
    { title: 'A probe', count: 7, observables },
  );
  expect(status).toBe(200);
  for (const shown of ['An attack', 'High', 'A probe', '7', 'ip: 203.0.113.9', '1 incidents'])
    expect(text).toContain(shown);
});

it('shows hostile text as text', async () => {
  const evil = '<script>alert(1)</script>"\'&\u202e\u0000';
  const observables = [{ type: 'url', value: evil }];
  const { text, headers } = await pageWith(
    { title: evil, description: evil, source: evil },
    { title: evil, observables },
  );
  expect(text).not.toMatch(/<script|[\u0000\u202e]/);
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
});

it('says when there is nothing', async () => {
  expect((await request(await testSandbox(), 'GET', '/')).text).toContain('Nothing here yet.');
});
