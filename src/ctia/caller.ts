import { type Credentials, isToken } from './credentials.ts';
import { CtiaError } from './ctia-error.ts';
import { failureOf, tidy } from './failure.ts';
import type { Base, Service } from './hosts.ts';
import { type Pacer, pacer } from './pacer.ts';
import { type Redactor, redactor } from './redact.ts';
import { persist, type RetryPolicy } from './retry.ts';
import { assertScope, type ScopeNeed } from './scope.ts';
import { pause, type Timing } from './timing.ts';
import { fixedToken, readToken, type Token, type TokenSource, tokenSource } from './token.ts';
import type { HttpAnswer, HttpRequest, Transport } from './transport.ts';

/** Query parameters; a list repeats its name, undefined leaves it out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** One call of the API. */
export interface Call {
  readonly method: HttpRequest['method'];
  readonly service: Service;
  /** From the service's root, encoded; {@link pathOf} makes one. */
  readonly path: string;
  readonly query?: Query;
  /** JSON. */
  readonly body?: string;
  /** Null: nothing is checked beforehand. */
  readonly need: ScopeNeed | null;
  /** Whether carrying it out twice does no harm. */
  readonly repeatable: boolean;
  /** True for the routes that take no token. */
  readonly anonymous?: boolean;
  readonly maxAnswerBytes?: number;
}

/** One exchange, for a log: no query, no header, no body. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

export interface CallerOptions {
  readonly bases: Readonly<Record<Service, Base>>;
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly policy: RetryPolicy;
  readonly timing: Timing;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly userAgent: string;
  readonly onExchange: ((exchange: Exchange) => void) | undefined;
}

/** Authenticated, paced, persistent calls. */
export interface Caller {
  /**
   * Makes a call and reads its 2xx answer. `read` throws CtiaError `bad-answer` for one that it cannot use; that counts
   * as no answer. Every failure is a CtiaError.
   */
  call<T>(call: Call, read: (answer: HttpAnswer) => T): Promise<T>;
  /** A token now, or the reason why there is none. */
  token(): Promise<Token>;
  readonly redact: Redactor;
}

export function caller(options: CallerOptions): Caller {
  const { bases, transport, credentials, policy, timing, signal } = options;
  const secrets = new Set(isToken(credentials) ? [credentials.token] : [credentials.clientPassword]);
  const redact = redactor(secrets);
  const pacers: Readonly<Record<Service, Pacer>> = { iroh: pacer(timing.clock), ctia: pacer(timing.clock) };
  const tokens: TokenSource = isToken(credentials)
    ? fixedToken(credentials.token)
    : tokenSource(() => fetchToken(basicOf(credentials)), timing.clock);

  /** One exchange with the service: any status but 2xx is an error. */
  async function exchange(service: Service, request: Omit<HttpRequest, 'base' | 'signal' | 'timeoutMs'>) {
    const what = `${request.method} ${redact(bases[service].origin + bases[service].prefix + withoutQuery(request.path))}`;
    const from = timing.clock();
    const report = (status: number | null, error: string | null): void =>
      options.onExchange?.({
        method: request.method,
        url: what.slice(request.method.length + 1),
        status,
        error,
        durationMs: timing.clock() - from,
      });
    let answer: HttpAnswer;
    try {
      answer = await transport.exchange({ ...request, base: bases[service], timeoutMs: options.timeoutMs, signal });
    } catch (error) {
      const failure = named(what, error);
      report(null, failure.code);
      throw failure;
    }
    report(answer.status, null);
    pacers[service].learn(answer.headers);
    if (answer.status >= 200 && answer.status < 300) return { what, answer };
    const failure = failureOf(what, answer, redact, timing.clock());
    if (failure.retryAfterMs !== null) pacers[service].hold(failure.retryAfterMs);
    throw failure;
  }

  /** RFC 6749, 4.4: asking twice does no harm. */
  async function fetchToken(basic: string): Promise<Token> {
    const request = {
      method: 'POST',
      path: '/iroh/oauth2/token',
      headers: {
        ...commonHeaders(),
        authorization: `Basic ${basic}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      maxAnswerBytes: options.maxAnswerBytes,
    } as const;
    const attempt = async (): Promise<Token> => {
      const { what, answer } = await exchange('iroh', request);
      return naming(what, () => readToken(answer.text, timing.clock()));
    };
    try {
      const token = await persist(attempt, { policy, timing, repeatable: true, signal, reauthenticate: () => false });
      secrets.add(token.text);
      return token;
    } catch (error) {
      if (!(error instanceof CtiaError) || (error.status !== 400 && error.status !== 401)) throw error;
      throw new CtiaError(
        'token-refused',
        `${error.message}; check client id and password, and that they belong to this region`,
        { ...error, cause: error },
      );
    }
  }

  function commonHeaders(): Record<string, string> {
    return { accept: 'application/json', 'user-agent': options.userAgent };
  }

  return {
    redact,
    token: () => tokens.get(),
    async call(call, read) {
      const { service, need, repeatable, method, anonymous = false, body = null } = call;
      let token: Token | null = null;

      async function attempt() {
        token = anonymous ? null : await tokens.get();
        if (token !== null && need !== null) assertScope(token.scopes, need, `${method} ${call.path}`);
        const waitMs = pacers[service].reserve(policy.maxWaitMs);
        if (waitMs > policy.maxWaitMs) throw heldBack(service, waitMs);
        await pause(timing, waitMs, signal);
        const { what, answer } = await exchange(service, {
          method,
          path: call.path + queryOf(call.query),
          headers: {
            ...commonHeaders(),
            ...(token === null ? {} : { authorization: `Bearer ${token.text}` }),
            ...(body === null ? {} : { 'content-type': 'application/json; charset=utf-8' }),
          },
          body,
          maxAnswerBytes: call.maxAnswerBytes ?? options.maxAnswerBytes,
        });
        return naming(what, () => read(answer));
      }

      const reauthenticate = (): boolean => token !== null && tokens.discard(token);
      return persist(attempt, { policy, timing, repeatable, signal, reauthenticate });
    },
  };
}
