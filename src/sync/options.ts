import type { CtiaClient, Filters } from '../ctia/ctia.ts';
import type { State } from '../state/state.ts';
import type { Connector } from '../tickets/tickets.ts';
import type { SyncEvent } from './event.ts';
import type { Words } from './words.ts';

/** What sync uses of the client. */
export type IncidentServer = Pick<CtiaClient, 'entities' | 'exportBundle' | 'history' | 'verdict'>;

/** Whose value stands when both sides changed a field: always one side's, or what was set last. */
export type Owner = 'xdr' | 'ticket' | 'newest';

export interface SyncOptions {
  readonly client: IncidentServer;
  readonly connector: Connector;
  readonly state: Pick<State, 'table' | 'transact'>;
  /** Which incidents get a ticket, by the names of the server's search; none: all. */
  readonly filters: Filters;
  readonly words: Words;
  readonly owners: { readonly status: Owner; readonly assignee: Owner };
  readonly guard: GuardOptions;
  /** Changes of an incident within this time become one comment. */
  readonly mergeMs: number;
  /** How often everything is compared. */
  readonly reconcileMs: number;
  /** Custom fields of each new ticket. */
  readonly fields: Readonly<Record<string, string>>;
  /** Whether a new ticket tells what intelligence says of the observables. */
  readonly verdicts: boolean;
  /** Address of an incident (long id) for people; null: none. */
  linkOf(incidentId: string): string | null;
  /** An external id, made of facts alone. */
  nameOf(type: string, facts: readonly string[]): string;
  /** `source` of the notes made. */
  readonly source: string;
  /** TLP of notes on incidents that have none. */
  readonly tlp: string;
  /** Epoch ms. */
  clock(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  report(event: SyncEvent): void;
}

export interface GuardOptions {
  /** Incidents that have an observable in common within this time share a ticket; null: none do. */
  readonly shareWindowMs: number | null;
  /** Tickets made within an hour; further incidents go into one digest ticket. */
  readonly maxPerHour: number;
}
