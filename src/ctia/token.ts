import { CtiaError } from './ctia-error.ts';

/** A bearer token; it lives in memory only. */
export interface Token {
  readonly text: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** What it allows; null when the server did not say. */
  readonly scopes: readonly string[] | null;
}

export interface TokenSource {
  /** The current token, fetched when there is none or it is about to expire; one fetch at a time. */
  get(): Promise<Token>;
  /** Drops `token` if it is still the current one. False when no other can be had. */
  discard(token: Token): boolean;
}

/** Fetched this long before it expires, or after half its life if that is shorter. */
const MARGIN_MS = 60_000;
/** Lifetime when the server does not tell: what Cisco documents. */
const USUAL_LIFETIME_S = 600;

/** Tokens by the client credentials grant. `fetch` gets one from the server. */
export function tokenSource(fetch: () => Promise<Token>, clock: () => number): TokenSource {
  let current: Token | null = null;
  let staleAt = 0;
  let inFlight: Promise<Token> | null = null;

  async function refresh(): Promise<Token> {
    const askedAt = clock();
    const token = await fetch();
    staleAt = token.expiresAt - Math.min(MARGIN_MS, (token.expiresAt - askedAt) / 2);
    current = token;
    return token;
  }

  return {
    get() {
      if (current !== null && clock() < staleAt) return Promise.resolve(current);
      inFlight ??= refresh().finally(() => {
        inFlight = null;
      });
      return inFlight;
    },
    discard(token) {
      if (current === token) current = null;
      return true;
    },
  };
}

/** A token that somebody else fetched: used as it is, never renewed. */
export function fixedToken(text: string): TokenSource {
  const token: Token = { text, expiresAt: Number.POSITIVE_INFINITY, scopes: null };
  return { get: () => Promise.resolve(token), discard: () => false };
}

/** Reads a token answer (RFC 6749, 5.1). Throws CtiaError `bad-answer`. */
export function readToken(text: string, now: number): Token {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = null; // Reported below, without the text: it may hold a token.
  }
  if (typeof body !== 'object' || body === null || !('access_token' in body) || !isTokenText(body.access_token)) {
    throw new CtiaError('bad-answer', 'the token endpoint answered without a token', { phase: 'unanswered' });
  }
  const lifetimeS = 'expires_in' in body && typeof body.expires_in === 'number' ? body.expires_in : USUAL_LIFETIME_S;
  const scope = 'scope' in body && typeof body.scope === 'string' ? body.scope.trim() : '';
  return {
    text: body.access_token,
    expiresAt: now + lifetimeS * 1000,
    scopes: scope === '' ? null : scope.split(/\s+/),
  };
}

/** RFC 6750's b64token: nothing in it can break out of a header. */
export function isTokenText(value: unknown): value is string {
  return typeof value === 'string' && /^[\w\-.~+/]+=*$/.test(value);
}
