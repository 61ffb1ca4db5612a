import { describe, expect, it } from 'vitest';
import { chooseFormat, suggestFormat } from '../../src/parse/parse.ts';
import { parsed } from './support.ts';

const COMMON = '192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5';
const COMBINED = `${COMMON} "-" "Mozilla"`;
const JSON_LINE = '{"time":"2025-10-10T13:55:36Z","client":"192.0.2.1","request":"GET / HTTP/1.1"}';
const TLS = COMBINED.replace('GET / HTTP/1.1', '\\x16\\x03\\x01');
const NEVER_CAME = COMBINED.replace('GET / HTTP/1.1', '-');

describe('chooseFormat', () => {
  it.each<[title: string, head: readonly string[], name: string, matched: number]>([
    ['common', [COMMON, COMMON], 'common', 2],
    ['combined', [COMBINED], 'combined', 1],
    ['vhost_combined', [`www.example.org:443 ${COMBINED}`], 'vhost_combined', 1],
    ['vhost_common', [`www.example.org:443 ${COMMON}`], 'vhost_common', 1],
    ['combinedio', [`${COMBINED} 100 200`], 'combinedio', 1],
    ['JSON', [JSON_LINE, JSON_LINE], 'json', 2],
    ['JSON with Apache escapes', [JSON_LINE.replace('GET', '\\x16')], 'json', 1],
    ['odd requests first', [TLS, NEVER_CAME, TLS], 'combined', 3],
    ['junk among the lines', ['junk', '', COMBINED, 'more junk', COMBINED], 'combined', 2],
    ['more after combined', [`${COMBINED} 1234`, `${COMBINED} "x"`], 'mixed', 2],
    ['several formats in a file', [COMMON, COMBINED, `www.example.org:443 ${COMBINED}`], 'mixed', 3],
    ['HostnameLookups', [COMBINED.replace('192.0.2.1', 'client.example.net')], 'combined', 1],
  ])('%s', (_, head, name, matched) => {
    const total = head.filter((line) => line !== '').length;
    expect(chooseFormat(head)).toMatchObject({ format: { name }, matched, total });
  });

  it.each<[title: string, head: readonly string[], total: number]>([
    ['no lines', [], 0],
    ['blank lines', ['', ' '], 0],
    ['strange lines', ['what', 'ever'], 2],
  ])('says combined, but matched none, for %s', (_, head, total) => {
    expect(chooseFormat(head)).toMatchObject({ format: { name: 'combined' }, matched: 0, total });
  });
});

describe.each(['common', 'combined', 'mixed'])('%s lines behind a prefix', (format) => {
  const line = (client: string) => (format === 'common' ? COMMON : COMBINED).replace('192.0.2.1', client);

  it.each([
    ['syslog', 'Nov 22 02:34:16 web1 httpd[123]: ', 5],
    ['syslog in the first days of a month', 'Nov  2 02:34:16 web1 httpd[123]: ', 5],
    ['docker compose', 'web_1  | ', 2],
    ['newer docker compose', 'web-1 | ', 2],
    ['a host and a program', 'web1 httpd: ', 2],
  ])('are of no format, and the words before them are told: %s', (_, prefix, prefixWords) => {
    for (const client of ['192.0.2.1', '2001:db8::1', 'client.example.net']) {
      const text = prefix + line(client);
      expect(parsed(format, text)).toBe('not-this-format');
      expect(chooseFormat([text])).toMatchObject({ matched: 0 });
      const name = format === 'common' ? 'common' : 'combined';
      expect(suggestFormat([text, text.replace('13:55', '14:55')])).toMatchObject({ format: { name }, prefixWords });
    }
  });
});

describe('suggestFormat', () => {
  it.each<[title: string, samples: readonly string[], expected: object | null]>([
    ['a named one', [JSON_LINE], { name: 'json' }],
    ['a host without port', [`www.example.org ${COMBINED}`], { directive: expect.stringMatching(/^%v %h/) }],
    ['a duration at the end', [`${COMBINED} 1234`], { directive: expect.stringMatching(/%D$/) }],
    [
      'forwarded addresses in front',
      [COMBINED.replace('192.0.2.1', '192.0.2.1, 10.0.0.1')],
      { directive: expect.stringMatching(/^%\{X-Forwarded-For\}i %l/) },
    ],
    ['half of the samples', [JSON_LINE, 'junk'], { name: 'json' }],
    ['less than half', [JSON_LINE, 'junk', 'junk'], null],
    ['junk', ['junk'], null],
    ['nothing', [], null],
    ['combined', [COMBINED], { name: 'combined' }],
    ['common', [COMMON], { name: 'common' }],
    ['vhost_combined', [`www.example.org:443 ${COMBINED}`], { name: 'vhost_combined' }],
    ['several named ones', [COMMON, COMBINED], { name: 'mixed' }],
  ])('%s', (_, samples, expected) => {
    const suggestion = suggestFormat(samples);
    if (expected === null) expect(suggestion).toBeNull();
    else expect(suggestion).toMatchObject({ format: expected, prefixWords: 0 });
  });

  it('JSON behind a prefix', () => {
    expect(suggestFormat([`web_1  | ${JSON_LINE}`])).toMatchObject({ format: { name: 'json' }, prefixWords: 2 });
  });
});

it('lines of `mixed` that fit nothing say why', () => {
  expect(parsed('mixed', 'junk')).toBe('not-this-format');
  expect(parsed('mixed', COMMON.replace('10/Oct', '31/Feb'))).toBe('bad-time');
});
