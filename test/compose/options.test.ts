import { expect, it } from 'vitest';
import { type ComposerOptions, checkOptions } from '../../src/compose/options.ts';
import { optionsOf } from './fixtures.ts';

it('takes the defaults', () => {
  expect(() => checkOptions(optionsOf())).not.toThrow();
});

it.each<[string, Partial<ComposerOptions>]>([
  ['a prefix without a hyphen at its end', { prefix: 'acme' }],
  ['a prefix that would be two', { prefix: 'acme,evil-' }],
  ['an empty source', { source: '' }],
  ['a source that is no name of a producer', { source: 'x'.repeat(1025) }],
  ['a source URI with a space', { sourceUri: 'https://example.org/a b' }],
  ['too few entities for one sighting', { maxEntities: 4 }],
  ['half an entity', { maxEntities: 5.5 }],
  ['too few bytes for one sighting', { maxBytes: 100_000 }],
])('refuses %s, by name', (_, changes) => {
  const [name] = Object.keys(changes);
  expect(() => checkOptions(optionsOf(changes))).toThrow(
    expect.objectContaining({ code: 'bad-option', message: expect.stringContaining(`${name}: expected`) }),
  );
});
