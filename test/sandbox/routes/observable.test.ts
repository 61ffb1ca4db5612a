import { describe, expect, it } from 'vitest';
import { apiOf, INCIDENT, INDICATOR, JUDGEMENT, make, SIGHTING, testSandbox } from '../support.ts';

const VERDICT = '/ctia/ip/203.0.113.9/verdict';

describe('the verdict', () => {
  it.each([
    [
      'the highest priority',
      [
        { priority: 50, disposition: 1 },
        { priority: 60, disposition: 3 },
      ],
      3,
    ],
    ['clean among equals', [{ disposition: 2 }, { disposition: 1 }], 1],
    ['malicious before suspicious', [{ disposition: 3 }, { disposition: 2 }, { disposition: 4 }], 2],
    [
      'none that is over',
      [{ disposition: 1, valid_time: { start_time: '2025-01-01', end_time: '2025-02-01' } }, { disposition: 4 }],
      4,
    ],
    ['none of another observable', [{ disposition: 1, observable: { type: 'domain', value: '203.0.113.9' } }, {}], 2],
  ])('is %s', async (_, judgements, disposition) => {
    const api = await apiOf(await testSandbox());
    for (const judgement of judgements) await make(api, 'judgement', { ...JUDGEMENT, ...judgement });
    expect(await api('GET', VERDICT)).toMatchObject({
      status: 200,
      body: {
        type: 'verdict',
        disposition,
        observable: JUDGEMENT.observable,
        judgement_id: expect.stringContaining(':443/'),
      },
    });
  });

  it('is the oldest of what is equal otherwise', async () => {
    const api = await apiOf(await testSandbox());
    const since = (start_time: string) => ({ ...JUDGEMENT, valid_time: { start_time } });
    await make(api, 'judgement', since('2025-03-01'));
    const oldest = await make(api, 'judgement', since('2025-02-01'));
    expect((await api('GET', VERDICT)).body.judgement_id).toBe(oldest.id);
  });

  it('may not be there', async () => {
    const api = await apiOf(await testSandbox());
    expect(await api('GET', VERDICT)).toMatchObject({
      status: 404,
      body: { message: 'no verdict currently available for the supplied observable' },
    });
  });

  it('is of a known type of observable', async () => {
    const api = await apiOf(await testSandbox());
    expect((await api('GET', '/ctia/uri/x/verdict')).status).toBe(400);
  });
});

it.each([
  [{}, { disposition: 5, disposition_name: 'Unknown' }],
  [{ disposition: 2 }, { disposition: 2, disposition_name: 'Malicious' }],
  [{ disposition_name: 'Common' }, { disposition: 4, disposition_name: 'Common' }],
])('a judgement with %j is completed', async (given, expected) => {
  const api = await apiOf(await testSandbox());
  const { disposition: _, ...judgement } = JUDGEMENT;
  expect(await make(api, 'judgement', { ...judgement, ...given })).toMatchObject(expected);
});

it('leads to what is known of it', async () => {
  const api = await apiOf(await testSandbox());
  const value = 'http://h/?a=b c';
  const at = `/ctia/url/${encodeURIComponent(value)}`;
  const url = { type: 'url', value };
  const judgement = await make(api, 'judgement', { ...JUDGEMENT, observable: url });
  const sighting = await make(api, 'sighting', { ...SIGHTING, observables: [url] });
  const targets = [{ type: 'endpoint', observables: [url], observed_time: SIGHTING.observed_time }];
  await make(api, 'sighting', { ...SIGHTING, targets });
  const incident = await make(api, 'incident', INCIDENT);
  const [listed, seen] = [await make(api, 'indicator', INDICATOR), await make(api, 'indicator', INDICATOR)];
  for (const [relationship_type, source, target] of [
    ['element-of', judgement, listed],
    ['related-to', judgement, seen],
    ['sighting-of', sighting, seen],
    ['member-of', sighting, incident],
    ['sighting-of', sighting, incident],
  ] as const) {
    await make(api, 'relationship', { relationship_type, source_ref: source.id, target_ref: target.id });
  }
  const get = async (path: string) => (await api('GET', at + path)).body;
  expect(await get('/judgements')).toMatchObject([{ id: judgement.id }]);
  expect(await get('/sightings')).toMatchObject([{ id: sighting.id }]);
  expect(await get('/judgements/indicators')).toEqual([listed.id]);
  expect(await get('/sightings/indicators')).toEqual([seen.id]);
  expect(await get('/sightings/incidents')).toEqual([incident.id]);
});
