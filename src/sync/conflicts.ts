import { type Stored, shortIdOf, textsOf } from '../ctia/ctia.ts';
import type { Person, Ticket } from '../tickets/tickets.ts';
import type { Decided } from './agreement.ts';
import { paragraphs } from './blocks.ts';
import type { Side } from './event.ts';
import { hashOf } from './facts.ts';
import type { NoteMaker } from './notes.ts';
import type { SyncOptions } from './options.ts';
import type { Pair } from './pair.ts';

/** `withConflicts(pair, ...)`: the pair with a comment and a note on their way for each field that both sides changed. */
export function conflictTeller({ owners, report }: Pick<SyncOptions, 'owners' | 'report'>, notes: NoteMaker) {
  return function withConflicts(pair: Pair, decided: Decided, incident: Stored, ticket: Ticket): Pair {
    const shown = {
      status: [incident.status, ticket.status],
      assignee: [textsOf(incident.assignees).join(', ') || 'nobody', nameOf(ticket.assignee)],
    };
    let { comments, notes: newNotes } = pair.outgoing;
    for (const field of ['status', 'assignee'] as const) {
      const winner = decided[field].conflict;
      if (winner === null) continue;
      const [atXdr, atTicket] = shown[field];
      // The same for the same conflict, if it is met again after a kill.
      const name = hashOf(pair.incidentId, field, pair.base[field], atXdr, atTicket, pair.agreedAt[field]);
      if (comments.some(({ conflicts }) => conflicts.includes(name))) continue;
      const rule =
        owners[field] === 'newest' ? 'what was set last stands' : `the ${field} belongs to ${sideName(owners[field])}`;
      const message = `The ${field} was changed on both sides: ${String(atXdr)} in Cisco XDR, ${String(atTicket)} in ticket ${ticket.id}. The one of ${sideName(winner)} stands, since ${rule}.`;
      comments = [...comments, { key: name, blocks: paragraphs(message), tried: false, conflicts: [name] }];
      newNotes = [...newNotes, notes.ownNote(incident, name, paragraphs(message))];
      report({ kind: 'conflict', incident: shortIdOf(pair.incidentId), ticket: ticket.id, message });
    }
    return { ...pair, outgoing: { comments, notes: newNotes } };
  };
}

function nameOf(person: Person | null): string {
  return person === null ? 'nobody' : (person.email ?? person.login ?? person.name ?? person.id);
}

function sideName(side: Side): string {
  return side === 'xdr' ? 'Cisco XDR' : 'the ticket system';
}
