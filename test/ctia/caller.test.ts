import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CtiaClient, CtiaError, type Exchange } from '../../src/ctia/ctia.ts';
import {
  CREDENTIALS,
  clientOf,
  type FakeTiming,
  fakeTiming,
  json,
  reset,
  type ScriptedServer,
  type Step,
  scriptedServer,
  silence,
  TOKEN_ROUTE,
  text,
} from './support.ts';

const STATUS = 'GET /ctia/status';
const CREATE = 'POST /ctia/note';
const ok = json(200, { status: 'ok' });
const token = (name: string, expires = 600) => json(200, { access_token: name, expires_in: expires });

let server: ScriptedServer;
let timing: FakeTiming;
let client: CtiaClient;

beforeEach(async () => {
  server = await scriptedServer();
  timing = fakeTiming();
  client = clientOf(server, { timing });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

/** The error that a call ends with. */
async function failureOf(call: Promise<unknown>): Promise<CtiaError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CtiaError)) throw new Error(`no CtiaError but ${String(error)}`);
  return error;
}

describe('token', () => {
  it('is asked for by the client credentials grant, when it is first needed', async () => {
    server.on(STATUS, ok);
    expect(server.seen).toEqual([]);
    await client.status();
    const [asked, used] = server.seen;
    expect(asked).toMatchObject({ route: TOKEN_ROUTE, body: 'grant_type=client_credentials' });
    expect(asked?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('client-1:correct-horse-battery').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    });
    expect(used?.headers.authorization).toBe('Bearer token-1');
  });

  it('is fetched once for requests at once', async () => {
    server.on(STATUS, ok);
    await Promise.all(Array.from({ length: 10 }, () => client.status()));
    expect(server.calls(TOKEN_ROUTE)).toHaveLength(1);
    expect(server.calls(STATUS)).toHaveLength(10);
  });

  it('is renewed a minute before it expires', async () => {
    server.on(STATUS, ok);
    await client.status();
    timing.now += 539_000;
    await client.status();
    expect(server.calls(TOKEN_ROUTE)).toHaveLength(1);
    timing.now += 1_000;
    await client.status();
    expect(server.calls(STATUS).at(-1)?.headers.authorization).toBe('Bearer token-2');
  });

  it('that lives shortly is used for half of its life', async () => {
    server.on(TOKEN_ROUTE, token('short', 20));
    server.on(STATUS, ok);
    await client.status();
    timing.now += 9_000;
    await client.status();
    expect(server.calls(TOKEN_ROUTE)).toHaveLength(1);
    timing.now += 1_000;
    await client.status();
    expect(server.calls(TOKEN_ROUTE)).toHaveLength(2);
  });

  it('that is refused is replaced once, for all requests at once together', async () => {
    const guard: Step = (response, { headers }) =>
      (headers.authorization === 'Bearer token-1' ? json(401, { error: 'jwt_expired' }) : ok)(response);
    server.on(STATUS, guard);
    await Promise.all(Array.from({ length: 5 }, () => client.status()));
    expect(server.calls(TOKEN_ROUTE)).toHaveLength(2);
    expect(timing.slept).toEqual([]);
  });

  it('that is refused again is given up', async () => {
    server.on(STATUS, json(401, { error: 'jwt_expired', error_description: 'Token is expired' }));
    const error = await failureOf(client.status());
    expect(error).toMatchObject({ code: 'unauthorised', status: 401, serverCode: 'jwt_expired', phase: 'answered' });
    expect(error.message).toContain('Token is expired');
    expect(server.calls(STATUS)).toHaveLength(2);
  });

  it('from outside is used as it is and never renewed', async () => {
    const own = clientOf(server, { credentials: { token: 'given' } });
    server.on(STATUS, json(401, { error: 'jwt_expired' }));
    expect(await failureOf(own.status())).toMatchObject({ code: 'unauthorised' });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer given']);
    await own.close();
  });

  it.each([400, 401])('refused with %i is told with what to check, and is not tried again', async (status) => {
    server.on(TOKEN_ROUTE, json(status, { error: 'invalid_client', error_description: 'unknown client' }));
    const error = await failureOf(client.status());
    expect(error).toMatchObject({ code: 'token-refused', status, serverCode: 'invalid_client' });
    expect(error.message).toMatch(/unknown client.*region/);
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['500', text(500, '')],
    ['502 HTML', text(502, '<html><title>Bad Gateway</title></html>')],
    ['a reset', reset],
    ['half an answer', text(200, '{"access_token": "tok')],
    ['no token', json(200, { token_type: 'bearer' })],
    ['a token that would break a header', json(200, { access_token: 'a\r\nX-Evil: 1' })],
  ])('is asked for again after %s', async (_, fault) => {
    server.on(TOKEN_ROUTE, fault, token('second'));
    server.on(STATUS, ok);
    expect(await client.status()).toEqual({ status: 'ok' });
    expect(timing.slept).toHaveLength(1);
    expect(server.calls(STATUS)[0]?.headers.authorization).toBe('Bearer second');
  });

  it('that cannot be had is not asked for more often than the policy allows', async () => {
    server.on(TOKEN_ROUTE, text(500, ''));
    const calls = await Promise.all([failureOf(client.status()), failureOf(client.status())]);
    expect(calls.map(({ code }) => code)).toEqual(['server-error', 'server-error']);
    expect(server.calls(TOKEN_ROUTE)).toHaveLength(6);
  });

  it('is not asked for again while the server wants to be left alone', async () => {
    server.on(TOKEN_ROUTE, json(429, {}, { 'retry-after': '3600' }), token('late'));
    server.on(STATUS, ok);
    expect(await failureOf(client.status())).toMatchObject({ code: 'rate-limited', status: 429 });
    expect(await failureOf(client.status())).toMatchObject({ code: 'rate-limited', status: null });
    expect(server.seen).toHaveLength(1);
    timing.now += 3_600_000;
    expect(await client.status()).toEqual({ status: 'ok' });
  });

  it('that lacks the scope keeps a request at home, and the missing scope is named', async () => {
    server.on(TOKEN_ROUTE, json(200, { access_token: 't', scope: 'private-intel:read inspect' }));
    const error = await failureOf(client.importBundle('{"source":"x"}', { prefix: 'p-' }));
    expect(error).toMatchObject({ code: 'missing-scope', phase: 'unsent' });
    expect(error.message).toMatch(/lacks the scope private-intel:write \(it has: private-intel:read inspect\)/);
    expect(server.seen).toHaveLength(1);
    expect(await client.scopes()).toEqual(['private-intel:read', 'inspect']);
  });
});

describe('a repeatable request is carried out again after', () => {
  it.each([
    ['500', json(500, { type: 'unknown-exception', class: 'x' })],
    ['502 HTML', text(502, '<html><title>Bad Gateway</title></html>', { 'content-type': 'text/html' })],
    ['503 with nothing', text(503, '')],
    ['504', text(504, 'upstream request timeout')],
    ['a reset', reset],
    ['truncated JSON', text(200, '{"status": "o')],
    ['an empty success', text(200, '')],
    ['an answer of another shape', json(200, [1])],
    [
      'an answer cut short',
      ((response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"sta');
        response.socket?.end();
      }) satisfies Step,
    ],
  ])('%s, when it had time to settle', async (_, fault) => {
    server.on(STATUS, fault, ok);
    expect(await client.status()).toEqual({ status: 'ok' });
    expect(timing.slept).toEqual([3250]);
  });

  it.each([
    ['seconds', '42', 42_250],
    ['a date', 'Fri, 10 Oct 2025 12:01:00 GMT', 60_250],
  ])('429 with Retry-After in %s, no earlier', async (_, header, expected) => {
    server.on(STATUS, json(429, { error: 'Too Many Requests' }, { 'retry-after': header }), ok);
    await client.status();
    expect(timing.slept).toEqual([expected]);
  });

  it('silence', async () => {
    const hasty = clientOf(server, { timing, timeoutMs: 100 });
    server.on(STATUS, silence, ok);
    expect(await hasty.status()).toEqual({ status: 'ok' });
    expect(timing.slept).toEqual([3250]);
    await hasty.close();
  });
});

describe('a request is given up', () => {
  it('when any pause is longer than may be waited', async () => {
    const impatient = clientOf(server, { timing, retry: { maxWaitMs: 100 } });
    server.on(STATUS, json(500, {}));
    await expect(impatient.status()).rejects.toThrow('any pause is longer than is waited here');
    expect(server.calls(STATUS)).toHaveLength(1);
    await impatient.close();
  });

  it('when the server asks to wait for an hour; the next one is not even sent', async () => {
    server.on(STATUS, json(429, { error: 'Too Many Requests' }, { 'retry-after': '3600' }), ok);
    expect(await failureOf(client.status())).toMatchObject({
      code: 'rate-limited',
      status: 429,
      retryAfterMs: 3_600_000,
    });
    timing.now += 600_000;
    const next = await failureOf(client.status());
    expect(next).toMatchObject({ code: 'rate-limited', status: null, retryAfterMs: 3_000_000 });
    expect(next.message).toContain('3000 s');
    expect(server.calls(STATUS)).toHaveLength(1);
    timing.now += 3_000_000;
    expect(await client.status()).toEqual({ status: 'ok' });
    expect(timing.slept).toEqual([]);
  });

  it.each([
    ['bad-request', 400],
    ['forbidden', 403],
    ['not-found', 404],
    ['too-large', 413],
    ['unexpected-status', 302],
    ['unexpected-status', 418],
  ])('as %s at once after %i', async (code, status) => {
    server.on(STATUS, text(status, ''));
    expect(await failureOf(client.status())).toMatchObject({ code, status, serverMessage: null });
    expect(server.calls(STATUS)).toHaveLength(1);
  });

  it('after one attempt while there is no connection, as soon as six in a row have failed', async () => {
    const { port } = server;
    const own = clientOf(server, { timing });
    await server.close();
    expect((await failureOf(own.version())).message).toMatch(/given up after 6 attempts$/);
    const pauses = timing.slept.length;
    expect((await failureOf(own.version())).message).toMatch(/given up after 1 attempt$/);
    expect(timing.slept).toHaveLength(pauses);
    const back = createServer((_, response) => response.writeHead(500, { connection: 'close' }).end());
    await new Promise<void>((resolve) => back.listen(port, '127.0.0.1', resolve));
    // Any answer will do: the next call has all its attempts again.
    await failureOf(own.version());
    expect((await failureOf(own.version())).message).toMatch(/HTTP 500; given up after 6 attempts$/);
    await new Promise((resolve) => back.close(resolve));
    await own.close();
  });

  it('after six attempts', async () => {
    server.on(STATUS, text(500, ''));
    const error = await failureOf(client.status());
    expect(error.message).toMatch(/HTTP 500; given up after 6 attempts$/);
    expect(server.calls(STATUS)).toHaveLength(6);
  });

  it.each([
    ['a reset', 'interrupted', reset],
    ['500', 'server-error', text(500, '')],
    ['truncated JSON', 'bad-answer', text(201, '{')],
  ])('after %s when carrying it out twice would do harm', async (_, code, fault) => {
    server.on(CREATE, fault, json(201, { id: 'x' }));
    expect(await failureOf(client.entities('note').create({}))).toMatchObject({ code });
    expect(server.calls(CREATE)).toHaveLength(1);
  });

  it('when the answer is larger than allowed', async () => {
    const modest = clientOf(server, { maxAnswerBytes: 10_000 });
    server.on(STATUS, (response) => {
      response.writeHead(200);
      for (let i = 0; i < 100; i++) response.write('x'.repeat(10_000));
      response.end();
    });
    expect(await failureOf(modest.status())).toMatchObject({ code: 'answer-too-large' });
    expect(server.calls(STATUS)).toHaveLength(1);
    await modest.close();
  });

  it('when nobody listens, after trying', async () => {
    await server.close();
    expect(await failureOf(client.version())).toMatchObject({ code: 'not-connected', phase: 'unsent', status: null });
    expect(timing.slept).toHaveLength(5);
    server = await scriptedServer();
  });

  it('when the client is closed', async () => {
    await client.close();
    expect(await failureOf(client.status())).toMatchObject({ code: 'aborted', phase: 'unsent' });
    expect(timing.slept).toEqual([]);
  });

  it.each([
    ['in flight', silence],
    ['waiting', text(500, '')],
  ])('when it is stopped while %s', async (_, step) => {
    const stop = new AbortController();
    const real = {
      ...timing,
      sleep: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    };
    const own = clientOf(server, { timing: real, signal: stop.signal });
    server.on(STATUS, (response, seen) => {
      step(response, seen);
      setTimeout(() => stop.abort(), 20);
    });
    expect(await failureOf(own.status())).toMatchObject({ code: 'aborted' });
    expect(await failureOf(own.status())).toMatchObject({ code: 'aborted', phase: 'unsent' });
    expect(server.calls(STATUS)).toHaveLength(1);
    await own.close();
  });
});

it('keeps a long replay under the limit that the server states', async () => {
  server.on(STATUS, json(200, { status: 'ok' }, { 'X-RateLimit-GROUP-Limit': '100' }));
  const from = timing.now;
  for (let i = 0; i < 90; i++) await client.status();
  expect(timing.now - from).toBeGreaterThan(3_500_000);
  expect(timing.now - from).toBeLessThan(3_700_000);
});

describe('what is told', () => {
  it('names requests without their query, and holds no secret', async () => {
    const heard: Exchange[] = [];
    const own = clientOf(server, { timing, onExchange: (exchange) => heard.push(exchange) });
    const leak = `client-1:${CREDENTIALS.clientPassword} Bearer token-1 https://h/ctia/feed/f/view.txt?s=feedsecret&x=1 eyJhbGciOi.eyJz.c2ln`;
    server.on('GET /ctia/feed/f/view.txt', json(400, { error: leak }));
    const error = await failureOf(own.feedValues('f', 'feedsecret'));
    server.on(STATUS, json(400, { message: leak }));
    const other = await failureOf(own.status());
    const told = JSON.stringify([heard, error.message, error.serverMessage, other.message, other, String(other.cause)]);
    expect(told).not.toMatch(/correct-horse|token-1|feedsecret|eyJ/);
    expect(told).toContain('[redacted]');
    expect(heard.map(({ method, url, status, code }) => [method, url, status, code])).toEqual([
      ['GET', `${server.url}/ctia/feed/f/view.txt`, 400, 'bad-request'],
      ['POST', `${server.url}/iroh/oauth2/token`, 200, null],
      ['GET', `${server.url}/ctia/status`, 400, 'bad-request'],
    ]);
    await own.close();
  });

  it.each([
    ['Sun, 22 Nov 2026 12:00:00 GMT', Date.UTC(2026, 10, 22, 12)],
    ['yesterday', null],
  ])('tells the time that the server says it is: %s', async (date, expected) => {
    const heard: Exchange[] = [];
    const own = clientOf(server, { timing, onExchange: (exchange) => heard.push(exchange) });
    server.on('GET /ctia/version', json(200, {}, { date }));
    await own.version();
    expect(heard.map(({ serverTime }) => serverTime)).toEqual([expected]);
    await own.close();
  });

  it('sends no token where none is needed', async () => {
    server.on('GET /ctia/version', json(200, { base: '/ctia' }));
    expect(await client.version()).toEqual({ base: '/ctia' });
    expect(server.seen.map(({ route, headers }) => [route, headers.authorization])).toEqual([
      ['GET /ctia/version', undefined],
    ]);
  });
});
