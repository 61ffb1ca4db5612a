import { describe, expect, it } from 'vitest';
import { findFormat, parser } from '../../src/parse/parse.ts';
import { lineOf, parsed } from './support.ts';

const TIME = Date.UTC(2025, 9, 10, 13, 55, 36);
const TIMESTAMP = '2025-10-10T13:55:36Z';
const json = (more: object) => JSON.stringify({ time: TIMESTAMP, remote_addr: '192.0.2.7', ...more });

describe('keys', () => {
  it.each<[title: string, object: object, expected: object]>([
    [
      'dots as levels',
      { http: { request: { method: 'PUT' }, response: { status_code: 404 } } },
      { method: 'PUT', status: 404 },
    ],
    [
      'dots in keys',
      { 'http.request.method': 'PUT', 'http.response.status_code': 404 },
      { method: 'PUT', status: 404 },
    ],
    [
      'both',
      { http: { 'request.method': 'PUT' }, 'http.response': { status_code: '404' } },
      { method: 'PUT', status: 404 },
    ],
    [
      'any case and separator',
      { 'User-Agent': 'a', HTTP_REFERER: 'b', RequestMethod: 'GET' },
      { userAgent: 'a', referer: 'b', method: 'GET' },
    ],
    ['the better of two keys', { status: 200, 'sc-status': 404 }, { status: 404 }],
    ['in any order', { 'sc-status': 404, status: 200 }, { status: 404 }],
    ['a better key without a value', { 'sc-status': '-', status: 200 }, { status: 200 }],
    [
      'a request line',
      { request: 'GET /a?b HTTP/1.1' },
      { method: 'GET', target: '/a?b', query: 'b', protocol: 'HTTP/1.1' },
    ],
    [
      'a request that is a target',
      { request: '/a?b', method: 'GET' },
      { method: 'GET', target: '/a?b', request: 'GET /a?b' },
    ],
    [
      'a request in pieces',
      { method: 'GET', path: '/a', query: '?b', protocol: '1.1' },
      { request: 'GET /a?b HTTP/1.1', query: 'b' },
    ],
    ['a path alone', { method: 'GET', path: '/a' }, { target: '/a', query: null }],
    [
      'a whole URL',
      { method: 'GET', url: 'https://A.example:444/a?b' },
      { target: '/a?b', host: 'a.example', port: 444 },
    ],
    ['no request', {}, { request: null, method: null, target: null }],
    ['a request that is none', { request: '\x16\x03' }, { request: '\x16\x03', method: null }],
    [
      'user, bytes, host, port',
      { user: 'bob', bytes: 17, vhost: 'A.example', port: '8080' },
      { user: 'bob', bytes: 17, host: 'a.example', port: 8080 },
    ],
    ['`host` beside a client is the virtual host', { host: 'a.example' }, { client: '192.0.2.7', host: 'a.example' }],
    ['numbers below zero', { status: -1 }, { status: null }],
    ['what is no number', { status: 'ok', bytes: {} }, { status: null, bytes: null }],
    [
      'several header values',
      { request: { headers: { 'User-Agent': ['a', 'b'] }, method: 'GET', uri: '/' } },
      { userAgent: 'a, b', target: '/' },
    ],
    [
      'extra values',
      { cookie: 'a=b', server_addr: '198.51.100.1' },
      { extra: { 'cs-cookie': 'a=b', 's-ip': '198.51.100.1' } },
    ],
    ['keys of prototypes', JSON.parse('{"__proto__":{"status":500},"constructor":"x","toString":1}'), { status: null }],
    ['an address with port', { client: '203.0.113.5:4711', remote_addr: null }, { client: '203.0.113.5' }],
    ['a peer', { connection_ip: '198.51.100.3' }, { client: '192.0.2.7', peer: '198.51.100.3' }],
  ])('%s', (_, object, expected) => {
    expect(parsed('json', json(object))).toMatchObject(expected);
  });

  it.each<[object: object, durationMs: number | null]>([
    [{ event: { duration: 1_500_000 } }, 1.5],
    [{ duration_us: 1500 }, 1.5],
    [{ 'time-taken': 15 }, 15],
    [{ request_time: 0.25 }, 250],
    [{ latency: '0.25s' }, 250],
    [{ duration: 0.25 }, 250],
    [{ duration: 1500 }, 1.5],
    [{ duration: 'soon' }, null],
  ])('%j lasts %j ms', (object, durationMs) => {
    expect(parsed('json', json(object))).toMatchObject({ durationMs });
  });

  it('may be mapped', () => {
    const mapping = { client: 'cdn.visitor.ip', 'cs-cookie': 'jar', 'x-country': 'geo.country' };
    const line = json({ cdn: { visitor: { ip: '203.0.113.9' } }, jar: 'c', geo: { country: 'DE' } });
    expect(parsed('json', line, { mapping })).toMatchObject({
      client: '203.0.113.9',
      extra: { 'cs-cookie': 'c', 'x-country': 'DE' },
    });
    expect([...findFormat('json', mapping).fields]).toEqual(expect.arrayContaining(['c-ip', 'cs-cookie', 'x-country']));
  });

  it('may not be mapped to what is no field', () => {
    expect(() => findFormat('json', { clint: 'a' })).toThrow(
      expect.objectContaining({ code: 'bad-log-format', message: expect.stringContaining('"clint"') }),
    );
  });

  it('that clients choose do not pile up', () => {
    const parse = parser({ format: findFormat('json') });
    for (let n = 0; n < 3000; n++) parse(lineOf(json({ request: { headers: { [`X-${n}`]: ['a'] } }, [`k${n}`]: 1 })));
    expect(parse(lineOf(json({ status: 200, ['k'.repeat(100)]: 1 })))).toMatchObject({ status: 200 });
  });
});

describe('clients', () => {
  it('behind proxies', () => {
    const line = json({ remote_addr: '10.0.0.1', x_forwarded_for: '192.0.2.9, 10.0.0.2' });
    expect(parsed('json', line, { trustedProxies: ['10.0.0.0/8'] })).toMatchObject({
      client: '192.0.2.9',
      peer: '10.0.0.1',
    });
    expect(parsed('json', line)).toMatchObject({ client: '10.0.0.1', peer: null });
  });

  it('called `host`, as fluentd does', () => {
    const line = JSON.stringify({ time: TIMESTAMP, host: '192.0.2.7' });
    expect(parsed('json', line)).toMatchObject({ client: '192.0.2.7', host: null });
  });
});

describe('other loggers', () => {
  it.each<[title: string, line: object, expected: object]>([
    [
      'Caddy',
      {
        ts: TIME / 1000,
        request: {
          remote_ip: '192.0.2.7',
          proto: 'HTTP/2.0',
          method: 'GET',
          host: 'a.example',
          uri: '/x?y',
          headers: { 'User-Agent': ['curl'] },
        },
        duration: 0.5,
        size: 10,
        status: 200,
      },
      {
        client: '192.0.2.7',
        request: 'GET /x?y HTTP/2.0',
        host: 'a.example',
        userAgent: 'curl',
        durationMs: 500,
        bytes: 10,
      },
    ],
    [
      'Traefik',
      {
        ClientHost: '192.0.2.7',
        ClientAddr: '192.0.2.7:99',
        RequestMethod: 'GET',
        RequestPath: '/x',
        RequestProtocol: 'HTTP/1.1',
        RequestHost: 'a.example',
        DownstreamStatus: 404,
        time: TIMESTAMP,
        'request_User-Agent': 'curl',
      },
      { client: '192.0.2.7', request: 'GET /x HTTP/1.1', host: 'a.example', status: 404, userAgent: 'curl' },
    ],
    [
      'Google load balancer',
      {
        timestamp: TIMESTAMP,
        httpRequest: {
          requestMethod: 'GET',
          requestUrl: 'https://a.example/x',
          status: 502,
          responseSize: '12',
          userAgent: 'curl',
          remoteIp: '192.0.2.7',
          latency: '0.25s',
        },
      },
      { client: '192.0.2.7', target: '/x', host: 'a.example', status: 502, bytes: 12, durationMs: 250 },
    ],
  ])('%s', (_, line, expected) => {
    expect(parsed('json', JSON.stringify(line))).toMatchObject({ time: TIME, ...expected });
  });
});

describe('broken JSON', () => {
  it.each<[title: string, value: string, agent: string]>([
    ['bytes in hex', 'a\\x41\\xc3\\xa9', 'aAé'],
    ['control and special characters in hex', '\\x01\\x22\\x5c\\x7f', '\x01"\\\x7f'],
    ['an escaped backslash before x', '\\\\x41\\x41', '\\x41A'],
    ['vertical tab', '\\v', '\v'],
    ['unknown escapes', '\\q\\x4', '\\q\\x4'],
    ['raw control characters', 'a\tb\x00', 'a\tb\0'],
    ['what JSON has itself', '\\u00e9\\n\\"\\x41', 'é\n"A'],
    ['bad unicode escapes', '\\u12', '\\u12'],
  ])('%s', (_, value, userAgent) => {
    const line = `{"time":"${TIMESTAMP}",\t"remote_addr":"192.0.2.7","user_agent":"${value}"}`;
    expect(parsed('json', line)).toMatchObject({ userAgent });
  });

  it.each([
    '',
    '{',
    '[]',
    '[{}]',
    '"a"',
    '1',
    'null',
    '{"a":"\\',
    '{"a":"b\\"}',
    '\\x41',
    '['.repeat(50_000),
    '{"a":'.repeat(20_000),
  ])('is rejected: %.20s', (line) => {
    expect(parsed('json', line)).toBe('bad-json');
  });
});

describe('rejects', () => {
  it.each<[line: string, code: string]>([
    ['{}', 'not-this-format'],
    [`{"time":"${TIMESTAMP}"}`, 'not-this-format'],
    [`{"time":"${TIMESTAMP}","client":"a b"}`, 'not-this-format'],
    [`{"time":"${TIMESTAMP}","host":"www.example.org"}`, 'not-this-format'],
    ['{"client":"192.0.2.7"}', 'not-this-format'],
    ['{"client":"192.0.2.7","time":"yesterday"}', 'bad-time'],
  ])('%s is %s', (line, code) => {
    expect(parsed('json', line)).toBe(code);
  });
});
