import { SightlineError } from '../../model/errors.ts';

/** What can go wrong with a request. `after` means: the server has carried it out. */
export const FAULT_KINDS = [
  'unauthorised', // 401, token expired
  'forbidden', // 403, missing capability
  'rate-limited', // 429; value: Retry-After in seconds
  'server-error', // 500
  'bad-gateway', // 502 with an HTML page
  'reset-before', // connection reset, nothing done
  'reset-midway', // connection reset, part of an import or bulk written; value: how many entities
  'reset-after', // connection reset, all done
  'slow', // carried out, answered late; value: milliseconds
  'late', // carried out and answered late; value: milliseconds
  'truncated', // carried out, half of the answer sent
  'store-failure', // value: which entity of an import or bulk cannot be written, from 1
  'token-failure', // the token endpoint answers; value: its status
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Seconds, milliseconds, a place or a status; see {@link FAULT_KINDS}. */
  readonly value: number;
  /** How many requests it befalls; then it is over. */
  readonly times: number;
  /** Matching requests that pass before it begins. */
  readonly skip: number;
  /** It befalls each so-manieth matching request. */
  readonly every: number;
  /** Start of the paths that it befalls. */
  readonly path: string;
  /** Null: any. */
  readonly method: string | null;
}

/** As {@link Fault}, or its text form. */
export type FaultSpec = string | (Partial<Fault> & Pick<Fault, 'kind'>);

const DEFAULT_VALUES: Partial<Record<FaultKind, number>> = {
  'rate-limited': 1,
  'reset-midway': 1,
  slow: 1000,
  late: 1000,
  'store-failure': 1,
  'token-failure': 401,
};

export const TOKEN_PATH = '/iroh/oauth2/token';

/**
 * Reads `kind[:value][,times=N][,skip=N][,every=N][,path=/start][,method=POST]`. With `every` it goes on for ever unless
 * `times` says otherwise. Throws SightlineError `bad-fault`.
 */
export function readFault(spec: FaultSpec): Fault {
  if (typeof spec !== 'string') return complete(spec);
  const [head = '', ...settings] = spec.split(',');
  const [kind = '', value, ...more] = head.split(':');
  if (more.length > 0) throw badFault(spec, 'one value at most');
  const fields: Record<string, unknown> = { kind, ...(value === undefined ? {} : { value: numberOf(spec, value) }) };
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const name = setting.slice(0, Math.max(at, 0));
    const text = setting.slice(at + 1);
    if (name === 'times' || name === 'skip' || name === 'every') fields[name] = numberOf(spec, text);
    else if (name === 'path' || name === 'method') fields[name] = text;
    else throw badFault(spec, `unknown setting "${setting}"`);
  }
  return complete(fields as Partial<Fault> & Pick<Fault, 'kind'>);
}

function complete(given: Partial<Fault> & Pick<Fault, 'kind'>): Fault {
  const { kind } = given;
  if (!FAULT_KINDS.includes(kind)) throw badFault(String(kind), `expected one of ${FAULT_KINDS.join(', ')}`);
  const every = given.every ?? 1;
  const fault = {
    kind,
    value: given.value ?? DEFAULT_VALUES[kind] ?? 0,
    times: given.times ?? (given.every === undefined ? 1 : Number.POSITIVE_INFINITY),
    skip: given.skip ?? 0,
    every,
    path: given.path ?? (kind === 'token-failure' ? TOKEN_PATH : '/'),
    method: given.method ?? null,
  };
  if (![fault.value, fault.skip].every((it) => it >= 0) || !(fault.times >= 1) || !(every >= 1)) {
    throw badFault(kind, 'numbers must be natural');
  }
  return fault;
}

function numberOf(spec: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw badFault(spec, `"${text}" is no natural number`);
  return Number(text);
}

function badFault(spec: string, why: string): SightlineError {
  return new SightlineError('bad-fault', `fault "${spec}": ${why}`);
}
