import { type JsonObject, type Stored, textsOf } from '../ctia/ctia.ts';
import type { Ticket } from '../tickets/tickets.ts';
import { type Decided, type Field, SYNCED, sameNames } from './agreement.ts';
import { decideAssignee, decideStatus, type Signs } from './decide.ts';
import { textOf, timeOf } from './facts.ts';
import type { HearAhead } from './hear-ahead.ts';
import type { IncidentWriter } from './incident-writer.ts';
import { isClosed } from './is-closed.ts';
import type { SyncOptions } from './options.ts';
import type { Pair } from './pair.ts';
import type { SyncStore } from './store.ts';
import { sameText } from './words.ts';
import type { Changed } from './work.ts';

/**
 * `decide(pair, incident, ticket, restored)`: what becomes of each field, with what both sides can tell of who changed it
 * when. `restored`: fields of the incident that are not as they are stored, since a write of ours has overwritten them.
 * `stale`: the incident is not what was read any more.
 */
export function decider(options: SyncOptions, store: SyncStore, writer: IncidentWriter, hearAhead: HearAhead) {
  const { connector, words, owners } = options;
  const { updates } = connector.capabilities;

  return async function decide(
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
    const signsOf = (field: Field): Signs => {
      const name = SYNCED[field];
      const is = field === 'status' ? ticket.status : (ticket.assignee?.id ?? null);
      const lastAtTicket = async () => {
        heard ??= hearAhead(pair.ticketId, pair.ticketChanged);
        return (await heard)[field];
      };
      const lastAtXdr = async (): Promise<number | null> => {
        const last = await writer.lastChange(incident, name, differ);
        stale ||= last?.stale === true && !(name in restored);
        return last?.at ?? null;
      };
      return {
        async touched(side) {
          if (side === 'ticket') return ((await lastAtTicket())?.at ?? 0) > pair.agreedAt[field].ticket;
          return ((await lastAtXdr()) ?? 0) > pair.agreedAt[field].xdr;
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
    const status = await decideStatus(base.status, now, words, signsOf('status'));
    const people = { xdr: textsOf(incident.assignees), ticket: ticket.assignee };
    const assignee = await decideAssignee(base.assignee, people, words, signsOf('assignee'));
    const canSet = (field: Field): boolean => updates.includes(field);
    return {
      stale,
      status:
        canSet('status') && !staysOpen(pair, status.xdr, status.ticket, ticket)
          ? status
          : { ...status, ticket: ticket.status },
      assignee: canSet('assignee') ? assignee : { ...assignee, ticket: ticket.assignee },
    };
  };

  /** A ticket of several incidents is closed when the last of them is. */
  function staysOpen(pair: Pair, status: string, word: string, ticket: Ticket): boolean {
    if (!isClosed(status) || sameText(word, ticket.status)) return false;
    return store.incidentsOf(pair.ticketId).some((id) => {
      const other = id === pair.incidentId ? null : store.pair(id);
      return other?.state === 'linked' && other.ticketId === pair.ticketId && !isClosed(other.base.status.xdr);
    });
  }
}
