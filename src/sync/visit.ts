import { isObject, type Stored, shortIdOf } from '../ctia/ctia.ts';
import type { Block, Ticket, TicketChanges } from '../tickets/tickets.ts';
import { paragraphs } from './blocks.ts';
import type { stepper } from './bring-in-step.ts';
import { describeChanges, describeNote, describeSightings } from './describe.ts';
import { contentHash, hashOf, objectsOf, textOf, timeOf, toldOf } from './facts.ts';
import { isRefusal } from './judge-failure.ts';
import { isOwnNote, type NoteMaker } from './notes.ts';
import type { OpenedPair, pairOpener } from './open-pair.ts';
import type { SyncOptions } from './options.ts';
import { sendOutgoing } from './outgoing.ts';
import type { OutgoingComment, Pair } from './pair.ts';
import { advance, isFresh, OVERLAP_MS } from './position.ts';
import type { SyncStore } from './store.ts';
import { afterwards, type Reason, type Work } from './work.ts';

/** New sightings that a comment tells in full; of more than that only the latest ones. */
const MAX_SIGHTINGS = 50;
/** Comments that wait for a ticket. */
const MAX_COMMENTS = 100;

interface VisitParts {
  readonly openPair: ReturnType<typeof pairOpener>;
  readonly bringInStep: ReturnType<typeof stepper>;
  readonly notes: NoteMaker;
}

/** `visit(work)`: does all that there is to do about one incident. May be broken off and begun again at any point. */
export function visitor(options: SyncOptions, store: SyncStore, { openPair, bringInStep, notes }: VisitParts) {
  const { client, connector, words, report } = options;
  const { updates } = connector.capabilities;

  return async function visit(work: Work): Promise<void> {
    const known = store.pair(work.incidentId);
    const opened = known === null ? await open(work) : { pair: known, ticket: null };
    if (opened === null || opened.pair.state !== 'linked') return;
    const { refusal, ...result } = await inStepOrRefused(withNews(opened.pair, work), opened.ticket);
    if (result.incident === null) return removed(result.pair);
    const caughtUp = await catchUp(result.pair, result.incident, work);
    await sendOutgoing(options, store, caughtUp.pair);
    if (refusal !== null) throw refusal;
    if (caughtUp.refusal !== null) throw caughtUp.refusal;
  };

  /** Null when the incident is gone. */
  async function open({ incidentId, changed }: Work): Promise<OpenedPair | null> {
    const incident = await client.entities('incident').get(incidentId);
    if (incident !== null) return openPair(incident, changed);
    store.setOpening(incidentId, null);
    return null;
  }

  /** A ticket that refuses a status is told everything else all the same. */
  async function inStepOrRefused(pair: Pair, ticket: Ticket | null) {
    try {
      return { ...(await bringInStep(pair, ticket)), refusal: null };
    } catch (refusal) {
      if (!isRefusal(refusal)) throw refusal;
      const incident = await client.entities('incident').get(pair.incidentId);
      return { incident, pair: store.pair(pair.incidentId) ?? pair, refusal };
    }
  }

  function withNews(pair: Pair, { changed }: Work): Pair {
    return { ...pair, ticketChanged: afterwards(pair.ticketChanged, changed) };
  }

  async function removed(pair: Pair): Promise<void> {
    const blocks = paragraphs('The incident was removed from Cisco XDR. Nothing more will be told of it here.');
    const comment = { ...commentOf(hashOf('removed', pair.incidentId), blocks), tried: true };
    // Its notes have nothing to hang on any more.
    await sendOutgoing(options, store, {
      ...pair,
      outgoing: { comments: [...pair.outgoing.comments, comment], notes: [] },
    });
    store.setPair({ ...pair, state: 'removed', outgoing: { comments: [], notes: [] } });
    report({ kind: 'removed', incident: shortIdOf(pair.incidentId), ticket: pair.ticketId });
  }

  /**
   * Tells the ticket what is new about the incident, in one comment; its title and priority follow. What people wrote in
   * the ticket becomes notes.
   */
  async function catchUp(pair: Pair, incident: Stored, { reasons, comments: written }: Work) {
    const now = toldOf(incident);
    const blocks: Block[] = describeChanges(pair.known.told, now, incident);
    const refusal = await changeTicket(pair, fieldsOf(pair, incident));
    const { title, severity } = pair.known.told;
    const told = refusal === null ? now : { ...now, title, severity };
    let { sightings, notes: seen } = pair.known;
    // Of a new pair, nobody could be told anything before it was stored.
    const isDue = (reason: Reason): boolean => reasons.includes(reason) || reasons.includes('new');
    if (isDue('sightings')) {
      const members = await newMembers(pair);
      blocks.push(...describeSightings(await sightingsOf(members)));
      sightings = advance(sightings, members);
    }
    if (isDue('notes')) {
      const fresh = await newNotes(pair);
      blocks.push(...fresh.filter((note) => !isOwnNote(note)).flatMap(describeNote));
      seen = advance(seen, fresh.map(timedNote));
    }
    const { comments } = pair.outgoing;
    // The time makes it another comment when the same happens again.
    const key = hashOf(incident.id, options.clock(), blocks);
    const next: Pair = {
      ...pair,
      known: { told, hash: contentHash(incident), sightings, notes: seen },
      outgoing: {
        notes: [...pair.outgoing.notes, ...written.map((one) => notes.commentNote(incident, pair.ticketId, one))],
        comments: blocks.length === 0 ? comments : withComment(comments, commentOf(key, blocks)),
      },
    };
    store.setPair(next);
    return { pair: next, refusal };
  }

  /** The refusal, or null: a ticket that refuses a title is told everything else all the same. */
  async function changeTicket({ incidentId, ticketId }: Pair, changes: TicketChanges): Promise<unknown> {
    const fields = Object.keys(changes).join(', ');
    if (fields === '') return null;
    try {
      await connector.update(ticketId, changes);
      report({ kind: 'ticket-changed', incident: shortIdOf(incidentId), ticket: ticketId, fields });
      return null;
    } catch (refusal) {
      if (!isRefusal(refusal)) throw refusal;
      return refusal;
    }
  }

  /** A ticket of several incidents is called after the first one, or a digest. */
  function fieldsOf({ known: { told }, joined }: Pair, incident: Stored): TicketChanges {
    const now = toldOf(incident);
    const priority = words.priorityOf(now.severity);
    if (joined) return {};
    return {
      ...(told.title !== now.title && updates.includes('title') ? { title: now.title } : {}),
      ...(told.severity !== now.severity && priority !== null && updates.includes('priority') ? { priority } : {}),
    };
  }

  async function newMembers({ incidentId, known: { sightings } }: Pair) {
    const from = new Date(Math.max(0, sightings.at - OVERLAP_MS)).toISOString();
    const filters = { relationship_type: 'member-of', target_ref: incidentId, from };
    const members: { id: string; time: number; ref: string }[] = [];
    for await (const { id, created, source_ref: ref } of client.entities('relationship').search(filters)) {
      const member = { id, time: timeOf(created), ref: textOf(ref) };
      if (isFresh(sightings, member)) members.push(member);
    }
    return members;
  }

  async function sightingsOf(members: readonly { readonly ref: string }[]): Promise<Stored[]> {
    const ids = members.map(({ ref }) => ref).filter((id) => shortIdOf(id).startsWith('sighting-'));
    if (ids.length === 0) return [];
    const bundle = await client.exportBundle(ids.slice(-MAX_SIGHTINGS), { includeRelated: false });
    return objectsOf(isObject(bundle) ? bundle.sightings : []).filter(
      (one): one is Stored => typeof one.id === 'string',
    );
  }

  async function newNotes({ incidentId, known: { notes: seen } }: Pair): Promise<Stored[]> {
    const found: Stored[] = [];
    for await (const note of client.entities('note').search({ 'related_entities.entity_id': incidentId })) {
      if (isFresh(seen, timedNote(note))) found.push(note);
    }
    return found.sort((a, b) => timeOf(a.modified) - timeOf(b.modified));
  }
}

function commentOf(key: string, blocks: Block[]): OutgoingComment {
  return { key, blocks, tried: false, conflicts: [] };
}

/** A ticket that takes no comments is not to fill the state: of those that wait for it, the latest are kept. */
function withComment(waiting: readonly OutgoingComment[], comment: OutgoingComment): OutgoingComment[] {
  const key = hashOf('left out');
  const others = waiting.filter((one) => one.key !== key);
  if (others.length === waiting.length && others.length < MAX_COMMENTS) return [...others, comment];
  const blocks = paragraphs('Earlier comments are left out: there were too many while the ticket took none.');
  return [commentOf(key, blocks), ...others.slice(1 - MAX_COMMENTS), comment];
}

function timedNote({ id, modified }: Stored) {
  return { id, time: timeOf(modified) };
}
