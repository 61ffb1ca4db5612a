import { describe, expect, it } from 'vitest';
import { cleanBundle, withIds } from '../../src/deliver/clean-bundle.ts';
import { nameOf, PREFIX } from './world.ts';

const LONG = (type: string, digit: string) =>
  `https://private.intel.amp.cisco.com:443/ctia/${type}/${type}-${digit.repeat(8)}-0000-4000-8000-000000000000`;
const stored = { owner: 'o', groups: ['g'], created: '2026-01-01', modified: '2026-01-02', client_id: 'c' };
const sighting = {
  ...stored,
  id: LONG('sighting', '1'),
  type: 'sighting',
  observed_time: { start_time: '2026-01-01T00:00:00.000Z' },
  external_ids: ['sightline-sighting-1'],
};
const clean = (bundle: object) => cleanBundle({ type: 'bundle', source: 's', ...bundle }, { prefix: PREFIX, nameOf });

describe('cleanBundle', () => {
  it('takes out what the server sets itself, and makes ids transient', () => {
    const { entities, leftOut } = clean({ sightings: [sighting] });
    expect(leftOut).toEqual([]);
    expect(entities).toEqual([
      {
        type: 'sighting',
        ref: sighting.id,
        entity: {
          id: `transient:${sighting.id}`,
          type: 'sighting',
          observed_time: sighting.observed_time,
          external_ids: ['sightline-sighting-1'],
        },
      },
    ]);
  });

  it('takes out unknown keys at any depth', () => {
    const observables = [{ type: 'ip', value: '192.0.2.1', new_key: 1 }];
    const [cleaned] = clean({ sightings: [{ ...sighting, observables, intervals: {} }] }).entities;
    expect(cleaned?.entity.observables).toEqual([{ type: 'ip', value: '192.0.2.1' }]);
    expect(cleaned?.entity).not.toHaveProperty('intervals');
  });

  it('gives an external id of ours to what has none, the same each time', () => {
    const foreign = { ...sighting, external_ids: ['other-1'] };
    const [one, two] = [clean({ sightings: [foreign] }), clean({ sightings: [foreign] })];
    expect(one.entities[0]?.entity.external_ids).toEqual(['other-1', nameOf('sighting', ['imported', sighting.id])]);
    expect(two).toEqual(one);
  });

  it('knows what has no id by its content', () => {
    const { id: _, ...nameless } = sighting;
    const [one] = clean({ sightings: [nameless] }).entities;
    expect(one?.entity.id).toMatch(/^transient:[0-9a-f]{64}$/);
  });

  it('leaves out types that an import does not take, and says so', () => {
    expect(clean({ casebooks: [{ id: LONG('casebook', '2') }] })).toEqual({
      entities: [],
      leftOut: [expect.stringContaining('an import takes no such entity')],
      faulty: [],
    });
  });

  it.each([
    ['an entity that is wrong', { sightings: [{ ...sighting, count: 'many' }] }, 'count'],
    ['an entity without what it must have', { sightings: [{ id: 'x' }] }, 'observed_time'],
  ])('leaves out %s, and says so', (_, bundle, reason) => {
    expect(clean(bundle)).toEqual({ entities: [], leftOut: [], faulty: [expect.stringContaining(reason)] });
  });

  it('leaves out relationships to what is left out, wherever they stand in the bundle', () => {
    const edge = (id: string, from: string) => ({
      id: LONG('relationship', id),
      relationship_type: 'related-to',
      source_ref: from,
      target_ref: LONG('incident', '9'),
    });
    const bundle = {
      relationships: [edge('3', LONG('casebook', '2')), edge('4', LONG('sighting', '1'))],
      casebooks: [{ id: LONG('casebook', '2') }],
    };
    const { entities, leftOut } = clean(bundle);
    expect(entities.map(({ ref }) => ref)).toEqual([LONG('relationship', '4')]);
    expect(leftOut).toHaveLength(2);
  });
});

it('withIds puts in ids wherever an entity refers to another, and leaves unknown ones', () => {
  const ids = new Map([['a', 'A']]);
  expect(withIds({ source_ref: 'a', target_ref: 'b', title: 'a' }, ids)).toEqual({
    source_ref: 'A',
    target_ref: 'b',
    title: 'a',
  });
  expect(withIds({ related_entities: [{ entity_type: 'incident', entity_id: 'a' }] }, ids)).toEqual({
    related_entities: [{ entity_type: 'incident', entity_id: 'A' }],
  });
});
