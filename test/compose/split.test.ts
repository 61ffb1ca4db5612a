import { describe, expect, it } from 'vitest';
import type { ComposerOptions } from '../../src/compose/options.ts';
import { splitter } from '../../src/compose/split.ts';
import type { CtimBundle } from '../../src/ctim/ctim.ts';
import type { Incident } from '../../src/model/incident.ts';
import { evidenceOf, FIRST, incidentOf, MINUTE_MS, optionsOf, ruleOf, sightingOf, totalOf } from './fixtures.ts';

function splitIntoBundles(incident: Incident, options: ComposerOptions): CtimBundle[] {
  return splitter(options)(incident).map((body) => JSON.parse(body));
}

const RULES = ['a', 'b'].map((id) => ruleOf({ id }));

function manySightings(count: number) {
  return Array.from({ length: count }, (_, n) =>
    sightingOf({
      rule: RULES[n % 2] ?? ruleOf(),
      bucket: FIRST + n * MINUTE_MS,
      evidence: [evidenceOf({ offset: n })],
    }),
  );
}

it('gives an incident without new sightings alone', () => {
  const [bundle, ...more] = splitIntoBundles(incidentOf({ sightings: [] }), optionsOf());
  expect(more).toEqual([]);
  expect(bundle).toMatchObject({ incidents: [{ type: 'incident' }], sightings: [], indicators: [], relationships: [] });
});

it('holds one indicator for a rule, and two edges for a sighting', () => {
  const [bundle] = splitIntoBundles(incidentOf({ sightings: manySightings(6) }), optionsOf());
  expect(bundle?.indicators).toHaveLength(2);
  expect(bundle?.relationships).toHaveLength(12);
});

it('holds one indicator for two rules of one name, and says of it what it came upon first', () => {
  const rules = ['old', 'new'].map((title) => ruleOf({ title }));
  const sightings = rules.map((rule, bucket) => sightingOf({ rule, bucket }));
  const [bundle] = splitIntoBundles(incidentOf({ sightings }), optionsOf());
  expect(bundle?.indicators).toMatchObject([{ title: 'old' }]);
});

it('throws when one sighting cannot be made to fit', () => {
  const techniques = Array.from({ length: 20_000 }, (_, n) => `T${n}`);
  const incident = incidentOf({ rules: [totalOf({ rule: ruleOf({ techniques }) })] });
  expect(() => splitIntoBundles(incident, optionsOf({ maxBytes: 128 * 1024 }))).toThrow(
    expect.objectContaining({ code: 'bad-entity', message: expect.stringContaining('at most 131072 bytes') }),
  );
});

describe.each([
  ['entities', { maxEntities: 12 }],
  ['bytes', { maxBytes: 128 * 1024 }],
])('split by %s', (_, limits) => {
  const options = optionsOf(limits);
  const sightings = manySightings(100);
  const bundles = splitIntoBundles(incidentOf({ sightings }), options);

  it('keeps the limits', () => {
    expect(bundles.length).toBeGreaterThan(1);
    for (const { incidents = [], indicators = [], sightings = [], relationships = [], ...rest } of bundles) {
      expect(incidents.length + indicators.length + sightings.length + relationships.length).toBeLessThanOrEqual(
        options.maxEntities,
      );
      const text = JSON.stringify({ ...rest, incidents, indicators, sightings, relationships });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(options.maxBytes);
    }
  });

  it('keeps every sighting once, in order', () => {
    const whole = splitIntoBundles(incidentOf({ sightings }), optionsOf({ maxEntities: 2000, maxBytes: 10_000_000 }));
    const idsOf = (parts: typeof bundles) => parts.flatMap((part) => (part.sightings ?? []).map(({ id }) => id));
    expect(whole).toHaveLength(1);
    expect(idsOf(bundles)).toEqual(idsOf(whole));
  });

  it('links every sighting within its bundle', () => {
    for (const { incidents = [], indicators = [], sightings = [], relationships = [] } of bundles) {
      const edges = relationships.map((it) => `${it.source_ref} ${it.relationship_type} ${it.target_ref}`);
      const present = new Set([...incidents, ...indicators, ...sightings].map(({ id }) => id));
      for (const { id } of sightings) expect(edges).toContain(`${id} member-of ${incidents[0]?.id}`);
      expect(edges.filter((edge) => edge.includes(' sighting-of '))).toHaveLength(sightings.length);
      expect(relationships.every((it) => present.has(it.source_ref) && present.has(it.target_ref))).toBe(true);
    }
  });

  it('repeats entities byte for byte', () => {
    expect(new Set(bundles.map(({ incidents }) => JSON.stringify(incidents))).size).toBe(1);
    expect(new Set(bundles.flatMap(({ indicators = [] }) => indicators.map((it) => JSON.stringify(it)))).size).toBe(2);
  });
});
