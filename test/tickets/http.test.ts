import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { http } from '../../src/tickets/http.ts';
import { type Asked, type Loopback, listen, type Told } from './servers/loopback.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const SECRET = 'secret-token-1234';
let server: Loopback;
let told: Told = { status: 200 };
let asked: Asked | null = null;

beforeAll(async () => {
  server = await listen(async (request) => {
    asked = request;
    if (request.path === '/late') await new Promise((resolve) => setTimeout(resolve, 2000));
    return told;
  });
});
afterAll(() => server.stop());

const open = (given: { timeoutMs?: number; maxAnswerBytes?: number } = {}) =>
  http({ url: `${server.url}/base/`, secrets: [SECRET, ''], headers: { 'x-key': SECRET }, clock: () => NOW, ...given });

it('sends JSON below its base, and reads it', async () => {
  told = { status: 201, body: { id: 5 } };
  const web = open();
  const answer = await web.json('POST', '/tickets?a=1', { text: 'ü' });
  expect(answer).toMatchObject({ status: 201, body: { id: 5 } });
  expect(asked).toMatchObject({ method: 'POST', path: '/base/tickets', text: '{"text":"ü"}' });
  expect(asked?.headers).toMatchObject({
    'x-key': SECRET,
    'content-type': 'application/json',
    accept: 'application/json',
  });
  await web.close();
});

it('takes an empty answer', async () => {
  told = { status: 204 };
  const web = open();
  expect((await web.json('GET', '/')).body).toBeUndefined();
  await web.close();
});

describe('an answer of', () => {
  it.each([
    [401, {}, '', 'unauthorised', 'answered'],
    [403, {}, '{"message":"No permission"}', 'refused', 'answered'],
    [404, {}, '', 'not-found', 'answered'],
    [410, {}, '', 'not-found', 'answered'],
    [408, {}, '', 'unreachable', 'answered'],
    [409, {}, '', 'conflict', 'answered'],
    [412, {}, '', 'conflict', 'answered'],
    [422, {}, '{"errors":["Subject cannot be blank"]}', 'refused', 'answered'],
    [429, { 'retry-after': '7' }, '', 'rate-limited', 'answered'],
    [500, {}, 'oops', 'unreachable', 'unanswered'],
    [503, { 'retry-after': 'Sun, 22 Nov 2026 12:00:07 GMT' }, '', 'unreachable', 'unanswered'],
    [302, { location: 'https://login.example/' }, '', 'refused', 'answered'],
  ] as const)('%i %j is told', async (status, headers, body, code, phase) => {
    told = { status, headers, body };
    const web = open();
    const retryAt = 'retry-after' in headers ? NOW + 7000 : null;
    await expect(web.json('GET', '/x?q=1')).rejects.toMatchObject({ code, phase, status, retryAt });
    await web.close();
  });

  it.each([
    ['{"message":"No permission"}', 'No permission'],
    ['{"errors":["Subject cannot be blank","Tracker is invalid"]}', 'Subject cannot be blank; Tracker is invalid'],
    ['{"errorMessages":[],"errors":{"summary":"is too long"}}', 'is too long'],
    ['{"error":{"message":"No Record found","detail":""},"status":"failure"}', 'No Record found; failure'],
    ['<html><head><title>Bad \u001b[31m gateway</title></head></html>', 'Bad \\x1b[31m gateway'],
    ['<html>nothing</html>', ''],
    [`token ${SECRET} is wrong\n\u202e`, 'token [redacted] is wrong \\u{202e}'],
    [JSON.stringify({ a: { b: { c: { d: { e: { f: { g: 'too deep' } } } } } } }), ''],
  ])('%j gives the reason %j', async (body, reason) => {
    told = { status: 422, body };
    const web = open();
    await expect(web.json('GET', '/x?q=1')).rejects.toThrow(
      `GET ${server.url}/base/x: HTTP 422${reason === '' ? '' : `, ${reason}`}`,
    );
    await web.close();
  });

  it.each(['not JSON', '<html>'])('200 and %j is no answer', async (body) => {
    told = { status: 200, body };
    const web = open();
    await expect(web.json('GET', '/')).rejects.toMatchObject({ code: 'bad-answer', phase: 'unanswered' });
    await web.close();
  });

  it('too many bytes is no answer', async () => {
    told = { status: 200, body: JSON.stringify('x'.repeat(2000)) };
    const web = open({ maxAnswerBytes: 1000 });
    await expect(web.json('GET', '/')).rejects.toMatchObject({ code: 'bad-answer', phase: 'unanswered' });
    await web.close();
  });
});

it('gives up waiting, and does not know then what was done', async () => {
  told = { status: 200, body: '{}' };
  const web = http({ url: server.url, secrets: [], clock: () => NOW, timeoutMs: 50 });
  await expect(web.json('GET', '/late')).rejects.toMatchObject({ code: 'unreachable', phase: 'unanswered' });
  await web.close();
});

it.each([
  ['http://tickets.example.org', /must be https/],
  ['http://127.0.0.1.example.org', /must be https/],
  ['https://user:password@tickets.example.org', /no credentials/],
  ['https://tickets.example.org/#x', /no fragment/],
  ['ftp://tickets.example.org', /must look like https/],
  ['tickets', /must look like https/],
])('refuses the URL %s', (url, message) => {
  const open = () => http({ url, secrets: [], clock: () => NOW });
  expect(open).toThrow(expect.objectContaining({ code: 'bad-options', message: expect.stringMatching(message) }));
});

describe('towards a server with a certificate of its own', () => {
  const tls = join(import.meta.dirname, '..', 'ctia', 'tls');
  const cert = readFileSync(join(tls, 'cert.pem'), 'utf8');
  const secure = createServer({ cert, key: readFileSync(join(tls, 'key.pem'), 'utf8') }, (_, response) =>
    response.end('{}'),
  );
  let url = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    secure.closeAllConnections();
    await new Promise((resolve) => secure.close(resolve));
  });

  it('sends nothing when nobody vouches for it', async () => {
    const web = http({ url, secrets: [], clock: () => NOW });
    await expect(web.json('GET', '/')).rejects.toMatchObject({ code: 'unreachable', phase: 'unsent' });
    await web.close();
  });

  it('sends when the settings vouch for it', async () => {
    const web = http({ url, secrets: [], clock: () => NOW, ca: cert });
    expect((await web.json('GET', '/')).body).toEqual({});
    await web.close();
  });
});

it('goes through the proxy that it is given, and through none that is not for it', async () => {
  const asked: string[] = [];
  const proxy = createPlainServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const https = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const open = (no: string) =>
    http({ url: 'https://tickets.invalid', secrets: [], clock: () => NOW, proxy: { https, no } });
  for (const no of ['', 'tickets.invalid']) {
    const web = open(no);
    await expect(web.json('GET', '/')).rejects.toMatchObject({ code: 'unreachable' });
    await web.close();
  }
  expect(asked).toEqual(['tickets.invalid:443']);
  await new Promise((resolve) => proxy.close(resolve));
});
