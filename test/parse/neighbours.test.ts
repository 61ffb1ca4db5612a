import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFormat, parser } from '../../src/parse/parse.ts';
import { lineOf, summary } from './support.ts';

const COMMON = '192.0.2.1 - bob [10/Oct/2025:13:55:36 -0700] "GET /a?b=c HTTP/1.1" 200 5';
const COMBINED = `${COMMON} "http://a.test/" "curl/8"`;

/** Named formats, and one for each way in which the last value of a line is read. */
const FORMATS: readonly [format: string, line: string][] = [
  ['common', COMMON],
  ['combined', COMBINED],
  ['vhost_combined', `a.test:443 ${COMBINED}`],
  ['mixed', `${COMBINED} 17`],
  ['combinedio', `${COMBINED} 321 654`],
  ['json', '{"@timestamp": "2025-10-10T20:55:36Z", "source": {"ip": "192.0.2.1"}, "url.original": "/a?b=c"}'],
  ['%h "%r" %t', '192.0.2.1 "GET /a?b=c HTTP/1.1" [10/Oct/2025:13:55:36 -0700]'],
  ['%h "%r" %{sec}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 1760129736'],
  ['%h "%r" %{msec}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 1760129736123'],
  ['%h "%r" %{usec}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 1760129736123456'],
  ['%h "%r" %{%s}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 1760129736'],
  ['%h "%r" %{sec}t.%{msec_frac}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 1760129736.123'],
  ['%h "%r" %{%FT%T%z}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 2025-10-10T13:55:36-0700'],
  ['%h "%r" %{%F %R %Z}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 2025-10-10 13:55 UTC'],
  ['%h "%r" %{%F %l %p}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 2025-10-10  1 PM'],
  ['%h "%r" %{%F %k}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 2025-10-10 13'],
  ['%h "%r" %{%T %Y %j}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 13:55:36 2025 283'],
  ['%h "%r" %{%T %Y %d %B}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 13:55:36 2025 10 October'],
  ['%h "%r" %{%T %Y %d %b}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 13:55:36 2025 10 Oct'],
  ['%h "%r" %{%T %d %b %y}t', '192.0.2.1 "GET /a?b=c HTTP/1.1" 13:55:36 10 Oct 25'],
  ['%{sec}t "%r" %h', '1760129736 "GET /a?b=c HTTP/1.1" 192.0.2.1'],
  ['%{sec}t %h %u', '1760129736 192.0.2.1 bob'],
  ['%{sec}t %h %D', '1760129736 192.0.2.1 123456'],
  ['%{sec}t "%r" %h %v:%p', '1760129736 "GET /a?b=c HTTP/1.1" 192.0.2.1 a.test:8443'],
  ['%{sec}t "%r" %{X-Forwarded-For}i', '1760129736 "GET /a?b=c HTTP/1.1" 192.0.2.1, 198.51.100.7'],
];

describe.each(FORMATS)('%s', (name, line) => {
  const format = findFormat(name);
  const alone = (text: string) => summary(parser({ format })(lineOf(text)));

  it('is the format of its line', () => {
    expect(alone(line)).toMatchObject({ time: expect.any(Number) });
  });

  it('says the same of a line whatever lines of other lengths came before it', () => {
    const whole = fc.nat({ max: 40 }).map((more) => line.replace('/a', `/${'1'.repeat(more)}`));
    const cut = fc.tuple(whole, fc.nat({ max: 30 })).map(([text, less]) => text.slice(0, text.length - less));
    const digits = fc.integer({ min: 1, max: 300 }).map((count) => '1'.repeat(count));
    fc.assert(
      fc.property(fc.array(fc.oneof(whole, cut, digits), { minLength: 2, maxLength: 6 }), (texts) => {
        const parse = parser({ format });
        expect(texts.map((text) => summary(parse(lineOf(text))))).toEqual(texts.map(alone));
      }),
    );
  });
});
