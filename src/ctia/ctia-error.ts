import { SightlineError } from '../model/errors.ts';

/** Why a call failed. Stable: callers may switch on it. */
export const CTIA_CODES = [
  'bad-options',
  'bad-config-value',
  'insecure-url',
  'missing-scope',
  'token-refused',
  'unauthorised',
  'forbidden',
  'bad-request',
  'not-found',
  'too-large',
  'rate-limited',
  'server-error',
  'unexpected-status',
  'not-connected',
  'bad-certificate',
  'timed-out',
  'interrupted',
  'bad-answer',
  'answer-too-large',
  'busy',
  'bad-lock',
  'aborted',
] as const;
export type CtiaCode = (typeof CTIA_CODES)[number];

/**
 * How far a call came: `unsent` (no byte of the request left), `unanswered` (the server may or may not have acted) or
 * `answered` (a complete answer was read).
 */
export type Phase = 'unsent' | 'unanswered' | 'answered';

/** What is known of a failure beyond its code and message; null where the server did not say. */
export interface CtiaErrorDetails {
  readonly phase: Phase;
  readonly status: number | null;
  /** The server's own code, such as `jwt_expired` or `missing_capability`. */
  readonly serverCode: string | null;
  /** The server's own words, shortened, secrets struck out, control characters shown as escapes. */
  readonly serverMessage: string | null;
  /** IROH's `trace_id`, for a support case. */
  readonly traceId: string | null;
  /** How long the server asked to wait. */
  readonly retryAfterMs: number | null;
}

const NOTHING_KNOWN: CtiaErrorDetails = {
  phase: 'unsent',
  status: null,
  serverCode: null,
  serverMessage: null,
  traceId: null,
  retryAfterMs: null,
};

/** A call that failed. Neither message nor fields hold credentials, tokens or feed secrets. */
export class CtiaError extends SightlineError {
  declare readonly code: CtiaCode;
  readonly phase: Phase;
  readonly status: number | null;
  readonly serverCode: string | null;
  readonly serverMessage: string | null;
  readonly traceId: string | null;
  readonly retryAfterMs: number | null;

  constructor(code: CtiaCode, message: string, details: Partial<CtiaErrorDetails> & ErrorOptions = {}) {
    const { cause, ...known } = details;
    super(code, message, cause === undefined ? undefined : { cause });
    const { phase, status, serverCode, serverMessage, traceId, retryAfterMs } = { ...NOTHING_KNOWN, ...known };
    this.name = 'CtiaError';
    this.phase = phase;
    this.status = status;
    this.serverCode = serverCode;
    this.serverMessage = serverMessage;
    this.traceId = traceId;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The same failure in other words, under another code, or as that of a request which it kept from being sent. */
export function restate(
  error: CtiaError,
  message: string,
  { code = error.code, phase = error.phase }: Partial<Pick<CtiaError, 'code' | 'phase'>> = {},
): CtiaError {
  const { status, serverCode, serverMessage, traceId, retryAfterMs } = error;
  return new CtiaError(code, message, {
    phase,
    status,
    serverCode,
    serverMessage,
    traceId,
    retryAfterMs,
    cause: error,
  });
}
