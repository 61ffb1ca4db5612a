import { type JsonObject, type Stored, textsOf } from '../ctia/ctia.ts';
import type { Person, Ticket, TicketChanges } from '../tickets/tickets.ts';
import type { AssigneeDecision, Decision } from './decide.ts';
import { textOf } from './facts.ts';
import type { SyncedField } from './incident-writer.ts';
import type { Base, Pair } from './pair.ts';
import { sameText, type Words } from './words.ts';

/** What is kept in step. */
export const FIELDS = ['status', 'assignee'] as const;
export type Field = (typeof FIELDS)[number];
/** What each field is called in an incident. */
export const SYNCED = { status: 'status', assignee: 'assignees' } as const satisfies Record<Field, SyncedField>;

export function perField<T>(make: (field: Field) => T): Record<Field, T> {
  return { status: make('status'), assignee: make('assignee') };
}

/** What was decided of each field. */
export interface Decided {
  readonly status: Decision<string, string>;
  readonly assignee: AssigneeDecision;
}

/** What of a decision an incident does not have yet. */
export function changesOf({ status, assignee }: Decided, stored: Stored): JsonObject {
  return {
    ...(status.xdr === textOf(stored.status) ? {} : { status: status.xdr }),
    ...(sameNames(assignee.xdr, textsOf(stored.assignees)) ? {} : { assignees: assignee.xdr }),
  };
}

/** What of a decision a ticket does not have yet. */
export function ticketChangesOf({ status, assignee }: Decided, ticket: Ticket): TicketChanges {
  const person = assignee.ticket;
  const moves =
    person === null ? ticket.assignee !== null : typeof person === 'string' && !isPerson(ticket.assignee, person);
  return {
    ...(sameText(status.ticket, ticket.status) ? {} : { status: status.ticket }),
    ...(moves ? { assignee: typeof person === 'string' ? person : null } : {}),
  };
}

/** What both sides agree on once a decision is carried out. */
export function baseOf({ status, assignee }: Decided, ticket: Ticket, words: Pick<Words, 'personToIncident'>): Base {
  const wanted = assignee.ticket;
  const person = typeof wanted === 'string' && isPerson(ticket.assignee, wanted) ? ticket.assignee : wanted;
  const [id, name] =
    typeof person === 'string' || person === null ? [person, null] : [person.id, words.personToIncident(person)];
  return {
    status: { xdr: status.xdr, ticket: status.ticket },
    assignee: { xdr: [...assignee.xdr], ticket: id, name },
  };
}

/** The pair with what a write of ours made of it whose end nobody heard of, and the fields that it is seen to have written. */
export function settle(pair: Pair, incident: Stored, ticket: Ticket): { pair: Pair; landed: readonly Field[] } {
  if (pair.intended === null) return { pair, landed: [] };
  const { base, agreedAt } = pair;
  const { side, base: next, agreedAt: then } = pair.intended;
  const names = textsOf(incident.assignees);
  const isDone =
    side === 'xdr'
      ? { status: incident.status === next.status.xdr, assignee: sameNames(names, next.assignee.xdr) }
      : {
          status: sameText(ticket.status, next.status.ticket),
          assignee: isPerson(ticket.assignee, next.assignee.ticket),
        };
  const isWritten = {
    status: isDone.status && (base.status.xdr !== next.status.xdr || base.status.ticket !== next.status.ticket),
    assignee:
      isDone.assignee &&
      (!sameNames(base.assignee.xdr, next.assignee.xdr) || base.assignee.ticket !== next.assignee.ticket),
  };
  const id = side === 'ticket' ? (ticket.assignee?.id ?? null) : next.assignee.ticket;
  const settled = {
    ...pair,
    base: {
      status: isDone.status ? next.status : base.status,
      assignee: isDone.assignee ? { ...next.assignee, ticket: id } : base.assignee,
    },
    agreedAt: perField((field) => (isWritten[field] ? then[field] : agreedAt[field])),
    intended: null,
  };
  return { pair: settled, landed: FIELDS.filter((field) => isWritten[field]) };
}

/** The ticket of a system that cannot be asked: as it was left. */
export function unreadTicket({ ticketId, url, base, incidentId }: Pair): Ticket {
  const { ticket: id } = base.assignee;
  const assignee = id === null ? null : { id, login: id, email: id.includes('@') ? id : null, name: null };
  return {
    id: ticketId,
    url,
    title: '',
    status: base.status.ticket,
    priority: null,
    assignee,
    incidentId,
    updatedAt: 0,
    version: null,
  };
}

/** Whether a name that `update` takes means this person. */
function isPerson(person: Person | null, name: string | null): boolean {
  if (person === null || name === null) return person === null && name === null;
  return [person.id, person.login, person.email].some((one) => one !== null && sameText(one, name));
}

export function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => sameText(one, other)));
}
