import fc from 'fast-check';
import { expect, it } from 'vitest';
import { explain, type MatchPlace, readRules } from '../../../src/detect/detect.ts';
import { Piece, type PieceKind } from '../../../src/detect/view/piece.ts';
import { VIEW_NAMES } from '../../../src/detect/view/view.ts';
import { arbitraryRequest } from '../arbitrary-request.ts';
import { entryOf, type Request } from '../entry.ts';
import { rule, SAMPLE_RULES } from '../sample-rules.ts';

const SAMPLES = readRules([{ path: 'a.yml', text: SAMPLE_RULES.join('---\n') }]);
const STAGES: readonly string[] = VIEW_NAMES;
const KINDS: readonly PieceKind[] = ['plain', 'parameter', 'segment'];

const written = ({ value, start, end }: MatchPlace) => value.slice(start, end);

/** The place of the only item of a rule. */
function placeIn(item: string, request: Request): MatchPlace | null | undefined {
  const set = readRules([{ path: 'a.yml', text: rule('r', `sel: {${item}}`, 'sel') }]);
  return explain(set, entryOf(request)).rules[0]?.items[0]?.place;
}

it('is a piece of the entry that reads as what matched, whatever the encoding', () => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      for (const { items } of explain(SAMPLES, entryOf(request)).rules) {
        for (const { place, view, text } of items) {
          if (place === null || view === null || text === null) continue;
          expect(place.start).toBeGreaterThanOrEqual(0);
          expect(place.end).toBeLessThanOrEqual(place.value.length);
          const readings = KINDS.map((kind) => new Piece(written(place), kind).stage(STAGES.indexOf(view)));
          // Several pieces, decoded apart, show as one only where nothing between them joins them.
          if (place.isExact && !/[&=?]/.test(written(place))) expect(readings).toContain(text);
        }
      }
    }),
  );
});

it.each<[string, string, Request, string | undefined, boolean]>([
  ['the path', "cs-uri-stem|contains: '../'", { target: '/a/%2e%2e/x?..' }, '%2e%2e/', true],
  ['the path and the query', "c-uri|contains: 'b?c=d&e'", { target: '/%62?c=%64&e=' }, '%62?c=%64&e', true],
  ['a query behind a path like it', "cs-uri-query|re: 'x=y$'", { target: '/x=y?x=%79' }, 'x=%79', true],
  ['the extension', "c-uri-extension: 'php'", { target: '/php.php/a.%70hp' }, '%70hp', true],
  ['a segment', "x-path-segment: 'ab'", { target: '/abc/a/%61b' }, '%61b', true],
  ['a name of the query', "x-query-name: 'a'", { target: '/a?b&b=a&%61=a' }, '%61', true],
  ['a second value that is the same', "x-query-value|contains: 'c'", { target: '/?a=b&a=%63' }, '%63', true],
  [
    'the request line',
    "x-request|endswith: 'x http/1.0'",
    { target: '/%78', protocol: 'HTTP/1.0' },
    '%78 HTTP/1.0',
    true,
  ],
  [
    'the request line of what is no request',
    "x-request|contains: 'a b'",
    { target: null, request: 'a%20b' },
    'a%20b',
    true,
  ],
  [
    'an absolute target',
    "c-uri|startswith: 'http://h/b'",
    { target: '/b', request: 'GET http://h/b HTTP/1.1' },
    'http://h/b',
    true,
  ],
  ['the method', "cs-method: 'P*'", { method: 'POST' }, 'P', true],
  ['the protocol', "cs-version: 'HTTP/1.?'", {}, 'HTTP/1.1', true],
  ['the target of a log without request lines', "c-uri|contains: 'b'", { target: '/a%62', request: null }, '%62', true],
  ['the referer', "cs-referer|contains: 'b&c'", { referer: 'https://h/?a=%62&%63' }, '%62&%63', true],
  ['a value of the referer', "x-input: 'b'", { referer: 'https://b/?b=%62' }, '%62', true],
  ['the user agent', "cs-user-agent|endswith: 'b'", { userAgent: 'b%62' }, '%62', true],
  ['the user', "cs-username: 'bob'", { user: 'bob' }, 'bob', true],
  ['the host', "cs-host|startswith: 'www'", { host: 'www.example.org' }, 'www', true],
  ['a header', "cs-cookie|contains: 'b'", { extra: { 'cs-cookie': 'a=%62' } }, '%62', true],
  ['the client', "c-ip|startswith: '192'", {}, '192', true],
  ['the line', "keywords|contains: '../'", { target: '/?a=%2e%2e/' }, '%2e%2e/', true],
  [
    'what lies behind the part that is decoded',
    "cs-user-agent|contains: 'b c'",
    { userAgent: `b%20c${'x'.repeat(16_384)}` },
    `b%20c${'x'.repeat(16_384)}`,
    false,
  ],
])('is found in %s', (_, item, request, text, isExact) => {
  const place = placeIn(item, request);
  expect(place == null ? undefined : written(place)).toBe(text);
  if (place != null) expect(place.isExact).toBe(isExact);
});

it.each<[string, string, Request]>([
  ['a number that is compared as text', "sc-status: '4*'", { status: 404 }],
  ['a network', 'c-ip|cidr: 192.0.2.0/24', {}],
  ['an empty text', "cs-user-agent|re: '^'", { userAgent: 'x' }],
])('is not told for %s', (_, item, request) => {
  const text = [rule('r', `sel: {${item}}`, 'sel')].join('');
  const [found] = explain(readRules([{ path: 'a.yml', text }]), entryOf(request)).rules;
  expect(found?.items[0]).toMatchObject({ isTrue: true, place: null });
});
