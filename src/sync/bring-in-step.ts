import { type JsonObject, type Stored, shortIdOf, textsOf } from '../ctia/ctia.ts';
import { type Ticket, type TicketChanges, TicketError } from '../tickets/tickets.ts';
import {
  baseOf,
  changesOf,
  type Decided,
  landedOn,
  sameNames,
  settle,
  ticketChangesOf,
  unreadTicket,
} from './agreement.ts';
import { conflictTeller } from './conflicts.ts';
import { decideAssignee, decideStatus, type Signs } from './decide.ts';
import type { Side } from './event.ts';
import { contentHash, isoOf, textOf, timeOf } from './facts.ts';
import type { IncidentWriter, Overwritten, SyncedField } from './incident-writer.ts';
import { isClosed } from './is-closed.ts';
import type { NoteMaker } from './notes.ts';
import type { SyncOptions } from './options.ts';
import type { Base, Pair } from './pair.ts';
import type { SyncStore } from './store.ts';
import { sameText } from './words.ts';
import { afterwards, type Changed, lastChanged, NOTHING_CHANGED } from './work.ts';

/** Rounds of reading and writing; each further one is due to somebody who changes the same thing meanwhile. */
const MAX_ROUNDS = 5;

/**
 * `bringInStep(pair, ticket)`: makes status and assignee the same on both sides, as far as there are words for it. `ticket`
 * is what was just read of it, or null. Answers with the incident and the pair as they are then; the incident is null when
 * it is gone. What is to be written is stored before it is, so that after a kill it is known for what it is, and not taken
 * for somebody else's change.
 */
export function stepper(options: SyncOptions, store: SyncStore, writer: IncidentWriter, notes: NoteMaker) {
  const { client, connector, words, owners, report } = options;
  const { reads, tells, updates } = connector.capabilities;
  const incidents = client.entities('incident');
  const withConflicts = conflictTeller(options, notes);
  /** Heard ahead of listening: from its bookmark on, by ticket. */
  let ahead = { from: '', upTo: '', changed: new Map<string, Changed>() };

  return async function bringInStep(
    start: Pair,
    justRead: Ticket | null,
  ): Promise<{ incident: Stored | null; pair: Pair }> {
    let pair = start;
    /** What somebody wrote while we read, and we wrote over. */
    let overwritten: Overwritten = {};
    for (let round = 1; ; round++) {
      const stored = await incidents.get(pair.incidentId);
      if (stored === null) return { incident: null, pair };
      const restored = await writer.lastWords(pair.incidentId, overwritten);
      const incident: Stored = { ...stored, ...restored };
      const ticket = (round === 1 ? justRead : null) ?? (await ticketNow(pair));
      pair = await settled(pair, incident, ticket);
      const decided = await decide(pair, incident, ticket, restored);
      if (decided.stale && round < MAX_ROUNDS) continue;
      const agreed = baseOf(decided, ticket, words);
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
        // What somebody else changed since it was read is still to be looked at; our own write is not.
        const isOurs = contentHash(written.stored) === contentHash({ ...stored, ...changes });
        modified = isOurs ? textOf(written.stored.modified) : isoOf(Math.max(timeOf(modified), written.at));
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
            ? baseOf({ ...decided, assignee: { ...decided.assignee, ticket: updated.assignee } }, updated, words)
            : agreed;
        ticketAt = updated.updatedAt;
        pair = { ...pair, base, intended: null };
        shareBase(pair, base);
      }
      return { incident: { ...incident, ...changes }, pair: keep({ ...pair, modified, ticketAt }) };
    }
  };

  async function ticketNow(pair: Pair): Promise<Ticket> {
    return reads ? connector.read(pair.ticketId) : unreadTicket(pair);
  }

  /** What was changed after a write of ours whose end nobody heard of is still to be looked at; the write is not. */
  async function settled(pair: Pair, incident: Stored, ticket: Ticket): Promise<Pair> {
    const landed = landedOn(incident, pair);
    const now = settle(pair, incident, ticket);
    if (Object.keys(landed).length === 0) return now;
    const at = await writer.writtenAt(pair.incidentId, landed, timeOf(pair.modified));
    return { ...now, modified: at === null ? textOf(incident.modified) : isoOf(at) };
  }

  function keep(pair: Pair): Pair {
    store.setPair(pair);
    return pair;
  }

  function intend(side: Side, pair: Pair, base: Base): Pair {
    return keep({ ...pair, intended: { side, base } });
  }

  async function decide(
    pair: Pair,
    incident: Stored,
    ticket: Ticket,
    restored: JsonObject,
  ): Promise<Decided & { readonly stale: boolean }> {
    const { base } = pair;
    let stale = false;
    const holders = (list: unknown): string[] => textsOf(list).filter((one) => words.personToTicket(one) !== null);
    const differ = (a: unknown, b: unknown): boolean =>
      Array.isArray(a) || Array.isArray(b) ? !sameNames(holders(a), holders(b)) : a !== b;
    let heard: Promise<Changed> | null = null;
    const signsOf = (field: 'status' | 'assignee', name: SyncedField): Signs => {
      const is = field === 'status' ? ticket.status : (ticket.assignee?.id ?? null);
      const lastAtTicket = async () => {
        heard ??= hearUpToNow(pair);
        return (await heard)[field];
      };
      const lastAtXdr = async (): Promise<number | null> => {
        const last = await writer.lastChange(incident, name, differ);
        stale ||= last?.stale === true && !(name in restored);
        return last?.at ?? null;
      };
      return {
        async touched(side) {
          if (side === 'ticket') return ((await lastAtTicket())?.at ?? 0) > pair.ticketAt;
          return ((await lastAtXdr()) ?? 0) > timeOf(pair.modified);
        },
        async winner() {
          if (owners[field] !== 'newest') return owners[field];
          if (name in restored) return 'xdr';
          const last = await lastAtTicket();
          const atTicket = last !== null && last.to === is ? last.at : ticket.updatedAt;
          const atXdr = (await lastAtXdr()) ?? timeOf(incident.modified);
          return atTicket >= atXdr ? 'ticket' : 'xdr';
        },
      };
    };
    const now = { xdr: textOf(incident.status), ticket: ticket.status };
    const status = await decideStatus(base.status, now, words, signsOf('status', 'status'));
    const people = { xdr: textsOf(incident.assignees), ticket: ticket.assignee };
    const assignee = await decideAssignee(base.assignee, people, words, signsOf('assignee', 'assignees'));
    const canSet = (field: 'status' | 'assignee'): boolean => updates.includes(field);
    return {
      stale,
      status:
        canSet('status') && !staysOpen(pair, status.xdr, status.ticket, ticket)
          ? status
          : { ...status, ticket: ticket.status },
      assignee: canSet('assignee') ? assignee : { ...assignee, ticket: ticket.assignee },
    };
  }

  /**
   * What people last changed of the ticket. What they did since sync last listened must be known before it is written over:
   * a value that went away and came back looks as if nobody had touched it.
   */
  async function hearUpToNow({ ticketId, ticketChanged }: Pair): Promise<Changed> {
    const bookmark = store.bookmark();
    if (!tells || bookmark === null) return ticketChanged;
    if (ahead.from !== bookmark) ahead = { from: bookmark, upTo: bookmark, changed: new Map() };
    for await (const { news, bookmark: upTo } of connector.changedSince(ahead.upTo)) {
      for (const { ticket, changes } of news) {
        const known = ahead.changed.get(ticket.id) ?? NOTHING_CHANGED;
        ahead.changed.set(ticket.id, afterwards(known, lastChanged(changes)));
      }
      ahead.upTo = upTo;
    }
    return afterwards(ticketChanged, ahead.changed.get(ticketId));
  }

  /** A ticket of several incidents is closed when the last of them is. */
  function staysOpen(pair: Pair, status: string, word: string, ticket: Ticket): boolean {
    if (!isClosed(status) || sameText(word, ticket.status)) return false;
    return store.incidentsOf(pair.ticketId).some((id) => {
      const other = id === pair.incidentId ? null : store.pair(id);
      return other?.state === 'linked' && other.ticketId === pair.ticketId && !isClosed(other.base.status.xdr);
    });
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
}

function namesOf({ incidentId, ticketId }: Pair): { incident: string; ticket: string } {
  return { incident: shortIdOf(incidentId), ticket: ticketId };
}
