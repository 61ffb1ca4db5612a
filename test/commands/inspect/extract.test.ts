import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defang, extractObservables } from '../../../src/commands/inspect/extract.ts';

describe('extractObservables', () => {
  it.each([
    ['203.0.113.9', 'ip 203.0.113.9'],
    ['203[.]0[.]113[.]9,', 'ip 203.0.113.9'],
    ['(2001:DB8::1)', 'ipv6 2001:db8::1'],
    ['http://bad.example/a?b=c', 'url http://bad.example/a?b=c'],
    ['hxxps://bad[.]example/x.', 'url https://bad.example/x'],
    ['<http://bad.example/>', 'url http://bad.example/'],
    ['Bad[.]Example', 'domain bad.example'],
    ['bad(dot)example', 'domain bad.example'],
    ['me[@]bad.example;', 'email me@bad.example'],
    ['me@bad.example', 'email me@bad.example'],
    ['D41D8CD98F00B204E9800998ECF8427E', 'md5 d41d8cd98f00b204e9800998ecf8427e'],
    ['a'.repeat(40), `sha1 ${'a'.repeat(40)}`],
    ['b'.repeat(64), `sha256 ${'b'.repeat(64)}`],
  ])('%s', (text, expected) => {
    expect(extractObservables(text).map(({ type, value }) => `${type} ${value}`)).toEqual([expected]);
  });

  it.each([
    'index.php',
    'hello',
    '1.2.3',
    '256.1.1.1',
    'a@b',
    '@x.example',
    'http://',
    'e.g.',
    'v1.2',
    'x'.repeat(3000),
  ])('finds nothing in %s', (text) => {
    expect(extractObservables(text)).toEqual([]);
  });

  it('gives each one once, in their order', () => {
    const text = 'from 192.0.2.1 to 192.0.2.2 and 192[.]0.2.1';
    expect(extractObservables(text).map(({ value }) => value)).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('reads what defang writes', () => {
    const observable = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain(), fc.webUrl(), fc.emailAddress());
    fc.assert(
      fc.property(observable, (text) => {
        const found = extractObservables(text);
        expect(extractObservables(found.map(defang).join('\n'))).toEqual(found);
      }),
    );
  });

  it('is quick with hostile text', () => {
    for (const text of ['[.]'.repeat(100_000), 'a.'.repeat(500_000), `a@${'b.'.repeat(1000)}`, '(['.repeat(500_000)]) {
      expect(extractObservables(text)).toEqual([]);
    }
  });
});

describe('defang', () => {
  it.each([
    ['url', 'http://bad.example/a.b', 'hxxp://bad[.]example/a.b'],
    ['url', 'ftp://bad.example/', 'fxp://bad[.]example/'],
    ['ip', '192.0.2.1', '192[.]0[.]2[.]1'],
    ['ipv6', '2001:db8::1', '2001[:]db8[:][:]1'],
    ['domain', 'bad.example', 'bad[.]example'],
    ['email', 'me@bad.example', 'me[@]bad[.]example'],
    ['sha1', 'aa', 'aa'],
  ])('%s %s', (type, value, expected) => {
    expect(defang({ type, value })).toBe(expected);
  });
});
