import { describe, expect, it } from 'vitest';
import { sightingEntity, sightingId } from '../../src/compose/sighting-entity.ts';
import { checkEntity } from '../../src/ctim/ctim.ts';
import type { Sighting } from '../../src/model/incident.ts';
import { evidenceOf, FIRST, incidentOf, MINUTE_MS, optionsOf, ruleOf, sightingOf } from './fixtures.ts';

it('makes a sighting of a sealed bucket', () => {
  const entity = sightingEntity('s-1', incidentOf(), sightingOf({ outcome: 'refused' }), optionsOf());
  expect(entity).toMatchObject({
    type: 'sighting',
    id: 'transient:s-1',
    external_ids: ['s-1'],
    title: 'SQL injection from 203.0.113.9',
    short_description: '3 matches from 2025-10-10 13:55:36 UTC to 13:56:36 UTC',
    observed_time: { start_time: '2025-10-10T13:55:36.000Z', end_time: '2025-10-10T13:56:36.000Z' },
    count: 3,
    severity: 'High',
    confidence: 'Medium',
    resolution: 'blocked',
    sensor: 'endpoint.server',
    observables: [{ type: 'ip', value: '203.0.113.9' }],
    targets: [{ type: 'endpoint.server' }],
    relations: [{ relation: 'Connected_To' }],
    data: { row_count: 1 },
  });
  expect(entity).not.toHaveProperty('context');
  expect(checkEntity('sighting', entity)).toBeNull();
});

describe('identity', () => {
  const id = sightingId('p-', incidentOf(), sightingOf());

  it('is that of the bucket, whatever was counted in it', () => {
    const fuller = sightingOf({ count: 9, last: FIRST + 2 * MINUTE_MS, outcome: 'success', evidence: [], targets: [] });
    expect(sightingId('p-', incidentOf({ level: 'critical', hits: 99 }), fuller)).toBe(id);
  });

  it.each<[string, Partial<Sighting>]>([
    ['rule', { rule: ruleOf({ id: 'other' }) }],
    ['bucket', { bucket: 0 }],
    ['length of the bucket', { bucketMs: 1 }],
    ['arrival', { arrival: 0 }],
  ])('differs by %s', (_, changes) => {
    expect(sightingId('p-', incidentOf(), sightingOf(changes))).not.toBe(id);
  });

  it('differs by incident', () => {
    expect(sightingId('p-', incidentOf({ first: FIRST - 1 }), sightingOf())).not.toBe(id);
  });
});

it('says that late lines stand apart', () => {
  const entity = sightingEntity('s-1', incidentOf(), sightingOf({ arrival: FIRST }), optionsOf());
  expect(entity.description).toContain('counted after their time was over');
});

it('leaves out the table when nothing is quoted', () => {
  expect(sightingEntity('s-1', incidentOf(), sightingOf({ evidence: [] }), optionsOf())).not.toHaveProperty('data');
});

it('drops what would make it too large, and says what', () => {
  const observables = Array.from(
    { length: 50 },
    (_, n) => ({ type: 'user_agent', value: `${n}`.padEnd(2000, 'x') }) as const,
  );
  const evidence = Array.from({ length: 50 }, (_, n) => evidenceOf({ line: n, text: 'x'.repeat(2000) }));
  const entity = sightingEntity(
    's-1',
    incidentOf(),
    sightingOf({ observables, evidence }),
    optionsOf({ maxBytes: 128 * 1024 }),
  );
  expect(entity.observables).toHaveLength(5);
  expect(entity.data?.rows).toHaveLength(7);
  expect(entity.data?.row_count).toBe(7);
  expect(entity.description).toContain('7 lines quoted');
  expect(entity.description).toContain('Left out to keep the bundle small: 46 observables.');
});
