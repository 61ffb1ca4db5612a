import type { BodyReader } from './answer.ts';
import { type ClientCredentials, type Credentials, isToken } from './credentials.ts';
import { CtiaError, restate } from './ctia-error.ts';
import { type ExchangeOptions, exchanger, type Request } from './exchange.ts';
import type { Service } from './hosts.ts';
import { type Pacer, pacer } from './pacer.ts';
import { type Query, queryOf } from './path.ts';
import { redactor } from './redact.ts';
import { persist, type RetryPolicy, recover } from './retry.ts';
import { assertScope, type ScopeNeed } from './scope.ts';
import { pause } from './timing.ts';
import { fixedToken, readToken, type Token, type TokenSource, tokenSource } from './token.ts';
import type { HttpAnswer, HttpRequest } from './transport.ts';

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
  /** Default `application/json`. */
  readonly accept?: string;
  readonly maxAnswerBytes?: number;
}

export interface CallerOptions extends ExchangeOptions {
  readonly credentials: Credentials;
  readonly policy: RetryPolicy;
  readonly maxAnswerBytes: number;
}

/** Authenticated, paced, persistent calls. */
export interface Caller {
  /**
   * Makes a call and reads its 2xx answer. `read` throws CtiaError `bad-answer` for one that it cannot use; that counts
   * as no answer. Every failure is a CtiaError.
   */
  call<T>(call: Call, read: (answer: HttpAnswer) => T): Promise<T>;
  /** The same for an answer that is read as it comes: it may be larger than what fits into one text. */
  stream<T>(call: Call, open: () => BodyReader<T>): Promise<T>;
  /** A token now, or the reason why there is none. */
  token(): Promise<Token>;
  /**
   * Waits, after the so-manieth attempt at a call that is not repeatable, until what it may have written can be found.
   * Throws the error on when nothing can have been written, or no attempt is left.
   */
  recover(error: unknown, attempts: number): Promise<void>;
  /** Waits once more for as long as writes take to be found. */
  settle(): Promise<void>;
}

export function caller(options: CallerOptions): Caller {
  const { bases, credentials, policy, timing, signal } = options;
  const secrets = secretsOf(credentials);
  const pacers: Readonly<Record<Service, Pacer>> = { iroh: pacer(timing.clock), ctia: pacer(timing.clock) };
  /** How often in a row no connection could be made. */
  const misses: Record<Service, number> = { iroh: 0, ctia: 0 };
  const exchange = exchanger(options, pacers, misses, redactor(secrets));
  const tokens: TokenSource = isToken(credentials)
    ? fixedToken(credentials.token)
    : tokenSource(() => fetchToken(credentials), timing.clock);

  /** A service that could not be reached in all attempts gets a single one each time, until it can be. */
  function policyFor(service: Service): RetryPolicy {
    return misses[service] < policy.maxAttempts ? policy : { ...policy, maxAttempts: 1 };
  }

  /** Takes a place in the line of the service's requests and waits for its turn. */
  async function awaitTurn(service: Service): Promise<void> {
    const waitMs = pacers[service].reserve(policy.maxWaitMs);
    if (waitMs > policy.maxWaitMs) {
      const message = `${bases[service].origin} takes no request for another ${Math.ceil(waitMs / 1000)} s`;
      throw new CtiaError('rate-limited', message, { retryAfterMs: waitMs });
    }
    await pause(timing, waitMs, signal);
  }

  /** RFC 6749, 4.4: asking twice does no harm. */
  async function fetchToken({ clientId, clientPassword }: ClientCredentials): Promise<Token> {
    const request = {
      method: 'POST',
      path: '/iroh/oauth2/token',
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(`${clientId}:${clientPassword}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      maxAnswerBytes: options.maxAnswerBytes,
    } as const;
    try {
      const token = await persist(() => exchange('iroh', request, (answer) => readToken(answer.text, timing.clock())), {
        policy: policyFor('iroh'),
        timing,
        repeatable: true,
        signal,
        prepare: () => awaitTurn('iroh'),
        reauthenticate: () => false,
      });
      secrets.clear();
      secrets.add(clientPassword).add(token.text);
      return token;
    } catch (error) {
      if (!(error instanceof CtiaError) || (error.status !== 400 && error.status !== 401)) throw error;
      const hint = 'check client id and password, and that they belong to this region';
      throw restate(error, `${error.message}; ${hint}`, { code: 'token-refused' });
    }
  }

  /** Prepares requests for a call until `attempt`, which makes one exchange, succeeds. */
  function carryOut<T>(call: Call, attempt: (request: Request) => Promise<T>): Promise<T> {
    const { service, method, path, need, repeatable, anonymous = false, body = null } = call;
    const requestWith = (token: Token | null): Request => ({
      method,
      path: path + queryOf(call.query),
      headers: {
        accept: call.accept ?? 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token.text}` }),
        ...(body === null ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      },
      body,
      maxAnswerBytes: call.maxAnswerBytes ?? options.maxAnswerBytes,
    });
    return persist((token: Token | null) => attempt(requestWith(token)), {
      policy: policyFor(service),
      timing,
      repeatable,
      signal,
      async prepare() {
        await awaitTurn(service);
        if (anonymous) return null;
        const token = await tokens.get().catch((error: unknown) => {
          throw error instanceof CtiaError ? restate(error, error.message, { phase: 'unsent' }) : error;
        });
        if (need !== null) assertScope(token.scopes, need, `${method} ${path}`);
        return token;
      },
      reauthenticate: (token) => token !== null && tokens.discard(token),
    });
  }

  return {
    token: () => tokens.get(),
    recover: (error, attempts) => recover(error, attempts, { policy, timing, signal }),
    settle: () => pause(timing, policy.settleMs, signal),
    call: (call, read) => carryOut(call, (request) => exchange(call.service, request, read)),
    stream: (call, open) =>
      carryOut(call, (request) => {
        const reader = open();
        return exchange(call.service, { ...request, onBody: (chunk) => reader.take(chunk) }, () => reader.end());
      }),
  };
}

function secretsOf(credentials: Credentials): Set<string> {
  return new Set([isToken(credentials) ? credentials.token : credentials.clientPassword]);
}
