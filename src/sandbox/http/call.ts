import { parseInstant } from '../../ctim/ctim.ts';
import type { Identity } from '../access/identity.ts';
import { json, Refusal, ShapeRefusal } from './answer.ts';

/** A request on its way through a route. */
export interface Call {
  readonly method: string;
  /** Decoded path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the store takes the next entity that the request writes. */
  readonly admits: () => boolean;
}

/** A call whose caller is known. */
export interface SignedCall extends Call {
  readonly identity: Identity;
}

/**
 * The body as JSON. One that is not declared to be JSON is not read at all, as on the server: the route then misses its
 * keys. Throws 400 for bad syntax.
 */
export function bodyOf({ headers, body }: Call): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(headers['content-type'] ?? '') || body === '') return {};
  try {
    return JSON.parse(body);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Refusal(json(400, { type: 'json-parse-exception', message }));
  }
}

/** A parameter of the path that the route names, and so has. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}

/** What a query parameter holds: texts, or one of a closed list of texts. */
export type ParameterKind = 'text' | 'texts' | 'integer' | 'flag' | 'date' | readonly string[];

/** Throws the server's 400 for parameters that are not in `allowed` or not of their kind. */
export function checkQuery(query: URLSearchParams, allowed: Readonly<Record<string, ParameterKind>>): void {
  const errors: Record<string, string> = {};
  for (const name of new Set(query.keys())) {
    const kind = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (kind === undefined) errors[name] = 'disallowed-key';
    else if (!query.getAll(name).every((value) => fits(value, kind)))
      errors[name] = `(not (fits "${query.get(name)}"))`;
  }
  if (Object.keys(errors).length > 0) throw new ShapeRefusal(errors);
}

export function requireParameter(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null) throw new ShapeRefusal({ [name]: 'missing-required-key' });
  return value;
}

function fits(value: string, kind: ParameterKind): boolean {
  switch (kind) {
    case 'text':
    case 'texts':
      return true;
    case 'integer':
      return /^-?\d{1,15}$/.test(value);
    case 'flag':
      return value === 'true' || value === 'false';
    case 'date':
      return parseInstant(value) !== null;
    default:
      return kind.includes(value);
  }
}
