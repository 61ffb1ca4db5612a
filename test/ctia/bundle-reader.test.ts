import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleReader } from '../../src/ctia/bundle-reader.ts';

function readIn(chunks: readonly Buffer[], maxEntities = 1000): unknown {
  const reader = bundleReader(maxEntities);
  for (const chunk of chunks) reader.take(chunk);
  return reader.end();
}

/** The text in pieces that are cut at these bytes. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

describe('bundleReader', () => {
  it('reads what JSON.parse reads, however the bytes are cut', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }));
    fc.assert(
      fc.property(object, fc.array(fc.nat()), fc.constantFrom(undefined, 2), (value, places, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(readIn(cut(text, places))).toEqual(JSON.parse(Buffer.from(text).toString()));
      }),
    );
  });

  it('makes no prototype of a key of that name', () => {
    const bundle = readIn([Buffer.from('{"__proto__": {"id": "x"}, "a": 1}')]);
    expect(Object.keys(bundle as object)).toEqual(['__proto__', 'a']);
    expect((bundle as { id?: string }).id).toBeUndefined();
  });

  it('counts entities, not what lies in them, and stops at the bound', () => {
    const bundle = { notes: [{ a: { b: [{}, {}] } }, {}], sightings: [{}], valid_time: {} };
    expect(readIn([Buffer.from(JSON.stringify(bundle))], 3)).toEqual(bundle);
    const reader = bundleReader(2);
    expect(() => reader.take(Buffer.from('{"notes":[{},{}],"sightings":[{'))).toThrow(
      expect.objectContaining({ code: 'answer-too-large', message: 'answer above 2 entities' }),
    );
  });

  it.each([
    ['nothing', ''],
    ['a list', '[{}]'],
    ['a text', '"x"'],
    ['a number', '12'],
    ['half an object', '{"notes":[{"a":1},{"a":'],
    ['half a text', '{"notes":["a'],
    ['an object and more', '{} {}'],
    ['HTML', '<html>secret</html>'],
    ['a bare word', '{"a": nope}'],
  ])('refuses %s, without quoting it', (_, text) => {
    expect(() => readIn([Buffer.from(text)])).toThrow(
      expect.objectContaining({ code: 'bad-answer', message: expect.not.stringMatching(/secret|nope/) }),
    );
  });
});
