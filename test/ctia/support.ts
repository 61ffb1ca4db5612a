import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type CtiaOptions, ctiaClient, type Timing } from '../../src/ctia/ctia.ts';

/** What came in, kept for assertions. */
export interface Seen {
  readonly route: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** How one request is answered. */
export type Step = (response: ServerResponse, seen: Seen) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly port: number;
  readonly seen: Seen[];
  /** Requests of a route (`GET /ctia/status`) take these steps one by one; the last one answers all that follow. */
  on(route: string, ...steps: readonly Step[]): void;
  /** Requests of a route that came in. */
  calls(route: string): Seen[];
  close(): Promise<void>;
}

export const PEM = {
  key: readFileSync(join(import.meta.dirname, 'tls', 'key.pem'), 'utf8'),
  cert: readFileSync(join(import.meta.dirname, 'tls', 'cert.pem'), 'utf8'),
};

export const TOKEN_ROUTE = 'POST /iroh/oauth2/token';
export const IMPORT_ROUTE = 'POST /ctia/bundle/import';

/** An HTTP server on loopback that answers by script. A token is given out unless the script says otherwise. */
export async function scriptedServer(options: { readonly tls?: boolean } = {}): Promise<ScriptedServer> {
  const script = new Map<string, Step[]>();
  const seen: Seen[] = [];
  let tokens = 0;
  script.set(TOKEN_ROUTE, [
    (response) => json(200, { access_token: `token-${++tokens}`, expires_in: 600, scope: 'private-intel' })(response),
  ]);

  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://localhost');
      const route = `${request.method} ${url.pathname}`;
      const one = { route, query: url.searchParams, headers: request.headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      const steps = script.get(route) ?? [text(501, `no script for ${route}`)];
      const step = steps.length > 1 ? steps.shift() : steps[0];
      step?.(response, one);
    });
  };
  const server = options.tls === true ? createTlsServer(PEM, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === true ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    seen,
    on: (route, ...steps) => script.set(route, [...steps]),
    calls: (route) => seen.filter((one) => one.route === route),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(status: number, body: unknown, headers: OutgoingHttpHeaders = {}) {
  return text(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function text(status: number, body: string, headers: OutgoingHttpHeaders = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };
}

/** Closes the connection without an answer. */
export const reset: Step = (response) => response.socket?.resetAndDestroy();

/** Never answers. */
export const silence: Step = () => {};

export interface FakeTiming extends Timing {
  /** How long was slept, each time. */
  readonly slept: number[];
  now: number;
}

/** Time that passes only by sleeping (or by setting `now`), and chance that is always a half. */
export function fakeTiming(): FakeTiming {
  const timing: FakeTiming = {
    now: Date.UTC(2025, 9, 10, 12),
    slept: [],
    clock: () => timing.now,
    random: () => 0.5,
    async sleep(ms) {
      timing.slept.push(ms);
      timing.now += ms;
    },
  };
  return timing;
}

export const CREDENTIALS = { clientId: 'client-1', clientPassword: 'correct-horse-battery' };

/** A client of a scripted server, which plays both services, by the direct route. */
export function clientOf(server: ScriptedServer, options: Partial<CtiaOptions> = {}) {
  return ctiaClient({
    credentials: CREDENTIALS,
    route: 'direct',
    irohUrl: server.url,
    ctiaUrl: server.url,
    timing: fakeTiming(),
    ...options,
  });
}
