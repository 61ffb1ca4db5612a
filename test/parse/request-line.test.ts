import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinRequest, NO_REQUEST, requestOf, splitRequest } from '../../src/parse/request-line.ts';

const parts = (
  method: string | null,
  target: string | null,
  query: string | null,
  protocol: string | null,
  authority: string | null = null,
) => ({ method, target, stem: target === null ? null : (target.split('?')[0] ?? null), query, protocol, authority });

describe('requests', () => {
  it.each<[request: string, expected: object]>([
    ['GET / HTTP/1.1', parts('GET', '/', null, 'HTTP/1.1')],
    ['GET /a?b?c HTTP/1.0', parts('GET', '/a?b?c', 'b?c', 'HTTP/1.0')],
    ['GET /a? HTTP/2.0', parts('GET', '/a?', '', 'HTTP/2.0')],
    ['GET ?a HTTP/1.1', parts('GET', '?a', 'a', 'HTTP/1.1')],
    ['PROPFIND /a HTTP/3', parts('PROPFIND', '/a', null, 'HTTP/3')],
    ['OPTIONS * HTTP/1.1', parts('OPTIONS', '*', null, 'HTTP/1.1')],
    ['OPTIONS sip:nm SIP/2.0', parts('OPTIONS', 'sip:nm', null, 'SIP/2.0')],
    ['OPTIONS / RTSP/1.0', parts('OPTIONS', '/', null, 'RTSP/1.0')],
    ['CONNECT a.example:443 HTTP/1.1', parts('CONNECT', 'a.example:443', null, 'HTTP/1.1', 'a.example:443')],
    ['GET http://u@A.example:81/x?y HTTP/1.1', parts('GET', '/x?y', 'y', 'HTTP/1.1', 'u@A.example:81')],
    ['GET http://a.example HTTP/1.1', parts('GET', '/', null, 'HTTP/1.1', 'a.example')],
    ['GET http://a.example?x HTTP/1.1', parts('GET', '/?x', 'x', 'HTTP/1.1', 'a.example')],
    ['GET file:///etc/passwd HTTP/1.1', parts('GET', '/etc/passwd', null, 'HTTP/1.1', '')],
    ['GET http://a.example/', parts('GET', '/', null, null, 'a.example')],
    ['GET /', parts('GET', '/', null, null)],
    ['GET /a b', parts('GET', '/a b', null, null)],
    ['GET /a b HTTP/1.1', parts('GET', '/a b', null, 'HTTP/1.1')],
    ['GET  /a  HTTP/1.1', parts('GET', '/a', null, 'HTTP/1.1')],
    ['GET ../../etc/passwd HTTP/1.1', parts('GET', '../../etc/passwd', null, 'HTTP/1.1')],
    ['get / http/1.1', parts('get', '/', null, 'http/1.1')],
    ['GET / HTTP/1.1x', parts('GET', '/ HTTP/1.1x', null, null)],
    ['GET /a HTTP/1.1 x', parts('GET', '/a HTTP/1.1 x', null, null)],
  ])('%s', (request, expected) => {
    expect(splitRequest(request)).toEqual(expected);
  });

  it.each([
    '',
    '-',
    'GET',
    'GET ',
    ' / HTTP/1.1',
    '\x16\x03\x01\x02',
    'SSH-2.0-Go',
    'hello world',
    'G(T / HTTP/1.1',
    'GET HTTP/1.1',
    'é / HTTP/1.1',
    `${'A'.repeat(65)} / HTTP/1.1`,
  ])('no request: %j', (request) => {
    expect(splitRequest(request)).toEqual(NO_REQUEST);
  });

  it('keeps any target without blanks at its ends whole', () => {
    fc.assert(
      fc.property(fc.string(), (tail) => {
        const target = `/${tail}`.trimEnd();
        expect(splitRequest(`POST ${target} HTTP/1.1`)).toMatchObject({ method: 'POST', target, protocol: 'HTTP/1.1' });
      }),
    );
  });
});

describe('parts', () => {
  it('make a request line again, when there are enough', () => {
    expect(requestOf(joinRequest('GET', '/a?b', 'HTTP/1.1'))).toBe('GET /a?b HTTP/1.1');
    expect(requestOf(joinRequest('GET', '/a?b', null))).toBe('GET /a?b');
    expect(requestOf(joinRequest(null, '/a', null))).toBeNull();
    expect(requestOf(joinRequest('GET', null, 'HTTP/1.1'))).toBeNull();
  });

  it('may hold an absolute target', () => {
    expect(joinRequest('GET', 'https://a.example/x', null)).toMatchObject({ target: '/x', authority: 'a.example' });
  });
});
