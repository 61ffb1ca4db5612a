import { isServed } from '../correlate/correlate.ts';
import { Quiet } from '../detect/detect.ts';
import type { AccessLogEntry } from '../model/entry.ts';
import { ownText } from '../model/own-text.ts';
import { SKIMMED, type Skimmer } from '../parse/parse.ts';
import { ByteMemo } from './byte-memo.ts';
import type { Lane, Scan } from './scan.ts';

/** Lines of which nothing comes: told by their bytes, where each of their parts was met before. */
export interface QuietLines {
  /**
   * Looks at the line that begins at `from` and takes it if it is quiet.
   * @returns the place of the newline that ends it; -1 for a line that is to be parsed
   */
  sight(bytes: Buffer, from: number, end: number, number: number, offset: number): number;
  /**
   * Learns from the entry of the line that `sight` left last, and takes the line if it is quiet after all.
   * @returns whether it took it
   */
  take(entry: AccessLogEntry): boolean;
}

/** What is remembered of the parts of lines, whatever source they come from. */
export interface QuietMemory {
  /** Null for a client whose lines are not quiet. */
  readonly clients: ByteMemo<string | null>;
  /** Null for one that makes lines loud. */
  readonly requests: ByteMemo<Request | null>;
  /** False for one that makes lines loud. */
  readonly referers: ByteMemo<boolean>;
  readonly agents: ByteMemo<boolean>;
  /** Of users and hosts only the quiet ones: which of the two makes a line loud is not known. */
  readonly users: ByteMemo<true>;
  /** The host as entries have it. */
  readonly hosts: ByteMemo<string | null>;
  /** By status plus one: whether it is quiet, where that is known. */
  readonly statuses: (boolean | undefined)[];
}

interface Request {
  readonly stem: string;
  /** Whether a 2xx answer with a body shows what the path has to give. */
  readonly serves: boolean;
}

export interface QuietOptions {
  readonly scan: Pick<Scan, 'quietBits' | 'mayAllow' | 'takeQuiet'>;
  readonly memory: QuietMemory;
  readonly source: string;
  readonly lane: Lane;
  readonly skimmer: Skimmer;
  readonly maxLineBytes: number;
  /** Epoch ms. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

const ALL_QUIET = Object.values(Quiet).reduce((all, bit) => all | bit, 0);
/** RFC 9112, 3.2.1. A target of another form may name a host, which is the line's where it has no other. */
const ORIGIN_FORM = /^[^ ]+ +\//;
const CARRIAGE_RETURN = 0x0d;
const CLIENT = SKIMMED.indexOf('client');
const USER = SKIMMED.indexOf('user');
const HOST = SKIMMED.indexOf('host');
const REQUEST = SKIMMED.indexOf('request');
const REFERER = SKIMMED.indexOf('referer');
const AGENT = SKIMMED.indexOf('userAgent');

/** Sizes in texts of each of two generations, and in bytes of the longest text. */
export function quietMemory(): QuietMemory {
  return {
    clients: new ByteMemo(65_536, 64),
    users: new ByteMemo(1024, 64),
    hosts: new ByteMemo(1024, 256),
    requests: new ByteMemo(16_384, 512),
    referers: new ByteMemo(16_384, 512),
    agents: new ByteMemo(4096, 512),
    statuses: [],
  };
}

export function quietLines(options: QuietOptions): QuietLines {
  const { scan, memory, source, lane, skimmer, maxLineBytes, sinceMs, untilMs } = options;
  const { clients, users, hosts, requests, referers, agents, statuses } = memory;
  const { places, hashes } = skimmer;
  /** The bytes of the line that was left, until it is taken, if something is to be learned of it. */
  let left: Buffer | null = null;
  /** Of the line that was sighted last. */
  const place = { from: 0, to: 0, number: 0, offset: 0 };
  /** Whether the parts that this format does not have are quiet. */
  let isRestQuiet: boolean | null = null;

  /** Undefined for a value that was not met before; there is something to be learned of its line then. */
  function recall<Value>(memo: ByteMemo<Value>, bytes: Buffer, value: number): Value | undefined {
    const hash = hashes[value] as number; // each value has one, and its places
    const known = memo.get(hash, bytes, places[2 * value] as number, places[2 * value + 1] as number);
    if (known === undefined) left = bytes;
    return known;
  }

  function hasPart(value: number): boolean {
    return (places[2 * value] as number) >= 0;
  }

  /** Places of values are known once a line has been skimmed. */
  function bitsOfRest(): number {
    return (hasPart(REFERER) ? 0 : Quiet.REFERER) | (hasPart(AGENT) ? 0 : Quiet.AGENT);
  }

  function note<Value>(memo: ByteMemo<Value>, bytes: Buffer, value: number, known: Value): void {
    if (!hasPart(value)) return;
    const hash = hashes[value] as number; // as above
    memo.set(hash, bytes, places[2 * value] as number, places[2 * value + 1] as number, known);
  }

  function give(bytes: Buffer, request: Request, client: string, host: string | null): void {
    const { status, time, bytes: answered } = skimmer;
    const serves = request.serves && status >= 200 && status < 300 && answered > 0;
    const served = serves ? { host, time, stem: request.stem, bytes: answered } : null;
    const { from, to, number, offset } = place;
    scan.takeQuiet({ bytes, from, to, source, number, offset, time, client, served }, lane.clock);
  }

  return {
    sight(bytes, from, end, number, offset) {
      left = null;
      // Before the first line there may be a byte order mark.
      if (offset === 0) return -1;
      const newline = skimmer.skim(bytes, from, end);
      if (newline < 0) return -1;
      const to = bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
      if (to - from > maxLineBytes) return -1;
      place.from = from;
      place.to = to;
      place.number = number;
      place.offset = offset;

      const request = recall(requests, bytes, REQUEST) ?? null;
      const client = request === null ? null : (recall(clients, bytes, CLIENT) ?? null);
      if (request === null || client === null) return -1;
      if (hasPart(REFERER) && recall(referers, bytes, REFERER) !== true) return -1;
      if (hasPart(AGENT) && recall(agents, bytes, AGENT) !== true) return -1;
      if (hasPart(USER) && recall(users, bytes, USER) !== true) return -1;
      const host = hasPart(HOST) ? recall(hosts, bytes, HOST) : null;
      if (host === undefined) return -1;
      const isQuiet = isRestQuiet === null ? undefined : statuses[skimmer.status + 1];
      if (isQuiet === undefined) left = bytes;
      if (isQuiet !== true || isRestQuiet !== true) return -1;
      const { time } = skimmer;
      if (time < sinceMs || time >= untilMs) return -1;
      if (time > lane.clock) lane.clock = time;
      give(bytes, request, client, host);
      return newline;
    },
    take(entry) {
      if (left === null) return false;
      const bytes = left;
      left = null; // A last line without a newline may come without having been sighted.
      const bits = scan.quietBits(entry);
      const { stem, client, host, status } = entry;
      const isOrigin = ORIGIN_FORM.test(entry.request ?? '');
      const isRequest = (bits & Quiet.REQUEST) !== 0 && stem !== null && isOrigin;
      const request = isRequest ? { stem: ownText(stem), serves: isServed({ ...entry, status: 200, bytes: 1 }) } : null;
      const known = scan.mayAllow(client) ? null : ownText(client);
      note(requests, bytes, REQUEST, request);
      note(clients, bytes, CLIENT, known);
      note(referers, bytes, REFERER, (bits & Quiet.REFERER) !== 0);
      note(agents, bytes, AGENT, (bits & Quiet.AGENT) !== 0);
      if ((bits & Quiet.OTHERS) !== 0 && isOrigin) {
        note(users, bytes, USER, true);
        note(hosts, bytes, HOST, host === null ? null : ownText(host));
      }
      isRestQuiet = (bits & bitsOfRest()) === bitsOfRest();
      statuses[(status ?? -1) + 1] = (bits & Quiet.STATUS) !== 0;
      if (bits !== ALL_QUIET || request === null || known === null) return false;
      give(bytes, request, known, host);
      return true;
    },
  };
}
