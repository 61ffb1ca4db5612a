import type { Connector, Ticket } from './connector.ts';
import type { EventMaker, TicketEvent } from './event.ts';
import { textOf } from './json.ts';
import { TicketError } from './ticket-error.ts';

export interface OneWayParts {
  readonly name: string;
  readonly events: EventMaker;
  /** Throws TicketError. */
  send(event: TicketEvent): Promise<void>;
  close(): Promise<void>;
}

/**
 * A connector that tells and hears nothing: each incident's ticket is the incident itself, and what comes back of a
 * ticket is what was said of it.
 */
export function oneWayConnector({ name, events, send, close }: OneWayParts): Connector {
  const unsupported = (what: string) => new TicketError('unsupported', `${name} only sends: it cannot ${what}`);
  return {
    name,
    system: name,
    capabilities: {
      finds: false,
      reads: false,
      tells: false,
      updates: ['status', 'assignee', 'title', 'priority', 'description'],
      attaches: true,
    },
    async create(draft) {
      const event = events.created(draft);
      await send(event);
      return ticketOf(event, { priority: draft.priority });
    },
    async findByIncident() {
      throw unsupported('find tickets');
    },
    async read() {
      throw unsupported('read tickets');
    },
    async update(id, changes) {
      const event = events.updated(id, changes);
      await send(event);
      const { assignee = null, status, priority = null } = changes;
      return ticketOf(event, {
        ...(status === undefined ? {} : { status }),
        priority,
        assignee: assignee === null ? null : { id: assignee, login: null, email: null, name: null },
      });
    },
    comment: (id, text, options) => send(events.commented(id, text, options)),
    // biome-ignore lint/correctness/useYield: there is nothing to tell.
    async *changedSince() {
      throw unsupported('tell of changes');
    },
    async bookmark() {
      throw unsupported('tell of changes');
    },
    close,
  };
}

function ticketOf(
  { subject, time, data }: TicketEvent,
  said: Partial<Pick<Ticket, 'status' | 'priority' | 'assignee'>>,
): Ticket {
  const { status = '', priority = null, assignee = null } = said;
  return {
    id: subject,
    url: null,
    title: textOf(data.title) ?? '',
    status,
    priority,
    assignee,
    incidentId: subject,
    updatedAt: Date.parse(time),
    version: null,
  };
}
