import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isJavaUri } from '../../src/ctim/java-uri.ts';

it.each([
  'https://www.example.org/a/b?c=d#e',
  'http://h/?q=%27',
  "http://h/?q=;ls+-la&x='or''1",
  'http://h/?q=[1]',
  'http://h/#[x]',
  'http://h:99999/',
  'http://h:port/',
  'http://h:',
  'http://under_score/',
  'http://a@b@c/',
  'http://user:pw@h/',
  'http://[2001:db8::1]:8080/x',
  'http://[::ffff:192.0.2.1]/',
  'http://[fe80::1%eth0]/',
  'http://user@[::1]/',
  'http:///x',
  'http:?x',
  '///',
  '//h/x',
  '//?x',
  '/path',
  'word',
  '..',
  '?x',
  '#',
  'a/b:c',
  'urn:x',
  'mailto:someone@example.org',
  'javascript:alert(1)',
  'a:[b]',
  'http://bücher.example/ő/💥',
  'http://h/\ud83d',
  'http://h/\u200b\u00ad\ufeff',
])('takes %j', (text) => {
  expect(isJavaUri(text)).toBe(true);
});

it.each([
  '',
  'http:',
  'http://',
  '//',
  'http:#x',
  'http://#x',
  'http://h/a b',
  'http://h/\u00a0',
  'http://h/\u2003',
  'http://h/\u2028',
  'http://h/\u0080',
  'http://h/\u0085',
  'http://h/\u007f',
  'http://h/\u0000',
  'http://h/\t',
  ...['<', '>', '"', '{', '}', '|', '\\', '^', '`'].flatMap((char) => [`http://h/${char}`, `http://h/?${char}`]),
  'http://h/[1]',
  'http://h/%',
  'http://h/%zz',
  'http://h/%2',
  'http://%zz/',
  'http://h/#a#b',
  '1http://h',
  ':x',
  'a%20b:c',
  'é:c',
  'http://[1]/',
  'http://[2001:db8::zz]/',
  'http://[::1',
  'http://[::1]x/',
  'http://[::1]:x/',
  'http://[::1%]/',
  'http://[::1%a%b]/',
  'http://[::1%a-b]/',
  'http://a[b]/',
  'http://us[er@[::1]/',
])('refuses %j', (text) => {
  expect(isJavaUri(text)).toBe(false);
});

it('takes every URL that the URL parser has written, but for the characters that it leaves raw', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      expect(isJavaUri(new URL(url).href.replaceAll(/[|^`{}]/g, ''))).toBe(true);
    }),
  );
});

it('takes no text with a space, a quote or an angle bracket, wherever it stands', () => {
  fc.assert(
    fc.property(fc.webUrl(), fc.nat(), fc.constantFrom(' ', '"', '<', '>'), (url, at, char) => {
      const place = at % (url.length + 1);
      expect(isJavaUri(url.slice(0, place) + char + url.slice(place))).toBe(false);
    }),
  );
});
