import { collectIncident, type IncidentGraph, type Stored, shortIdOf } from '../ctia/ctia.ts';
import { type Ticket, TicketError } from '../tickets/tickets.ts';
import { perField } from './agreement.ts';
import { linkTo, paragraphs } from './blocks.ts';
import { describeIncident, describeJoined, evidenceOf } from './describe.ts';
import { hashOf, type Observable, observablesOf, textOf, timeOf, titleOf } from './facts.ts';
import type { FloodGuard, Place } from './flood-guard.ts';
import type { HearAhead } from './hear-ahead.ts';
import { isClosed } from './is-closed.ts';
import { knownOf, membersOf } from './known.ts';
import { type NoteMaker, readTicketNote } from './notes.ts';
import type { SyncOptions } from './options.ts';
import type { Known, OutgoingComment, Pair } from './pair.ts';
import type { SyncStore } from './store.ts';
import { sameText } from './words.ts';
import { afterwards, type Changed, NOTHING_CHANGED } from './work.ts';

/** Observables that a new ticket tells the verdicts of. */
const MAX_VERDICTS = 20;

export interface OpenedPair {
  readonly pair: Pair;
  /** As it was just read; null where a change of it could not be told from that. */
  readonly ticket: Ticket | null;
}

interface OpenerParts {
  readonly guard: FloodGuard;
  readonly notes: NoteMaker;
  readonly hearAhead: HearAhead;
}

/** What is known of a ticket when its pair is made. */
interface Beginning {
  readonly told: Known | null;
  readonly joins: boolean;
  readonly since: Changed;
}

/**
 * `openPair(incident, changed)`: the pair of an incident that has none yet, stored; `changed`: what people were heard to
 * have changed of its ticket. One is looked for on both sides before one is made, so that one whose making nobody heard the
 * end of, or that a lost state file knew of, is taken and not doubled. Over 200 lines for all ways in which a pair begins.
 */
export function pairOpener(options: SyncOptions, store: SyncStore, { guard, notes, hearAhead }: OpenerParts) {
  const { client, connector, words, clock, report } = options;

  return async function openPair(incident: Stored, changed: Changed): Promise<OpenedPair> {
    const graph = await collectIncident(client, incident);
    const observables = observablesOf(graph.entities.values());
    const found = await recall(incident);
    const now = clock();
    const known = knownOf(graph);
    // What was to be told before is what the ticket tells, if it was made and nobody heard of it.
    if (found !== null) {
      const told = store.opening(incident.id);
      const since = await hearAhead(found.id, changed);
      return keep({ kind: 'own' }, found, told, told === null ? since : afterwards(since, unlikeNew(found)));
    }
    const place = await placeOf(incident, observables, now);
    if (place.kind === 'join') return keep(place, await ticketOf(place.ticketId), known);
    store.setOpening(incident.id, known);
    return keep(place, await create(graph, observables, place), known);

    function keep(place: Place, ticket: Ticket, told: Known | null, since = NOTHING_CHANGED): OpenedPair {
      const pair = pairOf(graph, ticket, { told, joins: place.kind === 'join', since });
      store.transact(() => {
        store.setPair(pair);
        store.setOpening(incident.id, null);
        guard.placed(place, incident.id, ticket.id, observables, now);
        if (place.kind === 'join') join(pair, incident);
        else if (found === null) store.setBegunAs(ticket.status);
      });
      const kind = place.kind === 'join' ? 'joined' : found === null ? 'created' : 'found';
      report({ kind, incident: shortIdOf(incident.id), ticket: ticket.id });
      return { pair, ticket: ticket.version === null ? null : ticket };
    }
  };

  /** Where a system tells of no changes, a status that new tickets do not have is one. */
  function unlikeNew({ status, updatedAt: at }: Ticket): Partial<Changed> {
    const { reads, tells } = connector.capabilities;
    const isLikeNew = tells || !reads || sameText(status, store.begunAs() ?? status);
    return isLikeNew ? {} : { status: { at, to: status } };
  }

  /** The ticket that the incident's note tells of, or that bears the incident's mark; null when there is none. */
  async function recall(incident: Stored): Promise<Ticket | null> {
    const [note] = await client.entities('note').byExternalId(notes.ticketNoteName(incident.id));
    const noted = note === undefined ? null : readTicketNote(note);
    const ticket = noted === null ? null : await existing(noted.id);
    if (ticket !== null) return ticket;
    const [marked] = connector.capabilities.finds ? await connector.findByIncident(incident.id) : [];
    return marked ?? null;
  }

  async function existing(id: string): Promise<Ticket | null> {
    try {
      return await ticketOf(id);
    } catch (error) {
      if (error instanceof TicketError && error.code === 'not-found') return null;
      throw error;
    }
  }

  /** Where tickets cannot be read, all that is known of one is its id. */
  async function ticketOf(id: string): Promise<Ticket> {
    if (connector.capabilities.reads) return connector.read(id);
    const nothing = { url: null, title: '', status: '', priority: null, assignee: null, version: null };
    return { id, incidentId: null, updatedAt: clock(), ...nothing };
  }

  async function placeOf(incident: Stored, observables: readonly Observable[], now: number): Promise<Place> {
    const place = guard.place(incident.id, observables, now);
    if (place.kind !== 'join') return place;
    const ticket = await existing(place.ticketId);
    return ticket === null || isClosed(words.statusToIncident(ticket.status) ?? '') ? { kind: 'own' } : place;
  }

  async function create(graph: IncidentGraph, observables: readonly Observable[], place: Place): Promise<Ticket> {
    const { incident } = graph;
    const severity = textOf(incident.severity);
    const digest = place.kind === 'digest';
    const attachments = digest || !connector.capabilities.attaches ? [] : evidenceOf(graph, options.source);
    return connector.create({
      incidentId: incident.id,
      title: digest ? `Digest: more than ${options.guard.maxPerHour} new incidents within an hour` : titleOf(incident),
      priority: words.priorityOf(severity),
      description: digest
        ? [
            ...paragraphs('More incidents came within an hour than tickets are made for. They are listed here.'),
            ...describeJoined([{ incidentId: incident.id, severity, title: titleOf(incident) }], options.linkOf),
          ]
        : describeIncident(graph, options.linkOf(incident.id), await verdictsOn(observables)),
      attachments,
      fields: options.fields,
    });
  }

  async function verdictsOn(observables: readonly Observable[]): Promise<Map<string, string>> {
    const verdicts = new Map<string, string>();
    if (!options.verdicts) return verdicts;
    for (const { type, value } of observables.slice(0, MAX_VERDICTS)) {
      const verdict = await client.verdict(type, value);
      if (verdict !== null) verdicts.set(`${type} ${value}`, textOf(verdict.disposition_name));
    }
    return verdicts;
  }

  function join({ ticketId, incidentId }: Pair, incident: Stored): void {
    const { waiting } = store.joins(ticketId) ?? { waiting: [] };
    const line = { incidentId, severity: textOf(incident.severity), title: titleOf(incident) };
    store.setJoins(ticketId, { waiting: [...waiting, line] });
  }

  /**
   * A pair on which nothing is agreed yet: what either side says counts as news, but for what a new ticket began with.
   * `told`: what the ticket tells; null when that was forgotten. `since`: what people changed of it since it was made.
   */
  function pairOf(graph: IncidentGraph, ticket: Ticket, { told, joins, since }: Beginning): Pair {
    const { incident } = graph;
    const known = knownOf(graph);
    const joined =
      joins ||
      store.digest()?.incidentId === incident.id ||
      (ticket.incidentId !== null && ticket.incidentId !== incident.id);
    const isNew = told !== null && !joins;
    // What people changed meanwhile is news, though what it was before is not known any more.
    const moved = perField((field) => since[field] !== null);
    const times = { xdr: timeOf(incident.modified), ticket: ticket.updatedAt };
    return {
      incidentId: incident.id,
      ticketId: ticket.id,
      url: ticket.url,
      state: 'linked',
      joined,
      base: {
        status: {
          xdr: joined || moved.status ? textOf(incident.status) : '',
          ticket: !moved.status && (joined || told !== null) ? ticket.status : '',
        },
        assignee: { xdr: [], ticket: isNew && !moved.assignee ? (ticket.assignee?.id ?? null) : null, name: null },
      },
      intended: null,
      ticketChanged: NOTHING_CHANGED,
      known: told ?? known,
      agreedAt: perField((field) => (moved[field] ? { xdr: 0, ticket: 0 } : times)),
      outgoing: {
        comments: told === null ? [again(graph)] : [],
        notes: [notes.ticketNote(incident, ticket)],
      },
    };
  }

  /** What happened while nobody remembered the ticket is not told piece by piece. */
  function again({ incident, relationships }: IncidentGraph): OutgoingComment {
    const { length } = membersOf(incident, relationships);
    const text = `Sightline found this ticket again. The incident has ${length} sightings now.`;
    const blocks = [...paragraphs(text), ...linkTo(options.linkOf(incident.id))];
    return { key: hashOf('again', incident.id, length), blocks, tried: true, conflicts: [] };
  }
}
