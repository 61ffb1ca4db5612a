import { resolve } from 'node:path';
import type { Place } from './config-lines.ts';
import { followedBehind } from './piped-logs.ts';

/** A log that a server writes. */
export interface ApacheLog {
  /** What to follow: an absolute path, or a glob for the files that a rotating program makes; null if nobody can tell. */
  readonly pattern: string | null;
  /** The command behind a pipe; null for a file. */
  readonly piped: string | null;
  /** The `LogFormat` string, whatever nickname it has. */
  readonly format: string;
  /** Written for some of the requests only (`env=`, `expr=`). */
  readonly conditional: boolean;
  /** Where the configuration says so. */
  readonly place: Place;
}

/** The main server or a virtual host. */
export interface ApacheServer {
  /** Host of `ServerName`, its own or the main server's, in lower case; null if the configuration does not tell. */
  readonly host: string | null;
  /** Port of `ServerName`. */
  readonly port: number | null;
  readonly aliases: readonly string[];
  /** Addresses that it answers at, as far as they are written out: canonical, without wildcards. */
  readonly addresses: readonly string[];
  /** Its own logs, or else the main server's; the global ones with them. */
  readonly logs: readonly ApacheLog[];
}

/** A `CustomLog`, `GlobalLog` or `TransferLog`, as it is written. */
export interface LogDraft {
  readonly destination: string;
  /** A nickname or the format itself; null for the server's default. */
  readonly format: string | null;
  readonly conditional: boolean;
  readonly global: boolean;
  readonly place: Place;
}

/** What is known of a server while its configuration is read. */
export interface ServerDraft {
  name: string | null;
  defaultFormat: string | null;
  readonly aliases: string[];
  readonly addresses: string[];
  readonly formats: Map<string, string>;
  readonly logs: LogDraft[];
}

/** The format of `TransferLog` where none is set. */
const COMMON = '%h %l %u %t "%r" %>s %b';

export function serverDraft(): ServerDraft {
  return { name: null, defaultFormat: null, aliases: [], addresses: [], formats: new Map(), logs: [] };
}

/** Everything has been read: what each server logs, the main one first ("mod_log_config", Apache HTTP Server 2.4). */
export function planLogs(main: ServerDraft, hosts: readonly ServerDraft[], serverRoot: string): ApacheServer[] {
  const formatsOfMain = new Map([['CLF', COMMON], ...main.formats]);

  function planned(own: ServerDraft): ApacheServer {
    const formats = new Map([...formatsOfMain, ...own.formats]);
    const formatOf = (text: string | null) => {
      const written = text ?? own.defaultFormat ?? main.defaultFormat ?? COMMON;
      return formats.get(written) ?? written;
    };
    const globals = own === main ? [] : main.logs.filter(({ global }) => global);
    const drafts = own.logs.length > 0 ? [...own.logs, ...globals] : main.logs;
    const kept = drafts.filter(({ destination }) => destination !== '/dev/null');
    return {
      ...nameOf(own.name ?? main.name),
      aliases: own.aliases,
      addresses: [...new Set(own.addresses)],
      logs: kept.map(({ destination, format, conditional, place }) => {
        const piped = /^\|[|$]?\s*(.*)$/s.exec(destination)?.[1] ?? null;
        const pattern = piped === null ? fileOf(destination, serverRoot) : followedBehind(piped, serverRoot);
        return { pattern, piped, format: formatOf(format), conditional, place };
      }),
    };
  }

  return [main, ...hosts].map(planned);
}

/** Null for what is a file in the server's own process only, such as its standard output. */
function fileOf(destination: string, serverRoot: string): string | null {
  const path = resolve(serverRoot, destination);
  return /^\/(?:dev|proc)\//.test(path) ? null : path;
}

/** `ServerName [scheme://]host[:port]`. */
function nameOf(name: string | null): { host: string | null; port: number | null } {
  const [, host, port] = /^(?:\w+:\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d{1,5}))?/.exec(name ?? '') ?? [];
  return { host: host?.toLowerCase() || null, port: port === undefined ? null : Number(port) };
}
