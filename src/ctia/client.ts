import { type Bulk, bulkOf } from './bulk.ts';
import { type Caller, caller } from './caller.ts';
import { type Credentials, isToken } from './credentials.ts';
import { CtiaError } from './ctia-error.ts';
import { type Entities, entitiesOf, type PatchableEntities, type PatchableName } from './entities.ts';
import type { Exchange } from './exchange.ts';
import { baseOf, type Region } from './hosts.ts';
import { type ImportBundle, importer, type Route } from './import.ts';
import { importLock, type LockOptions } from './import-lock.ts';
import { oneAtATime } from './in-turn.ts';
import { type Intel, intelOf } from './intel.ts';
import type { EntityName } from './names.ts';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from './retry.ts';
import { realTiming, type Timing } from './timing.ts';
import { isTokenText } from './token.ts';
import { type TransportOptions, transport } from './transport.ts';

export interface CtiaOptions extends TransportOptions {
  readonly credentials: Credentials;
  /** Default `us`. */
  readonly region?: Region;
  /** Which way bundles are imported; everything else of CTIA is asked directly. Default `iroh`. */
  readonly route?: Route;
  /** Base URLs in place of the region's: of IROH (token, import) and of private intelligence. */
  readonly irohUrl?: string;
  readonly ctiaUrl?: string;
  /** For one attempt, from its beginning to the last byte received. Default 60,000. */
  readonly timeoutMs?: number;
  /** Default 32 MiB; exports may be larger. */
  readonly maxAnswerBytes?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly timing?: Timing;
  /** Keeps imports of this API client by other processes of this user apart. Default: only those of this client are. */
  readonly lock?: LockOptions;
  /** Stops everything, what is waiting included. */
  readonly signal?: AbortSignal;
  readonly userAgent?: string;
  /** Hears of every exchange, failed attempts included. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** A client of one organisation's private intelligence. Every failure is a {@link CtiaError}. */
export interface CtiaClient extends Intel {
  /** Imports when it is its turn: two imports at once could both create what they share. */
  readonly importBundle: ImportBundle;
  /**
   * Carries out work that imports and then changes what it imported, while nobody else imports. In it, `importBundle` is
   * the function that is passed in; that of the client waits for its own turn.
   */
  exclusively<T>(work: (importBundle: ImportBundle) => Promise<T>): Promise<T>;
  /** Create, read, change, remove, search and count the entities of one type. */
  entities(name: PatchableName): PatchableEntities;
  entities(name: EntityName): Entities;
  readonly bulk: Bulk;
  /** What the token allows, fetched now; null when the server does not say. */
  scopes(): Promise<readonly string[] | null>;
  /** Lets go of the connections. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Nothing is sent before the first call. Throws CtiaError `insecure-url` or `bad-config-value`. */
export function ctiaClient(options: CtiaOptions): CtiaClient {
  const { credentials, region = 'us', route = 'iroh', irohUrl, ctiaUrl } = options;
  checkCredentials(credentials);
  const bases = { iroh: baseOf('iroh', region, irohUrl), ctia: baseOf('ctia', region, ctiaUrl) };
  const pool = transport(options);
  const policy = { ...DEFAULT_RETRY_POLICY, ...options.retry };
  const timing = options.timing ?? realTiming;
  const calls: Caller = caller({
    bases,
    transport: pool,
    credentials,
    policy,
    timing,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxAnswerBytes: options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES,
    signal: options.signal,
    userAgent: options.userAgent ?? 'sightline',
    onExchange: options.onExchange,
  });
  const inTurn = oneAtATime();
  const hold =
    options.lock === undefined
      ? <T>(work: () => Promise<T>) => work()
      : importLock(options.lock, {
          name: `${bases.ctia.origin}${bases.ctia.prefix} ${isToken(credentials) ? '' : credentials.clientId}`,
          maxWaitMs: policy.maxWaitMs,
          timing,
          signal: options.signal,
        });
  const importBundle = importer(calls, route);
  const exclusively: CtiaClient['exclusively'] = (work) => inTurn(() => hold(() => work(importBundle)));
  return {
    ...intelOf(calls),
    importBundle: (body, how) => exclusively((send) => send(body, how)),
    exclusively,
    entities: (name: EntityName) => entitiesOf(calls, name),
    bulk: bulkOf(calls),
    scopes: async () => (await calls.token()).scopes,
    close: () => pool.close(),
  };
}

function checkCredentials(credentials: Credentials): void {
  const good = isToken(credentials)
    ? isTokenText(credentials.token)
    : credentials.clientId !== '' && credentials.clientPassword !== '';
  if (!good) throw new CtiaError('bad-config-value', 'the credentials are empty or malformed');
}
