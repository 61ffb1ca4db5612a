import type { Document } from './document.ts';

/**
 * A ticket system. Words for status, priority and people are the system's own; whoever calls maps them. Every failure is
 * a TicketError. Nothing is tried twice in here unless a connector says so: the caller queues, waits and tries again.
 */
export interface Connector {
  /** The kind of connector: `rt`, `redmine`, ... */
  readonly name: string;
  /** Where ids of tickets mean what they do: the kind of system, and its address where one has tickets of its own. */
  readonly system: string;
  readonly capabilities: Capabilities;
  /**
   * Makes a ticket and marks it with its incident. Not repeatable: after a failure whose `phase` is `unanswered`, ask
   * `findByIncident` first.
   */
  create(draft: TicketDraft): Promise<Ticket>;
  /** Tickets that bear the incident's mark, closed ones too, oldest first. Needs `finds`. */
  findByIncident(incidentId: string): Promise<readonly Ticket[]>;
  /** Needs `reads`. Throws `not-found`. */
  read(id: string): Promise<Ticket>;
  /**
   * Sets what is given and answers with the ticket as it is then. Repeatable. Throws `refused` when the system kept a
   * status, an assignee or a priority, with its reason. With `ifVersion`, throws `conflict` when the
   * ticket is no longer at that version. Fields that the capabilities leave out throw `unsupported`.
   */
  update(id: string, changes: TicketChanges, ifVersion?: string): Promise<Ticket>;
  /** Adds a comment. Not repeatable unless told so by `again`. */
  comment(id: string, text: Document, options: CommentOptions): Promise<void>;
  /**
   * What happened to marked tickets after `bookmark` (null: ever), page by page. A page's bookmark may be stored when the
   * page is dealt with: going on from it skips nothing and repeats nothing. Needs `tells`.
   */
  changedSince(bookmark: string | null): AsyncIterable<NewsPage>;
  /** A bookmark of this moment: nothing that happened before is told after it. Needs `tells`. */
  bookmark(): Promise<string>;
  close(): Promise<void>;
}

/** What a connector can do; the rest throws TicketError `unsupported`. */
export interface Capabilities {
  readonly finds: boolean;
  readonly reads: boolean;
  /** Tells what others did (`changedSince`). */
  readonly tells: boolean;
  /** Fields that `update` can set. */
  readonly updates: readonly TicketField[];
  /** Whether `create` and `comment` keep attachments; otherwise they are left out. */
  readonly attaches: boolean;
}

export type TicketField = keyof TicketChanges;

export interface Ticket {
  readonly id: string;
  /** For people; null where there is no page. */
  readonly url: string | null;
  readonly title: string;
  readonly status: string;
  readonly priority: string | null;
  readonly assignee: Person | null;
  /** Long id of the incident that the ticket is marked with. */
  readonly incidentId: string | null;
  /** Epoch ms, by the server's clock. */
  readonly updatedAt: number;
  /** Another one after each change, for `update`; null where it takes a `read` to know. */
  readonly version: string | null;
}

/** Somebody in the ticket system; null for what the connector's account may not see. */
export interface Person {
  /** What `update` takes for certain; login, e-mail and id all do where they are known. */
  readonly id: string;
  readonly login: string | null;
  readonly email: string | null;
  readonly name: string | null;
}

export interface TicketDraft {
  /** Long CTIM id. */
  readonly incidentId: string;
  /** Put on one line, cut to what the system takes. */
  readonly title: string;
  /** In the system's words; null leaves it to the system. */
  readonly priority: string | null;
  readonly description: Document;
  readonly attachments: readonly Attachment[];
  /** Custom fields by the name or number that the system knows them by. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface Attachment {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly body: string;
}

export interface TicketChanges {
  readonly status?: string;
  /** Id, login or e-mail; null: nobody. */
  readonly assignee?: string | null;
  readonly title?: string;
  readonly priority?: string;
  readonly description?: Document;
}

export interface CommentOptions {
  /** Names the comment, `[a-z0-9-]{8,64}`; it is written into it, and told by `changedSince`. */
  readonly key: string;
  /** The comment may be there already: look for the key first. Default false. */
  readonly again?: boolean;
  readonly attachments?: readonly Attachment[];
}

export interface NewsPage {
  /** May be empty: then only the bookmark has moved. */
  readonly news: readonly TicketNews[];
  readonly bookmark: string;
}

export interface TicketNews {
  /** As it is now. */
  readonly ticket: Ticket;
  /** In the order in which they were made; empty when something else of the ticket changed, or it was made. */
  readonly changes: readonly TicketChange[];
}

export type TicketChange = ChangeFacts &
  (
    | { readonly kind: 'status'; readonly from: string | null; readonly to: string }
    | { readonly kind: 'assignee'; readonly from: Person | null; readonly to: Person | null }
    | {
        readonly kind: 'comment';
        /** As its author wrote it, HTML as plain text; empty where there is a key: whoever gave it knows the text. */
        readonly text: string;
        /** What a comment of the connector's own account was named. */
        readonly key: string | null;
      }
  );

export interface ChangeFacts {
  /** Never another change's, in this ticket system. */
  readonly id: string;
  /** Epoch ms, by the server's clock. */
  readonly at: number;
  readonly author: Person;
  /** Made by the connector's own account. */
  readonly own: boolean;
}
