import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code, cut, decodeLine, defang, plain, prose } from '../../src/compose/neutral.ts';
import { hostileText } from './fixtures.ts';

it.each([
  ['a text that fits', 'abc', 3, 'abc'],
  ['a longer text', 'abcdef', 5, 'ab...'],
  ['a character that would be halved', 'a💥bcd', 5, 'a...'],
  ['a character that just fits', 'a💥bcde', 6, 'a💥...'],
])('cuts %s', (_, text, max, expected) => {
  expect(cut(text, max)).toBe(expected);
});

it.each([
  ['http', 'http://evil.example/a.b?c=d.e', 'hxxp://evil[.]example/a.b?c=d.e'],
  ['https in capitals', 'HTTPS://EVIL.EXAMPLE', 'hxxPS://EVIL[.]EXAMPLE'],
  ['other schemes', 'ldap://192.0.2.1:1389/x', 'ldap://192[.]0[.]2[.]1:1389/x'],
  ['several in one text', 'a=http://b.c&d=ftp://e.f/', 'a=hxxp://b[.]c&d=ftp://e[.]f/'],
  ['what is no URL', 'GET /a.b//c.d', 'GET /a.b//c.d'],
])('defangs %s', (_, text, expected) => {
  expect(defang(text)).toBe(expected);
});

it('shows control characters in plain text', () => {
  expect(plain('a\u001b[2Jb\n', 20)).toBe('a\\x1b[2Jb\\x0a');
});

describe('prose', () => {
  it.each([
    ['words', 'SQL injection (UNION-based): 1 + 1', 'SQL injection (UNION-based): 1 + 1'],
    ['line ends and runs of spaces', ' a\n\n b\t c ', 'a b c'],
    [
      'markup',
      '*a* _b_ `c` [d](e) <f> g|h ~i~ !j &amp; k\\',
      '\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f\\> g\\|h \\~i\\~ \\!j \\&amp; k\\\\',
    ],
    ['a heading', '# a', '\\# a'],
    ['a list item', '- a', '\\- a'],
    ['a numbered item', '12. a', '12\\. a'],
    ['an underline', '=== a', '\\=== a'],
    ['a URL', 'see http://a.b/', 'see hxxp://a\\[.\\]b/'],
  ])('keeps %s harmless', (_, text, expected) => {
    expect(prose(text, 200)).toBe(expected);
  });
});

it('bounds what it gives, whatever it gets', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 4, max: 60 }), (text, max) => {
      expect(plain(text, max).length).toBeLessThanOrEqual(max);
      expect(prose(text, max).length).toBeLessThanOrEqual(2 * max + 1);
      expect(code(text, max).length).toBeLessThanOrEqual(3 * max + 4);
      for (const shown of [plain(text, max), prose(text, max), code(text, max)]) expect(shown).not.toMatch(/[\r\n]/);
    }),
  );
});

it.each([
  ['UTF-8', 'caf\u00c3\u00a9', 'café'],
  ['bytes that are not UTF-8, each as its code unit', 'caf\u00e9', 'café'],
])('decodes %s', (_, bytes, text) => {
  expect(decodeLine(bytes)).toBe(text);
});
