import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wordsOf } from '../../src/apache/words.ts';

it.each([
  ['plain words', 'CustomLog  logs/a.log\tcombined', ['CustomLog', 'logs/a.log', 'combined']],
  ['a quoted word', 'LogFormat "%h %l" name', ['LogFormat', '%h %l', 'name']],
  ['quotation marks within one', '"\\"%r\\" %>s"', ['"%r" %>s']],
  ['the other quotation marks', `'a "b" c'`, ['a "b" c']],
  ['an escaped one of the same kind', `'it\\'s'`, [`it's`]],
  ['a backslash', '"a\\\\b" c\\\\d', ['a\\b', 'c\\d']],
  ['a backslash that escapes nothing', '"a\\n" b\\n', ['a\\n', 'b\\n']],
  ['words that touch', '"a"b', ['a', 'b']],
  ['a quotation mark within a word', 'a"b c"d', ['a"b', 'c"d']],
  ['a word without its second quotation mark', 'a "b c', ['a', 'b c']],
  ['a backslash at the end of it', 'a "b\\', ['a', 'b']],
  ['an empty word', 'a "" b', ['a', '', 'b']],
  ['nothing', '   ', []],
])('%s', (_, text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

it('takes back what was quoted', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      const quoted = words.map((word) => `"${word.replace(/["\\]/g, '\\$&')}"`);
      expect(wordsOf(quoted.join(' '))).toEqual(words);
    }),
  );
});
