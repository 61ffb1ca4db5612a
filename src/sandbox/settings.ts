import { randomBytes, randomUUID } from 'node:crypto';
import type { FaultSpec } from './fault/fault.ts';

/** An API client that may ask for tokens. */
export interface SandboxClient {
  readonly clientId: string;
  readonly clientPassword: string;
  /** Organisation id; clients of one organisation share its entities. */
  readonly org: string;
  /** The user that the client acts for. */
  readonly user: string;
  readonly scopes: readonly string[];
}

/** How the double behaves. Where production's value is unknown, the default is the one the server is shipped with. */
export interface Behaviour {
  /** What long ids start with. */
  readonly showUrl: string;
  readonly schemaVersion: string;
  readonly maxEntities: number;
  /** Relationships followed by an export, for each id. */
  readonly maxRelationships: number;
  readonly minTlp: 'green' | 'amber' | 'red';
  readonly defaultTlp: 'green' | 'amber' | 'red';
  /** Whether green and white entities of other organisations can be read. */
  readonly maxRecordVisibility: 'everyone' | 'group';
  /** Names that `scores` of an incident may hold, bundles aside. */
  readonly scoreTypes: readonly string[];
  /** Offset and limit together may not exceed this. */
  readonly searchWindow: number;
  readonly defaultLimit: number;
  /** How long a write stays out of sight of all reading, unless it waits; 0: not at all. */
  readonly refreshMs: number;
  /** Requests of an organisation to one service within the window; null: no limit, no header. */
  readonly rateLimit: { readonly limit: number; readonly windowMs: number } | null;
  readonly tokenLifetimeS: number;
  /** Whether an import takes any of several entities with one external id, rather than the one stored first. */
  readonly shuffleLookup: boolean;
  /** Requests kept by the recorder, the last ones; and how much of each one's body. */
  readonly maxRecordedRequests: number;
  readonly maxRecordedBodyChars: number;
  readonly maxBodyBytes: number;
}

export interface SandboxOptions extends Partial<Behaviour> {
  /** Default 0: any free port. */
  readonly port?: number;
  /** SQLite file that keeps entities and credentials. Default: memory only. */
  readonly dbFile?: string;
  /** Default: one client with all scopes, made up (or read from `dbFile`). */
  readonly clients?: readonly SandboxClient[];
  readonly faults?: readonly FaultSpec[];
  /** Seed of shuffled results. Default 1. */
  readonly seed?: number;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  readonly uuid?: () => string;
}

export const DEFAULT_BEHAVIOUR: Behaviour = {
  showUrl: 'https://private.intel.amp.cisco.com:443',
  schemaVersion: '1.3.30',
  maxEntities: 2000,
  maxRelationships: 1000,
  minTlp: 'green',
  defaultTlp: 'green',
  maxRecordVisibility: 'everyone',
  scoreTypes: ['asset', 'ttp', 'probability', 'global', 'ml_score'],
  searchWindow: 10_000,
  defaultLimit: 100,
  refreshMs: 1000,
  rateLimit: null,
  tokenLifetimeS: 600,
  shuffleLookup: false,
  maxRecordedRequests: 1000,
  maxRecordedBodyChars: 65_536,
  maxBodyBytes: 64 * 1024 * 1024,
};

/** What a client of Cisco XDR with everything ticked would be granted. */
export const ALL_SCOPES = ['private-intel', 'inspect', 'enrich', 'casebook', 'asset', 'global-intel:read'] as const;

/** A client nobody else knows. */
export function newClient(): SandboxClient {
  return {
    clientId: `client-${randomUUID()}`,
    clientPassword: randomBytes(32).toString('base64url'),
    org: randomUUID(),
    user: randomUUID(),
    scopes: ALL_SCOPES,
  };
}
