import { type CtiaCode, CtiaError, restate } from './ctia-error.ts';
import { failureOf, readHttpDate } from './failure.ts';
import type { Base, Service } from './hosts.ts';
import type { Pacer } from './pacer.ts';
import { withoutQuery } from './path.ts';
import type { Redactor } from './redact.ts';
import type { Timing } from './timing.ts';
import { type HttpAnswer, type HttpRequest, isSuccess, type Transport } from './transport.ts';

/** One exchange, for a log: no query, no header, no body. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** Null when no answer came. */
  readonly status: number | null;
  /** Null for success. */
  readonly code: CtiaCode | null;
  readonly durationMs: number;
  /** The server's clock (`Date` header), epoch ms; null when it did not say. */
  readonly serverTime: number | null;
}

/** One request but for where it goes and how long it may take. */
export type Request = Omit<HttpRequest, 'base' | 'signal' | 'timeoutMs'>;

/** How exchanges are made. */
export interface ExchangeOptions {
  readonly bases: Readonly<Record<Service, Base>>;
  readonly transport: Transport;
  readonly timing: Timing;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly userAgent: string;
  readonly onExchange: ((exchange: Exchange) => void) | undefined;
}

/** Makes single exchanges: any status but 2xx is an error, every error names the request, what limits say is heeded. */
export function exchanger(
  options: ExchangeOptions,
  pacers: Readonly<Record<Service, Pacer>>,
  misses: Record<Service, number>,
  redact: Redactor,
) {
  const { bases, transport, timing, timeoutMs, signal, userAgent } = options;
  return async function exchange<T>(service: Service, request: Request, read: (answer: HttpAnswer) => T): Promise<T> {
    const base = bases[service];
    const headers = { ...request.headers, 'user-agent': userAgent };
    const url = redact(base.origin + base.prefix + withoutQuery(request.path));
    const from = timing.clock();
    let status: number | null = null;
    let serverTime: number | null = null;
    let failure: CtiaError | null = null;
    try {
      const answer = await transport.exchange({ ...request, headers, base, timeoutMs, signal });
      status = answer.status;
      misses[service] = 0;
      serverTime = readHttpDate(answer.headers.date);
      pacers[service].learn(answer.headers);
      if (!isSuccess(status)) throw failureOf(answer, redact, timing.clock());
      return read(answer);
    } catch (error) {
      if (!(error instanceof CtiaError)) throw error;
      if (error.retryAfterMs !== null) pacers[service].hold(error.retryAfterMs);
      if (error.code === 'not-connected') misses[service]++;
      failure = restate(error, `${request.method} ${url}: ${redact(error.message)}`);
      throw failure;
    } finally {
      const durationMs = timing.clock() - from;
      options.onExchange?.({
        method: request.method,
        url,
        status,
        code: failure?.code ?? null,
        durationMs,
        serverTime,
      });
    }
  };
}
