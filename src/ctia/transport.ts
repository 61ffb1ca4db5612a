import { X509Certificate } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { answerTooLarge } from './answer.ts';
import { CtiaError } from './ctia-error.ts';
import type { Base } from './hosts.ts';

/** How connections are made. */
export interface TransportOptions {
  /** Proxy URLs and host names to reach without one, as in HTTPS_PROXY and NO_PROXY. Loopback is never proxied. */
  readonly proxy?: { readonly https?: string; readonly no?: string };
  /** PEM certificates to trust besides those that Node.js trusts. */
  readonly ca?: string;
  /** False: any certificate will do, towards loopback only. Default true. */
  readonly verifyTls?: boolean;
  /** Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Connections to one service at most. Default 8. */
  readonly connections?: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly base: Base;
  /** Path and query after the base. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** From the call to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  /** Takes the body of a 2xx answer as it comes, in place of `text`. A CtiaError that it throws ends the exchange. */
  readonly onBody?: (chunk: Buffer) => void;
  readonly signal: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** One pool of keep-alive connections to each service. */
export interface Transport {
  /** One request, one answer whatever its status. Throws CtiaError of phase `unsent` or `unanswered`. */
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** Throws CtiaError `bad-config-value`. */
export function transport(options: TransportOptions): Transport {
  const { connectTimeoutMs = 10_000, connections = 8, verifyTls = true, proxy } = options;
  if (proxy?.https !== undefined && !/^https?:$/.test(URL.parse(proxy.https)?.protocol ?? '')) {
    throw new CtiaError('bad-config-value', 'a proxy must look like http://host:port');
  }
  const ca = options.ca === undefined ? {} : { ca: [...trustedCertificates(), checkCertificates(options.ca)] };
  // The time-out of a whole exchange is kept by `exchangeOver`; undici's own would only be less exact.
  const pool = { connections, headersTimeout: 0, bodyTimeout: 0, connectTimeout: connectTimeoutMs, allowH2: false };
  const tls = { ...ca, timeout: connectTimeoutMs, allowH2: false };
  // Loaded with the first client, not with this module: a hundred files that commands which send nothing do without.
  const dispatchers = import('undici').then(({ Agent, EnvHttpProxyAgent }) => ({
    near: new Agent({ ...pool, connect: { ...tls, rejectUnauthorized: verifyTls } }),
    // Empty strings keep undici from reading the environment.
    far: new EnvHttpProxyAgent({
      ...pool,
      connect: tls,
      requestTls: tls,
      proxyTls: tls,
      httpProxy: '',
      httpsProxy: proxy?.https ?? '',
      noProxy: proxy?.no ?? '',
    }),
  }));
  let closed: Promise<void> | null = null;
  return {
    async exchange(request) {
      const { near, far } = await dispatchers;
      return exchangeOver(request.base.loopback ? near : far, request);
    },
    close() {
      closed ??= dispatchers.then(async ({ near, far }) => {
        await Promise.all([near.close(), far.close()]);
      });
      return closed;
    },
  };
}

/** Those of Node.js, whose TLS is loaded when they are asked for: most commands never do. */
function trustedCertificates(): readonly string[] {
  return process.getBuiltinModule('node:tls').getCACertificates('default');
}

/** Node.js passes over what it cannot read, and the connection fails later for no visible reason. */
function checkCertificates(pem: string): string {
  try {
    new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw new CtiaError('bad-config-value', 'the file of certificate authorities holds no PEM certificate', { cause });
  }
}

function exchangeOver(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpAnswer> {
  const { method, base, path, headers, body, timeoutMs, maxAnswerBytes, onBody, signal } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null;
    let over = false;
    let status = 0;
    let answerHeaders: HttpAnswer['headers'] = {};
    const chunks: Buffer[] = [];
    let take = (chunk: Buffer): void => {
      chunks.push(chunk);
    };
    let bytes = 0;

    const finish = (): void => {
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    const fail = (error: CtiaError): void => {
      if (over) return;
      finish();
      reject(error);
      controller?.abort(error);
    };
    const phase = (): 'unsent' | 'unanswered' => (controller === null ? 'unsent' : 'unanswered');
    const stop = (): void => fail(new CtiaError('aborted', 'stopped', { phase: phase(), cause: signal?.reason }));
    const timer = setTimeout(
      () => fail(new CtiaError('timed-out', `no complete answer within ${timeoutMs} ms`, { phase: phase() })),
      timeoutMs,
    );
    if (signal?.aborted === true) return stop();
    signal?.addEventListener('abort', stop, { once: true });

    dispatcher.dispatch(
      { origin: base.origin, path: base.prefix + path, method, headers, body },
      {
        // Called when a connection stands, just before the first byte is written.
        onRequestStart(started) {
          if (over) started.abort(new CtiaError('aborted', 'given up before it was sent'));
          else controller = started;
        },
        onResponseStart(_, statusCode, received) {
          status = statusCode;
          answerHeaders = received;
          if (onBody !== undefined && isSuccess(status)) take = onBody;
        },
        onResponseData(_, chunk) {
          bytes += chunk.length;
          try {
            if (bytes > maxAnswerBytes) throw answerTooLarge(`${maxAnswerBytes} bytes`);
            take(chunk);
          } catch (error) {
            if (!(error instanceof CtiaError)) throw error;
            fail(error);
          }
        },
        onResponseEnd() {
          if (over) return;
          finish();
          resolve({ status, headers: answerHeaders, text: Buffer.concat(chunks).toString('utf8') });
        },
        onResponseError(_, cause) {
          fail(networkError(cause, phase()));
        },
      },
    );
  });
}

function networkError(cause: Error & { code?: unknown }, phase: 'unsent' | 'unanswered'): CtiaError {
  const reason = typeof cause.code === 'string' ? cause.code : cause.message;
  if (reason === 'UND_ERR_CLOSED' || reason === 'UND_ERR_DESTROYED') {
    return new CtiaError('aborted', 'the client is closed', { phase, cause });
  }
  if (/^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/.test(reason)) {
    return new CtiaError('bad-certificate', `no connection that can be trusted (${reason})`, { phase, cause });
  }
  return phase === 'unsent'
    ? new CtiaError('not-connected', `no connection (${reason})`, { phase, cause })
    : new CtiaError('interrupted', `connection lost before the answer was complete (${reason})`, { phase, cause });
}
