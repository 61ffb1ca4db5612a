/**
 * What each directive of Apache's `LogFormat` means here ("Custom Log Formats", Apache HTTP Server 2.4, mod_log_config,
 * and mod_logio and mod_ssl for theirs). To teach Sightline another directive, add its row to {@link DIRECTIVES}.
 */

/** The parts of an entry that a directive can give. */
export type Slot =
  | 'client'
  | 'peer'
  | 'user'
  | 'time'
  | 'request'
  | 'method'
  | 'path'
  | 'query'
  | 'target'
  | 'protocol'
  | 'status'
  | 'bytes'
  | 'referer'
  | 'userAgent'
  | 'host'
  | 'port'
  | 'duration';

/** How a value's end is found: `word` and `phrase` by the literal that follows, the others by their own form too. */
export type Shape = 'address' | 'ident' | 'user' | 'word' | 'phrase' | 'forwarded' | 'number' | 'stamp' | 'time';

export interface Meaning {
  readonly shape: Shape;
  readonly slot: Slot | null;
  /** Of two directives for one slot, the higher rank is used; of equal ones the first. */
  readonly rank: number;
  /** Name under which the value goes into `extra`, when it goes into no slot. */
  readonly extra: string | null;
  /** For durations: microseconds of one unit. */
  readonly unitUs: number;
}

const SIGMA_NAMES: ReadonlyMap<string, string> = new Map([
  ['cookie', 'cs-cookie'],
  ['content-type', 'cs-content-type'],
]);

const FORWARDING = /^(?:x-forwarded-for|forwarded)$/;
const DURATION_UNITS: ReadonlyMap<string, number> = new Map([
  ['us', 1],
  ['ms', 1000],
  ['s', 1_000_000],
]);

type Row = (argument: string | null, final: boolean) => Meaning | null;

const DIRECTIVES: Readonly<Record<string, Row>> = {
  h: () => slot('client', 'address'),
  a: (argument) => (argument === 'c' ? slot('peer', 'address') : slot('client', 'address', 2)),
  A: () => extra('s-ip', 'word'),
  l: () => ignored('ident'),
  u: () => slot('user', 'user'),
  t: (argument) => slot('time', argument === null ? 'stamp' : 'time'),
  r: () => slot('request', 'phrase'),
  m: () => slot('method', 'word'),
  U: () => slot('path', 'phrase'),
  q: () => slot('query', 'phrase'),
  H: () => slot('protocol', 'word'),
  s: (_, final) => slot('status', 'number', final ? 2 : 1),
  b: () => slot('bytes', 'number', 2),
  B: () => slot('bytes', 'number', 2),
  O: () => slot('bytes', 'number'),
  I: () => extra('cs-bytes', 'number'),
  S: () => ignored('number'),
  D: () => duration('us'),
  T: (argument) => duration(argument ?? 's'),
  v: () => slot('host', 'address', 3),
  V: () => slot('host', 'address', 2),
  p: (argument) => (argument === 'remote' ? ignored('number') : slot('port', 'number')),
  i: (argument) => (argument === null ? null : requestHeader(argument.toLowerCase())),
  '^ti': named,
  o: named,
  '^to': named,
  n: named,
  e: named,
  C: named,
  c: named,
  x: named,
  k: () => ignored('number'),
  '^FB': () => ignored('number'),
  P: () => ignored('word'),
  X: () => ignored('word'),
  L: () => ignored('word'),
  R: () => ignored('phrase'),
  f: () => ignored('phrase'),
};

/** Null for what is no directive, or lacks the argument that it needs. `final` is true for `%>s`. */
export function meaningOf(letters: string, argument: string | null, final: boolean): Meaning | null {
  return DIRECTIVES[letters]?.(argument, final) ?? null;
}

/** All directives that are known, for messages. */
export const KNOWN_DIRECTIVES: readonly string[] = Object.keys(DIRECTIVES).map((letters) => `%${letters}`);

function slot(name: Slot, shape: Shape, rank = 1): Meaning {
  return { shape, slot: name, rank, extra: null, unitUs: 0 };
}

function extra(name: string, shape: Shape): Meaning {
  return { shape, slot: null, rank: 0, extra: name, unitUs: 0 };
}

function ignored(shape: Shape): Meaning {
  return { shape, slot: null, rank: 0, extra: null, unitUs: 0 };
}

function named(argument: string | null): Meaning | null {
  return argument === null ? null : extra(argument.toLowerCase(), 'phrase');
}

/** `%D` counts as the finest, so that it wins over `%T`. */
function duration(unit: string): Meaning | null {
  const unitUs = DURATION_UNITS.get(unit);
  return unitUs === undefined ? null : { ...slot('duration', 'number', 1 / unitUs), unitUs };
}

function requestHeader(name: string): Meaning {
  if (name === 'referer') return slot('referer', 'phrase');
  if (name === 'user-agent') return slot('userAgent', 'phrase');
  if (name === 'host') return { ...slot('host', 'address'), extra: REQUESTED_HOST };
  return extra(SIGMA_NAMES.get(name) ?? name, FORWARDING.test(name) ? 'forwarded' : 'phrase');
}

/** Where the host that the client asked for goes when the server's own name for it is logged too. */
const REQUESTED_HOST = 'cs-host-requested';
