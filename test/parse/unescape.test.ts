import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBytes, decodeValue } from '../../src/parse/unescape.ts';
import { escapeAsApache } from './support.ts';

it('undoes what Apache does to any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeValue(escapeAsApache(text))).toBe(Buffer.from(text, 'utf8').toString('utf8'));
    }),
  );
});

it.each<[title: string, text: string, value: string]>([
  ['letters', '\\b\\n\\r\\t\\v\\f\\"\\\\', '\b\n\r\t\v\f"\\'],
  ['a backslash that was escaped', '\\\\x41', '\\x41'],
  ['either case of hex', '\\xC3\\xa9', 'é'],
  ['half an escape stays', '\\x4', '\\x4'],
  ['no escape stays', '\\q\\', '\\q\\'],
  ['an invalid byte stays', '\\xff', '\xff'],
])('%s', (_, text, value) => {
  expect(decodeValue(text)).toBe(value);
});

it.each<[title: string, bytes: number[], text: string]>([
  ['overlong forms stay bytes', [0xc0, 0xae], '\xc0\xae'],
  ['surrogates stay bytes', [0xed, 0xa0, 0x80], '\xed\xa0\x80'],
  ['beyond Unicode stays bytes', [0xf4, 0x90, 0x80, 0x80], '\xf4\x90\x80\x80'],
  ['a cut sequence stays bytes', [0xe2, 0x82], '\xe2\x82'],
  [
    'what is valid among what is not',
    [0xff, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0x80, 0xf0, 0x9f, 0x98, 0x80],
    '\xffé€\x80😀',
  ],
])('%s', (_, bytes, text) => {
  expect(decodeBytes(Buffer.from(bytes).toString('latin1'))).toBe(text);
});

it('decodes all that is valid', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(decodeBytes(Buffer.from(text, 'utf8').toString('latin1'))).toBe(text);
    }),
  );
});
