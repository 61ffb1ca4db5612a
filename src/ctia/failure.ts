import { toTerminal } from '../escape/escape.ts';
import { type CtiaCode, CtiaError, type CtiaErrorDetails } from './ctia-error.ts';
import type { Redactor } from './redact.ts';
import type { HttpAnswer } from './transport.ts';

const MAX_MESSAGE_LENGTH = 500;
const MAX_LEAF_LENGTH = 160;
const MAX_LEAVES = 5;
const MAX_DEPTH = 20;
const MAX_RETRY_AFTER_MS = 86_400_000;

/** The typed error of an answer that is no success. */
export function failureOf(answer: HttpAnswer, redact: Redactor, now: number): CtiaError {
  const { code: serverCode, message, traceId } = readErrorBody(answer);
  const serverMessage = message === null ? null : tidy(message, redact);
  const code = codeOf(answer.status);
  const details: CtiaErrorDetails = {
    phase: 'answered',
    status: answer.status,
    serverCode: serverCode === null ? null : tidy(serverCode, redact),
    serverMessage,
    traceId: traceId === null ? null : tidy(traceId, redact),
    retryAfterMs: readRetryAfter(answer.headers['retry-after'], now),
  };
  const said = serverMessage ?? details.serverCode;
  const trace = details.traceId === null ? '' : ` (trace id ${details.traceId})`;
  return new CtiaError(code, `HTTP ${answer.status}${said === null ? '' : `, ${said}`}${trace}`, details);
}

function codeOf(status: number): CtiaCode {
  switch (status) {
    case 400:
    case 422:
      return 'bad-request';
    case 401:
      return 'unauthorised';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 413:
      return 'too-large';
    case 429:
      return 'rate-limited';
    default:
      return status >= 500 || status === 408 ? 'server-error' : 'unexpected-status';
  }
}

/** `Retry-After` (RFC 9110, 10.2.3): whole seconds or an HTTP date; a day at most. Null when absent or unreadable. */
export function readRetryAfter(header: string | readonly string[] | undefined, now: number): number | null {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim();
  if (text === undefined || text === '') return null;
  if (/^\d{1,9}$/.test(text)) return Math.min(MAX_RETRY_AFTER_MS, Number(text) * 1000);
  const date = readHttpDate(text);
  return date === null ? null : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, date - now));
}

/** Epoch ms of an HTTP date (RFC 9110, 5.6.7); null when absent or unreadable. */
export function readHttpDate(header: string | readonly string[] | undefined): number | null {
  // Date.parse finds dates in almost any text, so only what looks like an HTTP date is given to it.
  if (typeof header !== 'string' || !/^\w{3,9}, .{10,20} GMT$/.test(header)) return null;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : date;
}

interface ErrorBody {
  readonly code: string | null;
  readonly message: string | null;
  readonly traceId: string | null;
}

/** Error bodies come as JSON of several shapes, as plain text, as a gateway's HTML and empty. */
function readErrorBody(answer: HttpAnswer): ErrorBody {
  const text = answer.text.trim();
  if (text === '') return { code: null, message: null, traceId: null };
  const body = parseObject(text);
  if (body !== null) return readErrorObject(body);
  const message = text.startsWith('<')
    ? (/<title[^>]{0,100}>([^<]{1,200})/i.exec(text.slice(0, 4096))?.[1] ?? 'an HTML page')
    : text;
  return { code: null, message, traceId: null };
}

function readErrorObject(body: Readonly<Record<string, unknown>>): ErrorBody {
  const text = (key: string): string | null => (typeof body[key] === 'string' && body[key] !== '' ? body[key] : null);
  const error = text('error');
  // The same key holds a code on some routes (`missing_capability`) and a sentence on others.
  const isCode = error !== null && /^[\w-]+$/.test(error);
  const words = [isCode ? null : error, text('error_description'), text('message'), text('msg')].filter(
    (part) => part !== null,
  );
  if (body.errors !== undefined) words.push(describeErrors(body.errors));
  const capabilities = [body.capabilities].flat().filter((name) => typeof name === 'string');
  if (capabilities.length > 0) words.push(`needs ${capabilities.join(', ')}`);
  return {
    code: isCode ? error : (text('error_code') ?? text('type')),
    message: words.length === 0 ? null : [...new Set(words)].join(': '),
    traceId: text('trace_id'),
  };
}

/** The server nests `errors` like the request body: shown as `path: text`, a few of them. */
function describeErrors(errors: unknown): string {
  const found: string[] = [];
  let left = 0;
  const note = (path: string, leaf: string): void => {
    if (found.length === MAX_LEAVES) left++;
    else found.push(`${path === '' ? '' : `${path}: `}${leaf.slice(0, MAX_LEAF_LENGTH)}`);
  };
  const walk = (value: unknown, path: string, depth: number): void => {
    if (typeof value === 'object' && value !== null) {
      if (depth === MAX_DEPTH) note(path, '...');
      else if (Array.isArray(value)) for (const item of value) walk(item, `${path}[]`, depth + 1);
      else for (const [key, item] of Object.entries(value)) walk(item, path === '' ? key : `${path}.${key}`, depth + 1);
    } else {
      note(path, String(value));
    }
  };
  walk(errors, '', 0);
  return found.join('; ') + (left > 0 ? `; and ${left} more` : '');
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null; // Not JSON: the caller takes it as text.
  }
}

/** One short line without secrets that cannot drive a terminal. */
function tidy(text: string, redact: Redactor): string {
  const line = redact(text).replace(/\s+/g, ' ').trim();
  return toTerminal(line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}...` : line);
}
