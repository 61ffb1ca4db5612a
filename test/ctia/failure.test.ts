import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf, readRetryAfter } from '../../src/ctia/failure.ts';

const NOW = Date.UTC(2025, 9, 10, 12);
const read = (status: number, text: string, headers: Record<string, string> = {}) =>
  failureOf({ status, text, headers }, (clean) => clean, NOW);

describe('failureOf', () => {
  it.each([408, 500, 501, 502, 503, 504, 507, 520, 599])(
    'takes %i for a trouble of the server that passes',
    (status) => {
      expect(read(status, '').code).toBe('server-error');
    },
  );

  it.each([302, 405, 409, 418])('does not know what to do about %i', (status) => {
    expect(read(status, '').code).toBe('unexpected-status');
  });

  it.each([
    ['an empty body', 404, '', { code: 'not-found', serverCode: null, serverMessage: null }],
    [
      'plain text',
      400,
      'Bundle max nb of entities: 2000',
      { code: 'bad-request', serverMessage: 'Bundle max nb of entities: 2000' },
    ],
    [
      'an HTML page',
      502,
      '<html><head><title>502 Bad Gateway</title></head><body>x</body></html>',
      { code: 'server-error', serverMessage: '502 Bad Gateway' },
    ],
    ['an HTML page without a title', 404, '<!doctype html><p>nothing', { serverMessage: 'an HTML page' }],
    [
      'a code and a message',
      401,
      '{"error":"not_authenticated","message":"Only authenticated users allowed"}',
      { code: 'unauthorised', serverCode: 'not_authenticated', serverMessage: 'Only authenticated users allowed' },
    ],
    [
      'a sentence as error',
      429,
      '{"error": "Too Many Requests"}',
      { code: 'rate-limited', serverCode: null, serverMessage: 'Too Many Requests' },
    ],
    [
      'missing capabilities',
      403,
      '{"message":"Missing capability","error":"missing_capability","capabilities":["import-bundle","create-actor"],"owner":"o"}',
      {
        code: 'forbidden',
        serverCode: 'missing_capability',
        serverMessage: 'Missing capability: needs import-bundle, create-actor',
      },
    ],
    [
      'one missing capability',
      403,
      '{"message":"Missing capability","error":"missing_capability","capabilities":"read-feed"}',
      { serverMessage: 'Missing capability: needs read-feed' },
    ],
    [
      'a trace id',
      500,
      '{"error":"server_error","error_description":"Oops","trace_id":"abc-1"}',
      { serverCode: 'server_error', serverMessage: 'Oops', traceId: 'abc-1' },
    ],
    [
      'a type',
      400,
      '{"type":"json-parse-exception","message":"Unexpected end"}',
      { serverCode: 'json-parse-exception', serverMessage: 'Unexpected end' },
    ],
    [
      'an echoed entity',
      400,
      '{"error":"Spec Validation Client Error","message":"too long","entity":{"title":"private"}}',
      { serverMessage: 'Spec Validation Client Error: too long' },
    ],
    [
      'nested errors',
      400,
      '{"errors":{"incidents":[{"confidence":"(not (enum x))","nope":"disallowed-key"}],"source":"missing-required-key"}}',
      {
        serverMessage:
          'incidents[].confidence: (not (enum x)); incidents[].nope: disallowed-key; source: missing-required-key',
      },
    ],
    ['errors that are one text', 400, '{"errors":"(not (map? []))"}', { serverMessage: '(not (map? []))' }],
    ['a JSON text', 400, '"no"', { serverMessage: '"no"' }],
    ['broken JSON', 500, '{"error": "x', { serverMessage: '{"error": "x' }],
    ['control characters', 400, 'a\u001b[2Jb\u202ec', { serverMessage: 'a\\x1b[2Jb\\u{202e}c' }],
  ])('reads %s', (_, status, text, expected) => {
    expect(read(status, text)).toMatchObject({ status, phase: 'answered', ...expected });
  });

  it('shows a few of many errors, each shortened, however deep', () => {
    const deep = `{"errors":${'['.repeat(5000)}"x"${']'.repeat(5000)}}`;
    expect(read(400, deep).serverMessage).toBe(`${'[]'.repeat(20)}: ...`);
    const errors = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, `java.lang ${'y'.repeat(9999)}`]));
    const message = read(400, JSON.stringify({ errors })).message;
    expect(message.length).toBeLessThan(600);
    expect(read(400, JSON.stringify({ errors: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 } })).serverMessage).toBe(
      'a: 1; b: 2; c: 3; d: 4; e: 5; and 2 more',
    );
  });

  it('quotes no more of a body than a line', () => {
    expect(read(500, 'z'.repeat(1_000_000)).message.length).toBeLessThan(600);
  });
});

it('failureOf tells of any answer in one bounded line that cannot drive a terminal', () => {
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.jsonValue().map((errors) => JSON.stringify({ errors })),
  );
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), body, (status, text) => {
      const { message } = read(status, text);
      expect(message.length).toBeLessThan(6000);
      expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    }),
  );
});

describe('readRetryAfter', () => {
  it.each([
    ['30', 30_000],
    [' 0 ', 0],
    ['3600', 3_600_000],
    ['Fri, 10 Oct 2025 12:00:30 GMT', 30_000],
    ['Fri, 10 Oct 2025 11:00:00 GMT', 0],
    ['Friday, 10-Oct-25 12:00:30 GMT', 30_000],
    ['soon', null],
    ['attempt 12', null],
    ['Xxx, yy yyyyyyyyyy GMT', null],
    ['1e3', null],
    ['-5x', null],
    ['', null],
    [undefined, null],
    [['7', '8'], 7_000],
  ])('%j is %j ms', (header, expected) => {
    expect(readRetryAfter(header, NOW)).toBe(expected);
  });
});
