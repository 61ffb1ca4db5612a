import { type Stored, shortIdOf } from '../ctia/ctia.ts';
import { type Ticket, type TicketChanges, TicketError } from '../tickets/tickets.ts';
import { baseOf, changesOf, perField, SYNCED, settle, ticketChangesOf, unreadTicket } from './agreement.ts';
import { conflictTeller } from './conflicts.ts';
import { decider } from './decider.ts';
import type { Side } from './event.ts';
import { timeOf } from './facts.ts';
import type { HearAhead } from './hear-ahead.ts';
import type { IncidentWriter, Overwritten } from './incident-writer.ts';
import type { NoteMaker } from './notes.ts';
import type { SyncOptions } from './options.ts';
import type { AgreedAt, Base, Pair } from './pair.ts';
import type { SyncStore } from './store.ts';

/** Rounds of reading and writing; each further one is due to somebody who changes the same thing meanwhile. */
const MAX_ROUNDS = 5;

interface StepperParts {
  readonly writer: IncidentWriter;
  readonly notes: NoteMaker;
  readonly hearAhead: HearAhead;
}

/**
 * `bringInStep(pair, ticket)`: makes status and assignee the same on both sides, as far as there are words for it. `ticket`
 * is what was just read of it, or null. Answers with the incident and the pair as they are then; the incident is null when
 * it is gone. What is to be written is stored before it is, so that after a kill it is known for what it is, and not taken
 * for somebody else's change.
 */
export function stepper(options: SyncOptions, store: SyncStore, { writer, notes, hearAhead }: StepperParts) {
  const { client, connector, words, report } = options;
  const { reads } = connector.capabilities;
  const incidents = client.entities('incident');
  const withConflicts = conflictTeller(options, notes);
  const decide = decider(options, store, writer, hearAhead);

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

      const { agreedAt: before } = pair;
      const seen = { xdr: timeOf(stored.modified), ticket: ticket.updatedAt };
      let at: AgreedAt = perField(() => seen);
      const halfwayAt = () => perField((field) => (field in wanted ? before[field] : at[field]));

      const changes = changesOf(decided, stored);
      if (Object.keys(changes).length > 0) {
        pair = intend('xdr', pair, halfway, halfwayAt());
        const written = await writer.write(stored, changes);
        report({ kind: 'incident-changed', ...namesOf(pair), fields: Object.keys(changes).join(', ') });
        overwritten = round < MAX_ROUNDS ? written.overwritten : {};
        if (Object.keys(overwritten).length > 0) {
          // The old base stands: against it, what was overwritten is a change of its own.
          pair = keep({ ...pair, intended: null });
          continue;
        }
        // What somebody else changed since it was read is still to be looked at; our own write is not.
        at = perField((field) => (SYNCED[field] in changes ? { ...seen, xdr: written.at } : seen));
      }

      pair = { ...pair, base: halfway, agreedAt: halfwayAt(), intended: null };
      if (Object.keys(wanted).length > 0) {
        pair = intend('ticket', pair, agreed, at);
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
        const done = at;
        at = perField((field) => (field in wanted ? { ...done[field], ticket: updated.updatedAt } : done[field]));
        pair = { ...pair, base, intended: null };
        shareBase(pair, base);
      }
      return { incident: { ...incident, ...changes }, pair: keep({ ...pair, agreedAt: at }) };
    }
  };

  async function ticketNow(pair: Pair): Promise<Ticket> {
    return reads ? connector.read(pair.ticketId) : unreadTicket(pair);
  }

  /** What was changed after a write of ours whose end nobody heard of is still to be looked at; the write is not. */
  async function settled(before: Pair, incident: Stored, ticket: Ticket): Promise<Pair> {
    const { pair, landed } = settle(before, incident, ticket);
    if (before.intended?.side !== 'xdr') return pair;
    const agreedAt = { ...pair.agreedAt };
    for (const field of landed) {
      const value = pair.base[field].xdr;
      const at = await writer.writtenAt(pair.incidentId, SYNCED[field], value, before.agreedAt[field].xdr);
      agreedAt[field] = { ...agreedAt[field], xdr: at ?? timeOf(incident.modified) };
    }
    return { ...pair, agreedAt };
  }

  function keep(pair: Pair): Pair {
    store.setPair(pair);
    return pair;
  }

  function intend(side: Side, pair: Pair, base: Base, agreedAt: AgreedAt): Pair {
    return keep({ ...pair, intended: { side, base, agreedAt } });
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
