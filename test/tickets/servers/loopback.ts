import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Told {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, a text as it is. */
  readonly body?: unknown;
}

export interface Loopback {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server on a free port of 127.0.0.1. */
export async function listen(answer: (asked: Asked) => Told | Promise<Told>): Promise<Loopback> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const { method = '', headers } = request;
    const told = await answer({ method, path: pathname, query: searchParams, headers, text: await text(request) });
    response.writeHead(told.status, { 'content-type': 'application/json', ...told.headers });
    response.end(told.body === undefined || typeof told.body === 'string' ? told.body : JSON.stringify(told.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
