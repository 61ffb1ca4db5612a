import { type JsonObject, type Stored, shortIdOf, textsOf } from '../ctia/ctia.ts';
import { type Person, type Ticket, type TicketChanges, TicketError } from '../tickets/tickets.ts';
import { type AssigneeDecision, type Decision, decideAssignee, decideStatus, type Signs } from './decide.ts';
import { paragraphs } from './describe.ts';
import type { Side } from './event.ts';
import { contentHash, hashOf, textOf, timeOf } from './facts.ts';
import type { IncidentWriter } from './incident-writer.ts';
import { isClosed } from './is-closed.ts';
import type { NoteMaker } from './notes.ts';
import type { SyncOptions } from './options.ts';
import type { Base, Pair } from './pair.ts';
import type { SyncStore } from './store.ts';
import { sameText } from './words.ts';

/** Rounds of reading and writing; each further one is due to somebody who changes the same thing meanwhile. */
const MAX_ROUNDS = 5;

type Field = 'status' | 'assignee';

interface Decided {
  /** Somebody changed the incident since it was read. */
  readonly stale: boolean;
  readonly status: Decision<string, string>;
  readonly assignee: AssigneeDecision;
}

/**
 * `bringInStep(pair)`: makes status and assignee the same on both sides, as far as there are words for it. Answers with
 * the incident and the pair as they are then; the incident is null when it is gone. What is to be written is stored
 * before it is, so that after a kill it is known for what it is, and not taken for somebody else's change.
 */
export function stepper(options: SyncOptions, store: SyncStore, writer: IncidentWriter, notes: NoteMaker) {
  const { client, connector, words, owners, report } = options;
  const { reads, updates } = connector.capabilities;
  const incidents = client.entities('incident');

  return async function bringInStep(start: Pair): Promise<{ incident: Stored | null; pair: Pair }> {
    let pair = start;
    /** What somebody wrote while we read, and we wrote over. */
    let overwritten: JsonObject = {};
    for (let round = 1; ; round++) {
      const stored = await incidents.get(pair.incidentId);
      if (stored === null) return { incident: null, pair };
      const incident: Stored = { ...stored, ...overwritten };
      const ticket = reads ? await connector.read(pair.ticketId) : unreadTicket(pair);
      pair = settle(pair, incident, ticket);
      const decided = await decide(pair, incident, ticket, overwritten);
      if (decided.stale && round < MAX_ROUNDS) continue;
      const agreed = baseOf(decided, ticket);
      pair = withConflicts(pair, decided, incident, ticket);
      const wanted = ticketChangesOf(decided, ticket);
      // Of what is still to be written to the ticket, nothing is agreed before that is done.
      const halfway: Base = {
        status: 'status' in wanted ? pair.base.status : agreed.status,
        assignee: 'assignee' in wanted ? pair.base.assignee : agreed.assignee,
      };

      const changes = changesOf(decided, stored);
      let modified = textOf(stored.modified);
      let ticketAt = ticket.updatedAt;
      if (Object.keys(changes).length > 0) {
        pair = intend('xdr', pair, halfway);
        const written = await writer.write(stored, changes);
        report({ kind: 'incident-changed', ...namesOf(pair), fields: Object.keys(changes).join(', ') });
        overwritten = round < MAX_ROUNDS ? written.overwritten : {};
        if (Object.keys(overwritten).length > 0) {
          // The old base stands: against it, what was overwritten is a change of its own.
          pair = keep({ ...pair, intended: null });
          continue;
        }
        // What somebody else changed since it was read is still to be looked at.
        const isOurs = contentHash(written.stored) === contentHash({ ...stored, ...changes });
        if (isOurs) modified = textOf(written.stored.modified);
        pair = { ...pair, modified };
      }

      pair = { ...pair, base: halfway, intended: null };
      if (Object.keys(wanted).length > 0) {
        pair = intend('ticket', pair, agreed);
        const updated = await tryUpdate(pair.ticketId, wanted, ticket);
        if (updated === null && round < MAX_ROUNDS) {
          pair = keep({ ...pair, intended: null });
          continue;
        }
        if (updated === null)
          throw new TicketError('conflict', `ticket ${pair.ticketId} keeps changing`, { phase: 'answered' });
        report({ kind: 'ticket-changed', ...namesOf(pair), fields: Object.keys(wanted).join(', ') });
        const base =
          'assignee' in wanted
            ? baseOf({ ...decided, assignee: { ...decided.assignee, ticket: updated.assignee } }, updated)
            : agreed;
        ticketAt = updated.updatedAt;
        pair = { ...pair, base, intended: null };
        shareBase(pair, base);
      }
      return { incident: { ...incident, ...changes }, pair: keep({ ...pair, modified, ticketAt }) };
    }
  };

  function keep(pair: Pair): Pair {
    store.setPair(pair);
    return pair;
  }

  function intend(side: Side, pair: Pair, base: Base): Pair {
    return keep({ ...pair, intended: { side, base } });
  }

  async function decide(pair: Pair, incident: Stored, ticket: Ticket, overwritten: JsonObject): Promise<Decided> {
    const { base } = pair;
    let stale = false;
    const signsOf = (field: Field, name: 'status' | 'assignees'): Signs => {
      const heard = pair.ticketChanged[field];
      const is = field === 'status' ? ticket.status : (ticket.assignee?.id ?? null);
      const atTicket = heard !== null && heard.to === is ? heard.at : ticket.updatedAt;
      const lastAtXdr = async (): Promise<number | null> => {
        const last = await writer.lastChange(incident, name);
        stale ||= last?.stale === true && !(name in overwritten);
        return last?.at ?? null;
      };
      return {
        async touched(side) {
          if (side === 'ticket') return heard !== null && heard.at > pair.ticketAt;
          return ((await lastAtXdr()) ?? 0) > timeOf(pair.modified);
        },
        async winner() {
          if (owners[field] !== 'newest') return owners[field];
          if (name in overwritten) return 'xdr';
          const atXdr = (await lastAtXdr()) ?? timeOf(incident.modified);
          return atTicket >= atXdr ? 'ticket' : 'xdr';
        },
      };
    };
    const now = { xdr: textOf(incident.status), ticket: ticket.status };
    const status = await decideStatus(base.status, now, words, signsOf('status', 'status'));
    const people = { xdr: textsOf(incident.assignees), ticket: ticket.assignee };
    const assignee = await decideAssignee(base.assignee, people, words, signsOf('assignee', 'assignees'));
    const canSet = (field: Field): boolean => updates.includes(field);
    return {
      stale,
      status:
        canSet('status') && !staysOpen(pair, status.xdr, status.ticket, ticket)
          ? status
          : { ...status, ticket: ticket.status },
      assignee: canSet('assignee') ? assignee : { ...assignee, ticket: ticket.assignee },
    };
  }

  /** A ticket of several incidents is closed when the last of them is. */
  function staysOpen(pair: Pair, status: string, word: string, ticket: Ticket): boolean {
    if (!isClosed(status) || sameText(word, ticket.status)) return false;
    return store.incidentsOf(pair.ticketId).some((id) => {
      const other = id === pair.incidentId ? null : store.pair(id);
      return other?.state === 'linked' && other.ticketId === pair.ticketId && !isClosed(other.base.status.xdr);
    });
  }

  /** The pair with what a write of ours made of it whose end nobody heard of. */
  function settle(pair: Pair, incident: Stored, ticket: Ticket): Pair {
    if (pair.intended === null) return pair;
    const { base } = pair;
    const { side, base: next } = pair.intended;
    const names = textsOf(incident.assignees);
    const isDone =
      side === 'xdr'
        ? { status: incident.status === next.status.xdr, assignee: sameNames(names, next.assignee.xdr) }
        : {
            status: sameText(ticket.status, next.status.ticket),
            assignee: isPerson(ticket.assignee, next.assignee.ticket),
          };
    const hasLanded =
      (isDone.status && base.status.xdr !== next.status.xdr) ||
      (isDone.assignee && !sameNames(base.assignee.xdr, next.assignee.xdr));
    const id = side === 'ticket' ? (ticket.assignee?.id ?? null) : next.assignee.ticket;
    return {
      ...pair,
      base: {
        status: isDone.status ? next.status : base.status,
        assignee: isDone.assignee ? { ...next.assignee, ticket: id } : base.assignee,
      },
      intended: null,
      modified: side === 'xdr' && hasLanded ? textOf(incident.modified) : pair.modified,
    };
  }

  /** Null when somebody else changed the ticket since it was read. */
  async function tryUpdate(id: string, changes: TicketChanges, { version }: Ticket): Promise<Ticket | null> {
    try {
      return await connector.update(id, changes, version ?? undefined);
    } catch (error) {
      if (error instanceof TicketError && error.code === 'conflict') return null;
      throw error;
    }
  }

  /** What we made of a ticket for one of its incidents is no news for the others. */
  function shareBase(pair: Pair, { status, assignee }: Base): void {
    store.transact(() => {
      for (const id of store.incidentsOf(pair.ticketId)) {
        const other = id === pair.incidentId ? null : store.pair(id);
        if (other === null) continue;
        const base = {
          status: { ...other.base.status, ticket: status.ticket },
          assignee: { ...other.base.assignee, ticket: assignee.ticket, name: assignee.name },
        };
        store.setPair({ ...other, base });
      }
    });
  }

  function withConflicts(pair: Pair, decided: Decided, incident: Stored, ticket: Ticket): Pair {
    const shown = {
      status: [incident.status, ticket.status],
      assignee: [textsOf(incident.assignees).join(', ') || 'nobody', nameOf(ticket.assignee)],
    };
    let { comments, notes: newNotes } = pair.outgoing;
    for (const field of ['status', 'assignee'] as const) {
      const winner = decided[field].conflict;
      if (winner === null) continue;
      const [atXdr, atTicket] = shown[field];
      const name = hashOf(pair.incidentId, field, pair.base[field], atXdr, atTicket);
      if (comments.some(({ conflicts }) => conflicts.includes(name))) continue;
      const rule =
        owners[field] === 'newest' ? 'what was set last stands' : `the ${field} belongs to ${sideName(owners[field])}`;
      const message = `The ${field} was changed on both sides: ${String(atXdr)} in Cisco XDR, ${String(atTicket)} in ticket ${ticket.id}. The one of ${sideName(winner)} stands, since ${rule}.`;
      comments = [...comments, { key: name, blocks: paragraphs(message), tried: false, conflicts: [name] }];
      newNotes = [...newNotes, notes.ownNote(incident, name, paragraphs(message))];
      report({ kind: 'conflict', ...namesOf(pair), message });
    }
    return { ...pair, outgoing: { comments, notes: newNotes } };
  }

  function baseOf({ status, assignee }: Decided, ticket: Ticket): Base {
    const wanted = assignee.ticket;
    const person = typeof wanted === 'string' && isPerson(ticket.assignee, wanted) ? ticket.assignee : wanted;
    const [id, name] =
      typeof person === 'string' || person === null ? [person, null] : [person.id, words.personToIncident(person)];
    return {
      status: { xdr: status.xdr, ticket: status.ticket },
      assignee: { xdr: [...assignee.xdr], ticket: id, name },
    };
  }

  function unreadTicket({ ticketId, url, base, incidentId }: Pair): Ticket {
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
}

function changesOf({ status, assignee }: Decided, stored: Stored): JsonObject {
  return {
    ...(status.xdr === textOf(stored.status) ? {} : { status: status.xdr }),
    ...(sameNames(assignee.xdr, textsOf(stored.assignees)) ? {} : { assignees: assignee.xdr }),
  };
}

function ticketChangesOf({ status, assignee }: Decided, ticket: Ticket): TicketChanges {
  const person = assignee.ticket;
  const moves =
    person === null ? ticket.assignee !== null : typeof person === 'string' && !isPerson(ticket.assignee, person);
  return {
    ...(sameText(status.ticket, ticket.status) ? {} : { status: status.ticket }),
    ...(moves ? { assignee: typeof person === 'string' ? person : null } : {}),
  };
}

function namesOf({ incidentId, ticketId }: Pair): { incident: string; ticket: string } {
  return { incident: shortIdOf(incidentId), ticket: ticketId };
}

/** Whether a name that `update` takes means this person. */
function isPerson(person: Person | null, name: string | null): boolean {
  if (person === null || name === null) return person === null && name === null;
  return [person.id, person.login, person.email].some((one) => one !== null && sameText(one, name));
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => sameText(one, other)));
}

function nameOf(person: Person | null): string {
  return person === null ? 'nobody' : (person.email ?? person.login ?? person.name ?? person.id);
}

function sideName(side: Side): string {
  return side === 'xdr' ? 'Cisco XDR' : 'the ticket system';
}
