import { toTerminal } from '../escape/escape.ts';
import type { HttpAnswer } from './http.ts';
import { TicketError } from './ticket-error.ts';

const MAX_REASONS = 5;
const MAX_DEPTH = 6;

/** Failures before a connection stood: nothing was sent. */
const UNSENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;

export function networkError(where: string, cause: unknown): TicketError {
  const { code, message, name } = cause as { code?: unknown; message?: string; name?: string };
  if (name === 'TimeoutError') {
    return new TicketError('unreachable', `${where}: no complete answer in time`, { phase: 'unanswered', cause });
  }
  const reason = typeof code === 'string' ? code : (message ?? String(cause));
  const phase = UNSENT.test(reason) ? 'unsent' : 'unanswered';
  return new TicketError('unreachable', `${where}: ${toTerminal(reason)}`, { phase, cause });
}

/** The typed error of an answer that is no success. After a 5xx nobody knows what was done. */
export function refusal(where: string, answer: HttpAnswer, clean: (text: string) => string, now: number): TicketError {
  const { status } = answer;
  const reason = clean(reasonOf(answer));
  const retryAt = retryAtOf(answer, now);
  const phase = status >= 500 ? 'unanswered' : 'answered';
  return new TicketError(codeOf(status), `${where}: HTTP ${status}${reason === '' ? '' : `, ${reason}`}`, {
    phase,
    status,
    retryAt,
  });
}

function codeOf(status: number): TicketError['code'] {
  if (status === 401) return 'unauthorised';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 429) return 'rate-limited';
  return status === 408 || status >= 500 ? 'unreachable' : 'refused';
}

/** `Retry-After` (RFC 9110, 10.2.3): seconds or an HTTP date. */
function retryAtOf({ headers }: HttpAnswer, now: number): number | null {
  const text = String(headers['retry-after'] ?? '').trim();
  if (/^\d{1,9}$/.test(text)) return now + Number(text) * 1000;
  const date = / GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : date;
}

/** The words of an error answer: all texts in its JSON, a page's title, or the text itself; a redirect's target. */
function reasonOf({ status, headers, text }: HttpAnswer): string {
  if (status >= 300 && status < 400) return `redirected to ${String(headers.location ?? 'nowhere')}; check the URL`;
  const body = parseOr(text, undefined);
  if (body !== undefined) return textsIn(body, 0).slice(0, MAX_REASONS).join('; ');
  return text.trimStart().startsWith('<')
    ? (/<title[^<>]{0,100}>([^<]{1,200})/i.exec(text.slice(0, 4096))?.[1] ?? '')
    : text;
}

function textsIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value !== 'object' || value === null || depth === MAX_DEPTH) return [];
  return Object.values(value).flatMap((inner) => textsIn(inner, depth + 1));
}

/** JSON, or `otherwise` when it is none. */
export function parseOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise; // The caller knows what to make of other text.
  }
}
