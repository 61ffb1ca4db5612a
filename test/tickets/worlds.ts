import type { Connector } from '../../src/tickets/connector.ts';
import type { ConnectorName } from '../../src/tickets/connectors.ts';

/** A ticket system to try a connector on. */
export interface World {
  readonly statuses: { readonly fresh: string; readonly other: string; readonly closed: string };
  readonly priorities: readonly [string, string];
  /** Somebody whom tickets can be assigned to, and what a ticket says of them then. */
  readonly assignee: { readonly given: string; readonly id: string };
  /** Null where there is none, and no server. */
  readonly secret: string | null;
  open(how?: 'with-another-secret' | 'at-a-closed-port'): Connector;
  /** What only two-way connectors are tried with. */
  readonly side: Side | null;
  stop(): Promise<void>;
}

/** The system without the connector. */
export interface Side {
  /** What a configuration says of it. */
  readonly settings: { readonly kind: ConnectorName; readonly url: string };
  readonly analyst: Analyst;
  /** The page of a ticket as a browser gets it. */
  pageOf(id: string): Promise<string>;
  /** Files that hang on a ticket, by name. */
  filesOf(id: string): Promise<Readonly<Record<string, string>>>;
  /** Every ticket, and the incident whose mark it bears. */
  marks(): Promise<readonly { readonly id: string; readonly incidentId: string }[]>;
  /** What was written into a ticket, comments of Sightline's own too, as the system keeps it. */
  commentsOn(id: string): Promise<readonly string[]>;
  /** Ends the server's processes, and starts them again on the same port. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
}

/** Somebody who works with the system's own means. */
export interface Analyst {
  /** What the system calls them. */
  readonly id: string;
  update(id: string, changes: { status?: string; assignee?: string | null }): Promise<void>;
  comment(id: string, text: string): Promise<void>;
  /** Makes a ticket that no incident belongs to. */
  create(title: string): Promise<string>;
}

export interface WorldRow {
  readonly connector: ConnectorName;
  readonly title: string;
  /** Whether the connector only sends, can be asked about tickets, or tells of changes, too. */
  readonly kind: 'one-way' | 'asked' | 'two-way';
  /** Why there is no such system here; null when there is. */
  missing(): string | null;
  start(): Promise<World>;
}

/** A loopback port where nothing listens. */
export const CLOSED = 'http://127.0.0.1:9';

/** As fetch with JSON, for analysts. Rejects unless the answer is a success. */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
