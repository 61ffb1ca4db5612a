import type { AccessLogEntry } from '../model/entry.ts';
import type { LogLine } from '../model/line.ts';
import { ownText, textPool } from '../model/own-text.ts';
import { isReject, type LineParser } from './format.ts';

/** What of an entry is known at once. */
export type Glimpse = Pick<AccessLogEntry, 'line' | 'time' | 'client' | 'stem' | 'status'>;

/**
 * A copy of an entry that owns its text, so that the chunk of the log it was cut from can be let go. Only what windows
 * group and count by is copied at once; the rest is parsed again when somebody asks. Most such entries wait in a window
 * and are dropped unread.
 */
export function ownEntry(entry: Glimpse, parse: LineParser): AccessLogEntry {
  return new OwnEntry(entry, parse);
}

/** Clients and paths recur from line to line. */
const POOLED_TEXTS = 8192;
const poolClient = textPool(POOLED_TEXTS);
const poolStem = textPool(POOLED_TEXTS);

/**
 * The entry that was asked for more last, and what its line says: most are asked for one value as they come and then wait,
 * and would take three times the memory with all that was parsed for it.
 */
const latest: { entry: OwnEntry | null; parsed: AccessLogEntry | null } = { entry: null, parsed: null };

/** The line and what it says are one object: hundreds of thousands of them may wait. */
class OwnEntry implements AccessLogEntry, LogLine {
  readonly source: string;
  readonly number: number;
  readonly offset: number;
  readonly length: number;
  readonly text: string;
  readonly time: number;
  readonly client: string;
  readonly stem: string | null;
  readonly status: number | null;
  readonly #parse: LineParser;

  constructor(entry: Glimpse, parse: LineParser) {
    const { source, number, offset, length, text } = entry.line;
    this.source = source;
    this.number = number;
    this.offset = offset;
    this.length = length;
    this.text = ownText(text);
    this.time = entry.time;
    this.client = poolClient(entry.client);
    this.stem = entry.stem === null ? null : poolStem(entry.stem);
    this.status = entry.status;
    this.#parse = parse;
  }

  get line(): LogLine {
    return this;
  }

  get #rest(): AccessLogEntry {
    if (latest.entry === this && latest.parsed !== null) return latest.parsed;
    const parsed = this.#parse(this);
    if (isReject(parsed)) throw new Error(`line ${this.number} parsed once but not twice`);
    latest.entry = this;
    latest.parsed = parsed;
    return parsed;
  }

  get peer(): string | null {
    return this.#rest.peer;
  }
  get user(): string | null {
    return this.#rest.user;
  }
  get request(): string | null {
    return this.#rest.request;
  }
  get method(): string | null {
    return this.#rest.method;
  }
  get target(): string | null {
    return this.#rest.target;
  }
  get query(): string | null {
    return this.#rest.query;
  }
  get protocol(): string | null {
    return this.#rest.protocol;
  }
  get bytes(): number | null {
    return this.#rest.bytes;
  }
  get referer(): string | null {
    return this.#rest.referer;
  }
  get userAgent(): string | null {
    return this.#rest.userAgent;
  }
  get host(): string | null {
    return this.#rest.host;
  }
  get port(): number | null {
    return this.#rest.port;
  }
  get durationMs(): number | null {
    return this.#rest.durationMs;
  }
  get extra(): Readonly<Record<string, string>> | null {
    return this.#rest.extra;
  }
}
