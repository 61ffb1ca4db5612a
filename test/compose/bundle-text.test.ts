import { expect, it } from 'vitest';
import { writeBundle } from '../../src/compose/bundle-text.ts';

it('writes what JSON.stringify writes of the same entities', () => {
  const [one, two] = [
    { id: 'a', text: '"é' },
    { id: 'b', list: [] },
  ];
  const texts = {
    incidents: [JSON.stringify(one)],
    indicators: [],
    sightings: [one, two].map((it) => JSON.stringify(it)),
  };
  expect(writeBundle('"us"', texts)).toBe(
    JSON.stringify({ type: 'bundle', source: '"us"', incidents: [one], indicators: [], sightings: [one, two] }),
  );
});

it('lets a source drive no terminal', () => {
  expect(writeBundle('\u009b2J', {})).toBe('{"type":"bundle","source":"\\u009b2J"}');
});
