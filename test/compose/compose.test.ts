import fc from 'fast-check';
import { expect, it } from 'vitest';
import { composer } from '../../src/compose/compose.ts';
import { checkBundle } from '../../src/ctim/check.ts';
import type { CtimBundle } from '../../src/ctim/ctim.ts';
import { hostileIncident, incidentOf, optionsOf, ruleOf, sightingOf } from './fixtures.ts';

const compose = composer(optionsOf({ targetOf: () => ({ ips: ['192.0.2.1'] }) }));

it('gives a parcel that names its incident', () => {
  const [parcel, ...more] = compose(incidentOf());
  expect(more).toEqual([]);
  const bundle = JSON.parse(parcel?.body ?? '') as CtimBundle;
  expect(parcel?.incident).toBe(bundle.incidents?.[0]?.external_ids?.[0]);
  expect(parcel?.key).toMatch(/^sightline-bundle-[0-9a-f]{64}$/);
  expect(Object.keys(bundle)).toEqual(['type', 'source', 'incidents', 'indicators', 'sightings', 'relationships']);
});

it('refuses bad options at once', () => {
  expect(() => composer(optionsOf({ prefix: 'none' }))).toThrow(expect.objectContaining({ code: 'bad-option' }));
});

it('throws rather than give away what the server would not take', () => {
  const rule = ruleOf({ techniques: ['T'.repeat(2000)] });
  const incident = incidentOf({ rules: [{ rule, count: 1, first: 0, last: 0, outcome: 'attempt' }] });
  expect(() => compose(incident)).toThrow(
    expect.objectContaining({
      code: 'bad-entity',
      message: expect.stringMatching(/^transient:sightline-incident-.{64} .* techniques\[0\]: longer than 1024/),
    }),
  );
});

it('passes both tiers of CTIM whatever the log and the rules hold, within its limits', () => {
  const options = optionsOf({ maxEntities: 9, maxBytes: 128 * 1024 });
  const small = composer(options);
  fc.assert(
    fc.property(hostileIncident, (incident) => {
      for (const { body } of small(incident)) {
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(options.maxBytes);
        const bundle = JSON.parse(body) as Record<string, unknown[]>;
        expect(checkBundle(bundle)).toEqual([]);
        expect(Object.values(bundle).flatMap((it) => (Array.isArray(it) ? it : [])).length).toBeLessThanOrEqual(9);
        expect(body).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|:null/);
      }
    }),
  );
});

it('gives the same bytes for the same incident', () => {
  fc.assert(
    fc.property(hostileIncident, (incident) => {
      expect(compose(structuredClone(incident))).toEqual(compose(incident));
    }),
    { numRuns: 20 },
  );
});

it('gives every entity its own id, the transient one made of the external one', () => {
  const sightings = [sightingOf(), sightingOf({ bucket: 0 }), sightingOf({ rule: ruleOf({ id: 'other' }) })];
  const {
    incidents = [],
    indicators = [],
    sightings: sighted = [],
    relationships = [],
  } = JSON.parse(compose(incidentOf({ sightings }))[0]?.body ?? '') as CtimBundle;
  const entities = [...incidents, ...indicators, ...sighted, ...relationships];
  expect(entities).toHaveLength(1 + 2 + 3 + 6);
  expect(new Set(entities.map(({ id }) => id)).size).toBe(entities.length);
  for (const { id, external_ids } of entities) expect([id]).toEqual(external_ids?.map((xid) => `transient:${xid}`));
});

it('leaves the entities of old sightings as they were when the incident grows', () => {
  const before = JSON.parse(compose(incidentOf())[0]?.body ?? '') as CtimBundle;
  const grown = incidentOf({
    level: 'critical',
    hits: 500,
    outcome: 'success',
    sightings: [sightingOf(), sightingOf({ bucket: 0 })],
  });
  const after = JSON.parse(compose(grown)[0]?.body ?? '') as CtimBundle;
  expect(after.incidents?.[0]?.external_ids).toEqual(before.incidents?.[0]?.external_ids);
  expect(after.incidents?.[0]?.severity).toBe('Critical');
  expect(after.sightings?.[0]).toEqual(before.sightings?.[0]);
  expect(after.relationships?.slice(0, 2)).toEqual(before.relationships);
});
