import { isObject } from '../entity/stored.ts';
import type { Answer } from '../http/answer.ts';

const CODES: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'insufficient_scope',
  404: 'not_found',
  429: 'too_many_requests',
};

export function isIroh(path: string): boolean {
  return path.startsWith('/iroh/');
}

/** Errors in IROH's shape: `{error, error_description, trace_id}`. A gateway's page stays a page. */
export function irohAnswer(answer: Answer, uuid: () => string): Answer {
  if (answer.status < 400 || answer.headers['content-type']?.startsWith('text/html')) return answer;
  const { error, description } = read(answer);
  const body = {
    error: error ?? CODES[answer.status] ?? 'server_error',
    error_description: description,
    trace_id: uuid(),
  };
  return {
    ...answer,
    headers: { ...answer.headers, 'content-type': 'application/json;charset=utf-8' },
    body: JSON.stringify(body),
  };
}

function read({ body, headers }: Answer): { readonly error: string | null; readonly description: string } {
  if (!headers['content-type']?.startsWith('application/json')) return { error: null, description: body };
  const value: unknown = JSON.parse(body);
  if (!isObject(value)) return { error: null, description: body };
  // CTIA's `error` is a code on some routes and a sentence on others.
  const { error, error_description: description } = value;
  const isCode = typeof error === 'string' && /^[a-z_]+$/.test(error);
  const sentence = typeof description === 'string' ? description : isCode ? body : error;
  return { error: isCode ? error : null, description: typeof sentence === 'string' ? sentence : body };
}
