import { getCACertificates } from 'node:tls';
import { EnvHttpProxyAgent, request as send } from 'undici';
import { toTerminal } from '../escape/escape.ts';
import { networkError, parseOr, refusal } from './http-failure.ts';
import { TicketError } from './ticket-error.ts';

/** How a ticket system is reached. */
export interface HttpSettings {
  /** `https://host[:port][/path]`; plain http to loopback only. */
  readonly url: string;
  /** PEM certificates to trust besides those that Node.js trusts. */
  readonly ca?: string;
  /** Proxy URL, and host names to reach without one. */
  readonly proxy?: { readonly https?: string; readonly no?: string };
  /** From the call to the last byte of the answer. Default 30,000. */
  readonly timeoutMs?: number;
  /** Default 16 MiB. */
  readonly maxAnswerBytes?: number;
  /** Epoch ms. */
  readonly clock: () => number;
}

export interface HttpOptions extends HttpSettings {
  /** Sent with every request. Never part of an error. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Texts that must not appear in an error, whatever the server answers. */
  readonly secrets: readonly string[];
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Path and query after the base; or a whole URL, checked as the base is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Http {
  /** Base URL without a slash at its end. */
  readonly base: string;
  /** One request, one 2xx answer. Throws TicketError. */
  call(call: HttpCall): Promise<HttpAnswer>;
  /** As `call`, sending and reading JSON. */
  json(method: HttpCall['method'], path: string, body?: unknown, headers?: HttpCall['headers']): Promise<JsonAnswer>;
  close(): Promise<void>;
}

export interface JsonAnswer extends HttpAnswer {
  /** Parsed; undefined for an empty answer. */
  readonly body: unknown;
}

const CONNECT_TIMEOUT_MS = 10_000;
const CONNECTIONS = 4;
const MAX_REASON_LENGTH = 300;

/** One pool of connections to one ticket system. Throws TicketError `bad-options`. */
export function http(options: HttpOptions): Http {
  const { secrets, ca, proxy, timeoutMs = 30_000, maxAnswerBytes = 16 * 2 ** 20, clock } = options;
  const base = checkUrl(options.url);
  const tls = ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] };
  const dispatcher = new EnvHttpProxyAgent({
    connections: CONNECTIONS,
    allowH2: false,
    connect: { ...tls, timeout: CONNECT_TIMEOUT_MS },
    requestTls: tls,
    proxyTls: tls,
    // Empty strings keep undici from reading the environment.
    httpProxy: '',
    httpsProxy: proxy?.https ?? '',
    noProxy: proxy?.no ?? '',
  });
  const clean = (text: string): string => {
    const known = secrets
      .filter((secret) => secret !== '')
      .reduce((rest, it) => rest.replaceAll(it, '[redacted]'), text);
    return toTerminal(known.replace(/\s+/g, ' ').trim().slice(0, MAX_REASON_LENGTH));
  };

  async function call({ method, path, headers, body }: HttpCall): Promise<HttpAnswer> {
    const url = path.startsWith('/') ? base + path : checkUrl(path);
    const where = `${method} ${clean(url.split('?', 1)[0] ?? '')}`;
    let answer: HttpAnswer;
    try {
      const response = await send(url, {
        method,
        dispatcher,
        headers: { ...options.headers, ...headers },
        body: body ?? null,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of response.body) {
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) {
          throw new TicketError('bad-answer', `${where}: an answer above ${maxAnswerBytes} bytes`, {
            phase: 'unanswered',
          });
        }
        chunks.push(chunk);
      }
      answer = { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') };
    } catch (cause) {
      if (cause instanceof TicketError) throw cause;
      throw networkError(where, cause);
    }
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw refusal(where, answer, clean, clock());
  }

  return {
    base,
    call,
    async json(method, path, body, headers) {
      const answer = await call({
        method,
        path,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { ...answer, body: parse(`${method} ${path.split('?', 1)[0]}`, answer) };
    },
    close: () => dispatcher.close(),
  };
}

/** Reads a URL: HTTPS, or HTTP to loopback, without credentials or fragment. */
function checkUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TicketError('bad-options', 'the URL of a ticket system must look like https://host[:port][/path]');
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new TicketError('bad-options', `the URL of ${url.host} must hold no credentials and no fragment`);
  }
  if (url.protocol === 'http:' && !/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) {
    throw new TicketError('bad-options', `${url.origin} must be https: plain http is for loopback addresses only`);
  }
  return url.href.replace(/\/+$/, '');
}

/** The server's clock by its `Date` header, or ours where it has none. Epoch ms. */
export function serverTime(headers: HttpAnswer['headers'], clock: () => number): number {
  const date = Date.parse(String(headers.date));
  return Number.isNaN(date) ? clock() : date;
}

function parse(where: string, { status, text }: HttpAnswer): unknown {
  if (text.trim() === '') return undefined;
  const body = parseOr(text, parse);
  if (body !== parse) return body;
  throw new TicketError('bad-answer', `${where}: the answer is no JSON`, { phase: 'unanswered', status });
}
