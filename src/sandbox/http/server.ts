import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SightlineError } from '../../model/errors.ts';
import type { Answer } from './answer.ts';

/** A request, read whole. */
export interface Incoming {
  readonly method: string;
  /** Still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; repeated ones joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How an answer goes out. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Half of the body, then the connection is reset. */
  | { readonly kind: 'truncated'; readonly answer: Answer }
  | { readonly kind: 'reset' };

export interface Server {
  /** `http://127.0.0.1:8443`. */
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** What a browser may call this machine; any other name was made to lead here by somebody else (DNS rebinding). */
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** Listens on loopback, never elsewhere. Throws SightlineError `port-in-use`. */
export async function openServer(
  port: number,
  maxBodyBytes: number,
  serve: (request: Incoming) => Promise<Reply>,
): Promise<Server> {
  const server = createServer((request, response) => {
    handle(request, response, maxBodyBytes, serve).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = cause.code === 'EADDRINUSE' ? `port ${port} is taken: choose another one` : cause.message;
      reject(new SightlineError('port-in-use', message, { cause }));
    });
    server.listen(port, LOOPBACK, resolve);
  });
  const address = server.address() as AddressInfo; // Not a pipe: it listens on a port.
  return {
    url: `http://${LOOPBACK}:${address.port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  maxBodyBytes: number,
  serve: (request: Incoming) => Promise<Reply>,
): Promise<void> {
  if (!LOCAL_HOST.test(request.headers.host ?? '')) {
    send(response, { status: 421, headers: { 'content-type': 'text/plain' }, body: 'for this machine only' });
    return;
  }
  const body = await readBody(request, maxBodyBytes);
  if (body === null) {
    const page = '<html><head><title>413 Request Entity Too Large</title></head></html>';
    send(response, { status: 413, headers: { 'content-type': 'text/html', connection: 'close' }, body: page });
    return;
  }
  const [path = '', ...query] = (request.url ?? '/').split('?');
  const reply = await serve({
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query.join('?')),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body,
  });
  if (reply.kind === 'reset') request.socket.resetAndDestroy();
  else if (reply.kind === 'answer') send(response, reply.answer);
  else truncate(request, response, reply.answer);
}

/** Null for one that is too long. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const bytes = Buffer.from(body);
  const length = status === 204 ? {} : { 'content-length': String(bytes.length) };
  response.writeHead(status, { ...headers, ...length }).end(bytes);
}

function truncate(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': String(bytes.length) });
  response.write(bytes.subarray(0, bytes.length >> 1), () => request.socket.destroy());
}
