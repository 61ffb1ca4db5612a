import { describe, expect, it } from 'vitest';
import { collectionsOf, subsetOf } from '../../src/ctia/ctia.ts';

const ids = (...names: string[]) => names.map((name) => ({ id: `transient:${name}` }));
const body = JSON.stringify({
  source: 'test',
  type: 'bundle',
  incidents: ids('i'),
  sightings: ids('s1', 's2'),
  indicators: ids('n'),
  asset_mappings: [{ id: 'transient:m', asset_ref: 'transient:i' }],
  relationships: [
    { id: 'transient:r1', source_ref: 'transient:s1', target_ref: 'transient:i' },
    { id: 'transient:r2', source_ref: 'transient:s2', target_ref: 'transient:i' },
    { id: 'transient:r3', source_ref: 'transient:s2', target_ref: 'https://h:443/ctia/indicator/indicator-1' },
  ],
});

describe('subsetOf', () => {
  it.each([
    ['one that nothing is known to need', ['s1'], { sightings: ['s1'] }],
    ['a relationship, with both ends', ['r1'], { incidents: ['i'], sightings: ['s1'], relationships: ['r1'] }],
    ['a relationship to something stored', ['r3'], { sightings: ['s2'], relationships: ['r3'] }],
    ['an asset mapping', ['m'], { incidents: ['i'], asset_mappings: ['m'] }],
    ['several', ['s2', 'r2', 'r1'], { incidents: ['i'], sightings: ['s1', 's2'], relationships: ['r1', 'r2'] }],
    ['none', [], {}],
  ] as [string, string[], Record<string, string[]>][])('keeps %s', (_, names, expected) => {
    const entities = collectionsOf(JSON.parse(body)).flatMap(([, , list]) => list);
    const places = names.map((name) => entities.findIndex(({ id }) => id === `transient:${name}`));
    const subset = subsetOf(body, new Set(places));
    const { source, type, ...lists } = JSON.parse(subset.body);
    expect({ source, type }).toEqual({ source: 'test', type: 'bundle' });
    const kept = Object.entries(lists as Record<string, { id: string }[]>).map(([list, entities]) => [
      list,
      entities.map(({ id }) => id.replace('transient:', '')),
    ]);
    expect(Object.fromEntries(kept.filter(([, entities]) => entities?.length))).toEqual(expected);
    expect(subset.places.map((place) => entities[place]?.id)).toEqual(
      Object.values(expected).flatMap((list) => list.map((name) => `transient:${name}`)),
    );
  });

  it('keeps an entity that has no transient id', () => {
    const notes = [{ content: 'a' }, { content: 'b' }, { content: 'b' }];
    expect(subsetOf(JSON.stringify({ notes }), new Set([1]))).toEqual({
      body: JSON.stringify({ notes: [{ content: 'b' }] }),
      places: [1],
    });
  });
});
