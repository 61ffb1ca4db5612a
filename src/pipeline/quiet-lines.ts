import { type Caller, callerOf, isServed, type Page, pageOf } from '../correlate/correlate.ts';
import { Quiet } from '../detect/detect.ts';
import { type AccessLogEntry, NO_ENTRY } from '../model/entry.ts';
import { ownText } from '../model/own-text.ts';
import { SKIMMED, type Skimmer, splitRequest } from '../parse/parse.ts';
import { reusedLine } from './reused-line.ts';
import type { Lane, Scan } from './scan.ts';
import { WordMemo } from './word-memo.ts';

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
  readonly clients: WordMemo<Caller | null>;
  /** Null for one that makes lines loud. */
  readonly requests: WordMemo<Request | null>;
  /** False for one that makes lines loud. */
  readonly referers: WordMemo<boolean>;
  readonly agents: WordMemo<boolean>;
  /** Of users and hosts only the quiet ones: which of the two makes a line loud is not known. */
  readonly users: WordMemo<true>;
  /** The host as entries have it. */
  readonly hosts: WordMemo<string | null>;
  /** By status plus one: whether it is quiet, where that is known. */
  readonly statuses: (boolean | undefined)[];
}

interface Request extends Page {
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

/** Sizes in texts of each of two generations, and in words of four bytes of the longest text. */
export function quietMemory(): QuietMemory {
  return {
    clients: new WordMemo(65_536, 16),
    users: new WordMemo(1024, 16),
    hosts: new WordMemo(1024, 64),
    requests: new WordMemo(16_384, 128),
    referers: new WordMemo(16_384, 128),
    agents: new WordMemo(4096, 128),
    statuses: [],
  };
}

export function quietLines(options: QuietOptions): QuietLines {
  const { scan, memory, source, lane, skimmer, maxLineBytes, sinceMs, untilMs } = options;
  const { clients, users, hosts, requests, referers, agents, statuses } = memory;
  const { words, places, spans, hashes } = skimmer;
  /** Whether something is to be learned of the line that was left. */
  let isToLearn = false;
  /** Values of that line of which it was learned already, as bits. */
  let learnedAlone = 0;
  const { line, served } = reusedLine(source);
  /** Whether the parts that this format does not have are quiet. */
  let isRestQuiet: boolean | null = null;

  /** Undefined for a value that was not met before; there is something to be learned of its line then. */
  function recall<Value>(memo: WordMemo<Value>, value: number): Value | undefined {
    const hash = hashes[value] as number; // each value has one, and its places
    const known = memo.get(hash, words, places[2 * value] as number, places[2 * value + 1] as number);
    if (known === undefined) isToLearn = true;
    return known;
  }

  function hasPart(value: number): boolean {
    return (places[2 * value] as number) >= 0;
  }

  /**
   * As {@link recall}; what was not met before and tells by itself whether it is quiet is learned at once. Most requests and
   * referers that are new come once, so they are remembered from the second time on.
   *
   * @param learn - what there is to be known of a text
   */
  function recallOrLearn<Value>(
    memo: WordMemo<Value>,
    value: number,
    learn: (text: string) => Value,
  ): Value | undefined {
    const known = recall(memo, value);
    if (known !== undefined) return known;
    const text = line.bytes.toString('latin1', spans[2 * value], spans[2 * value + 1]);
    if (text === '' || text === '-') return undefined;
    learnedAlone |= 1 << value;
    const learned = learn(text);
    if (memo.recurs(hashes[value] as number)) note(memo, value, learned); // as above
    return learned;
  }

  function learnRequest(text: string): Request | null {
    const { method, target, stem, query, protocol } = splitRequest(text);
    const entry = { ...NO_ENTRY, request: text, method, target, stem, query, protocol };
    return requestOf(entry, scan.quietBits(entry, true));
  }

  function learnReferer(referer: string): boolean {
    return (scan.quietBits({ ...NO_ENTRY, referer }, true) & Quiet.REFERER) !== 0;
  }

  function learnAgent(userAgent: string): boolean {
    return (scan.quietBits({ ...NO_ENTRY, userAgent }, true) & Quiet.AGENT) !== 0;
  }

  /** Places of values are known once a line has been skimmed. */
  function bitsOfRest(): number {
    return (hasPart(REFERER) ? 0 : Quiet.REFERER) | (hasPart(AGENT) ? 0 : Quiet.AGENT);
  }

  function note<Value>(memo: WordMemo<Value>, value: number, known: Value): void {
    if (!hasPart(value)) return;
    const hash = hashes[value] as number; // as above
    memo.set(hash, words, places[2 * value] as number, places[2 * value + 1] as number, known);
  }

  /** As {@link note}, of what could not be learned alone. */
  function noteRest<Value>(memo: WordMemo<Value>, value: number, known: Value): void {
    if ((learnedAlone & (1 << value)) === 0) note(memo, value, known);
  }

  /** Gives on the line that was sighted last. */
  function give(request: Request, caller: Caller, host: string | null): void {
    const { status, time, bytes } = skimmer;
    line.time = time;
    line.caller = caller;
    line.served = null;
    if (request.serves && status >= 200 && status < 300 && bytes > 0) {
      served.host = host;
      served.time = time;
      served.page = request;
      served.bytes = bytes;
      line.served = served;
    }
    scan.takeQuiet(line, lane.clock);
  }

  return {
    sight(bytes, from, end, number, offset) {
      isToLearn = false;
      learnedAlone = 0;
      // Before the first line there may be a byte order mark.
      if (offset === 0) return -1;
      const newline = skimmer.skim(bytes, from, end);
      if (newline < 0) return -1;
      const to = bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
      if (to - from > maxLineBytes) return -1;
      line.bytes = bytes;
      line.from = from;
      line.to = to;
      line.number = number;
      line.offset = offset;

      const request = recallOrLearn(requests, REQUEST, learnRequest) ?? null;
      const caller = request === null ? null : (recall(clients, CLIENT) ?? null);
      if (request === null || caller === null) return -1;
      if (hasPart(REFERER) && recallOrLearn(referers, REFERER, learnReferer) !== true) return -1;
      if (hasPart(AGENT) && recallOrLearn(agents, AGENT, learnAgent) !== true) return -1;
      if (hasPart(USER) && recall(users, USER) !== true) return -1;
      const host = hasPart(HOST) ? recall(hosts, HOST) : null;
      if (host === undefined) return -1;
      const isQuiet = isRestQuiet === null ? undefined : statuses[skimmer.status + 1];
      if (isQuiet === undefined) isToLearn = true;
      if (isQuiet !== true || isRestQuiet !== true) return -1;
      const { time } = skimmer;
      if (time < sinceMs || time >= untilMs) return -1;
      if (time > lane.clock) lane.clock = time;
      give(request, caller, host);
      return newline;
    },
    take(entry) {
      if (!isToLearn) return false;
      const bits = scan.quietBits(entry);
      const { client, host, status } = entry;
      const request = requestOf(entry, bits);
      const known = scan.mayAllow(client) ? null : callerOf(ownText(client));
      noteRest(requests, REQUEST, request);
      note(clients, CLIENT, known);
      noteRest(referers, REFERER, (bits & Quiet.REFERER) !== 0);
      noteRest(agents, AGENT, (bits & Quiet.AGENT) !== 0);
      if ((bits & Quiet.OTHERS) !== 0 && hasOriginForm(entry)) {
        note(users, USER, true);
        note(hosts, HOST, host === null ? null : ownText(host));
      }
      isRestQuiet = (bits & bitsOfRest()) === bitsOfRest();
      statuses[(status ?? -1) + 1] = (bits & Quiet.STATUS) !== 0;
      if (bits !== ALL_QUIET || request === null || known === null) return false;
      give(request, known, host);
      return true;
    },
  };
}

/** @returns null for a request that makes its line loud */
function requestOf(entry: AccessLogEntry, bits: number): Request | null {
  const { stem } = entry;
  if ((bits & Quiet.REQUEST) === 0 || stem === null || !hasOriginForm(entry)) return null;
  return { ...pageOf(ownText(stem)), serves: isServed({ ...entry, status: 200, bytes: 1 }) };
}

function hasOriginForm({ request }: AccessLogEntry): boolean {
  return request !== null && ORIGIN_FORM.test(request);
}
