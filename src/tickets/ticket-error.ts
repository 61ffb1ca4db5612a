import { SightlineError } from '../model/errors.ts';

/** Why a ticket system did not do what it was asked. Stable: callers may switch on it. */
export const TICKET_CODES = [
  'bad-options',
  'unreachable',
  'unauthorised',
  'refused',
  'rate-limited',
  'not-found',
  'conflict',
  'bad-answer',
  'unsupported',
] as const;
export type TicketCode = (typeof TICKET_CODES)[number];

/**
 * How far a request came: `unsent` (no byte of it left), `unanswered` (the system may or may not have acted) or
 * `answered` (a complete answer was read).
 */
export type Phase = 'unsent' | 'unanswered' | 'answered';

export interface TicketErrorDetails {
  readonly phase: Phase;
  readonly status: number | null;
  /** Epoch ms before which the system wants no other request; null when it did not say. */
  readonly retryAt: number | null;
}

/** A request that failed. Its message holds the server's own reason, and never a secret. */
export class TicketError extends SightlineError {
  declare readonly code: TicketCode;
  readonly phase: Phase;
  readonly status: number | null;
  readonly retryAt: number | null;

  constructor(code: TicketCode, message: string, details: Partial<TicketErrorDetails> & ErrorOptions = {}) {
    const { cause, phase = 'unsent', status = null, retryAt = null } = details;
    super(code, message, cause === undefined ? undefined : { cause });
    this.name = 'TicketError';
    this.phase = phase;
    this.status = status;
    this.retryAt = retryAt;
  }

  /** Whether the same request may succeed later without anybody's doing; otherwise a person has to look. */
  get passes(): boolean {
    return this.code === 'unreachable' || this.code === 'rate-limited' || this.code === 'bad-answer';
  }

  /** Whether this one request is refused for good, as others need not be; otherwise it is to be made again later. */
  get isRefusal(): boolean {
    return !this.passes && this.code !== 'unauthorised' && this.code !== 'conflict';
  }
}
