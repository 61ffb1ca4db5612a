import type { Person } from '../tickets/tickets.ts';
import type { Side } from './event.ts';
import { sameText, type Words } from './words.ts';

/** A field on both sides. */
export interface Both<X, T> {
  readonly xdr: X;
  readonly ticket: T;
}

/** What a field should become. `conflict`: who won, when both sides had changed it to different things. */
export interface Decision<X, T> extends Both<X, T> {
  readonly conflict: Side | null;
}

/** What values alone do not say of a field. */
export interface Signs {
  /** Whether a side changed it since both agreed, though it is what it was: there and back again. */
  touched(side: Side): Promise<boolean>;
  /** Whose value stands when both did. */
  winner(): Promise<Side>;
}

type StatusWords = Pick<Words, 'statusToTicket' | 'statusToIncident'>;
type PeopleWords = Pick<Words, 'personToTicket' | 'personToIncident'>;

/**
 * The status that each side should have, from what it was when they agreed (`base`) and what it is now. A side that
 * changed is followed by the other; one whose new word the other has no word for is not.
 */
export async function decideStatus(
  base: Both<string, string>,
  now: Both<string, string>,
  words: StatusWords,
  signs: Signs,
): Promise<Decision<string, string>> {
  const unchanged = { ...now, conflict: null };
  const wanted = words.statusToTicket(now.xdr);
  const back = words.statusToIncident(now.ticket);
  const agree = (wanted !== null && sameText(wanted, now.ticket)) || (back !== null && sameText(back, now.xdr));
  const lead = agree ? null : await leaderOf(base.xdr !== now.xdr, !sameText(base.ticket, now.ticket), signs);
  if (lead === null) return unchanged;
  const { leader, conflict } = lead;
  if (leader === 'xdr') return wanted === null ? unchanged : { xdr: now.xdr, ticket: wanted, conflict };
  return back === null ? unchanged : { xdr: back, ticket: now.ticket, conflict };
}

/** Who was assigned when both sides agreed. */
interface AssigneeBase {
  readonly xdr: readonly string[];
  /** The person's id in the ticket system. */
  readonly ticket: string | null;
  /** The same person as incidents name them. */
  readonly name: string | null;
}

/** `ticket`: the person that is there, or a name that `update` takes for another one. */
export type AssigneeDecision = Decision<readonly string[], Person | string | null>;

/**
 * As {@link decideStatus}, between an incident's list and a ticket's one person: who is taken off the ticket leaves the
 * list, who is put on it joins the list, and all others stay in it.
 */
export async function decideAssignee(
  base: AssigneeBase,
  now: Both<readonly string[], Person | null>,
  words: PeopleWords,
  signs: Signs,
): Promise<AssigneeDecision> {
  const unchanged = { ...now, conflict: null };
  const isNamed = (list: readonly string[], name: string): boolean => list.some((one) => sameText(one, name));
  const canHold = (name: string): boolean => words.personToTicket(name) !== null;
  const name = now.ticket === null ? null : words.personToIncident(now.ticket);
  const agree = now.ticket === null ? !now.xdr.some(canHold) : name !== null && isNamed(now.xdr, name);
  // Groups and others whom no ticket could be assigned to come and go without a word.
  const [before, after] = [base.xdr.filter(canHold), now.xdr.filter(canHold)];
  const listMoved = before.length !== after.length || !before.every((one) => isNamed(after, one));
  const lead = agree ? null : await leaderOf(listMoved, base.ticket !== (now.ticket?.id ?? null), signs);
  if (lead === null) return unchanged;
  const { leader, conflict } = lead;
  if (leader === 'xdr') {
    const [holder] = after;
    return { xdr: now.xdr, ticket: holder === undefined ? null : words.personToTicket(holder), conflict };
  }
  if (now.ticket !== null && name === null) return unchanged;
  const leaves = (one: string): boolean => (conflict === null ? sameText(one, base.name ?? '') : canHold(one));
  const xdr = [...now.xdr.filter((one) => !leaves(one)), ...(name === null ? [] : [name])];
  return { xdr, ticket: now.ticket, conflict };
}

/** The side that the other one follows; null when neither changed. */
async function leaderOf(
  xdrMoved: boolean,
  ticketMoved: boolean,
  signs: Signs,
): Promise<{ readonly leader: Side; readonly conflict: Side | null } | null> {
  if (!xdrMoved && !ticketMoved) return null;
  const both = (xdrMoved || (await signs.touched('xdr'))) && (ticketMoved || (await signs.touched('ticket')));
  if (!both) return { leader: xdrMoved ? 'xdr' : 'ticket', conflict: null };
  const leader = await signs.winner();
  return { leader, conflict: leader };
}
