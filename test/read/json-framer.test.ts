import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectChunks, cut, texts } from './helpers.ts';

const collectText = (text: string, options = {}) => collectChunks([Buffer.from(text, 'latin1')], options);

describe('jsonFramer', () => {
  it('cuts out every element with its place, however the array is cut', async () => {
    const element = fc.dictionary(
      fc.string(),
      fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('{[', '}]"', '\\')),
    );
    const space = fc.constantFrom('', ' ', '\n', '\r\n\t');
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(element, { minLength: 1 }), space, sizes, async (elements, gap, chunkSizes) => {
        const jsons = elements.map((value) => JSON.stringify(value));
        const bytes = Buffer.from(`${gap}[${gap}${jsons.join(`${gap},${gap}`)}${gap}]${gap}`);
        const { open, lines } = await collectChunks(cut(bytes, chunkSizes));
        expect([open.shape, open.fault, open.lines, open.bytes]).toEqual([
          'json-array',
          null,
          jsons.length,
          bytes.length,
        ]);
        expect(lines.map(({ text }) => Buffer.from(text, 'latin1').toString())).toEqual(jsons);
        for (const [i, { number, offset, length, text }] of lines.entries()) {
          expect(number).toBe(i + 1);
          expect(bytes.toString('latin1', offset, offset + length)).toBe(text);
        }
      }),
    );
  });

  it("takes Apache's escapes and keeps them", async () => {
    const { open, lines } = await collectText('[{"r":"\\x16\\x03"},{"r":"\\\\x41"}]');
    expect(texts(lines)).toEqual(['{"r":"\\x16\\x03"}', '{"r":"\\\\x41"}']);
    expect(open.fault).toBeNull();
  });

  it('leaves a byte order mark out', async () => {
    const { open, lines } = await collectText('\xef\xbb\xbf[{"a":1}]');
    expect(lines).toEqual([{ source: '-', number: 1, offset: 4, length: 7, text: '{"a":1}' }]);
    expect(open.fault).toBeNull();
  });

  it('skips elements that can be no entry, and counts them', async () => {
    const { open, lines } = await collectText('[{},null,"x{}",-1.5e3,true,[{"a":[1,"y"]}],false,{}]');
    expect(lines.map(({ number, text }) => [number, text])).toEqual([
      [1, '{}'],
      [6, '[{"a":[1,"y"]}]'],
      [8, '{}'],
    ]);
    expect([open.lines, open.skipped, open.fault]).toEqual([8, 5, null]);
  });

  it.each<[title: string, text: string, reason: RegExp]>([
    ['a syntax error', '[{"a":1},{"b":2},{"c" 3},{}]', /^no JSON after element 2, near byte \d+: /],
    [
      'an end in an element',
      '[{"a":1},{"b":2},{"c":',
      /after element 2, near byte 22: the text ends before its array does/,
    ],
    ['an end between elements', '[{"a":1},{"b":2}\n', /after element 2.*the text ends/],
    ['text after the array', '[{"a":1},{"b":2}] {}', /after element 2/],
    ['another array after the array', '[{"a":1},{"b":2}][{}]', /after element 2/],
    ['a bad escape', '[{"a":1},{"b":2},{"c":"\\q"}]', /after element 2/],
    ['an endless nesting', `[{"a":1},{"b":2},${'['.repeat(1000)}`, /after element 2.*nested more than 64 deep/],
  ])('gives what comes before %s, then tells it', async (_title, text, reason) => {
    for (const size of [1, 1000]) {
      const { open, lines } = await collectChunks(cut(Buffer.from(text), [size]));
      expect(texts(lines)).toEqual(['{"a":1}', '{"b":2}']);
      expect(open.fault).toMatchObject({ source: '-', code: 'bad-json', message: expect.stringMatching(reason) });
    }
  });

  it('refuses an element over the bound and goes on', async () => {
    const long = `{"a":"${'x'.repeat(300)}"}`;
    const bytes = Buffer.from(`[{"b":1}, ${long}, {"c":1}]`);
    for (const size of [7, 50, 1000]) {
      const { open, lines, rejects } = await collectChunks(cut(bytes, [size]), { maxLineBytes: 100 });
      expect(lines.map(({ number, text }) => [number, text])).toEqual([
        [1, '{"b":1}'],
        [3, '{"c":1}'],
      ]);
      expect(rejects).toEqual([
        {
          code: 'too-long',
          line: { source: '-', number: 2, offset: 10, length: long.length, text: long.slice(0, 100) },
        },
      ]);
      expect([open.lines, open.fault]).toEqual([3, null]);
    }
  });
});
