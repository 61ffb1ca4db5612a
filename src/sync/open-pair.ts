import { collectIncident, type IncidentGraph, type Stored, shortIdOf } from '../ctia/ctia.ts';
import { type Ticket, TicketError } from '../tickets/tickets.ts';
import { describeIncident, describeJoined, evidenceOf, linkTo, paragraphs } from './describe.ts';
import { contentHash, hashOf, type Observable, observablesOf, textOf, timeOf, titleOf, toldOf } from './facts.ts';
import type { FloodGuard, Place } from './flood-guard.ts';
import { isClosed } from './is-closed.ts';
import { type NoteMaker, readTicketNote } from './notes.ts';
import type { SyncOptions } from './options.ts';
import type { Pair } from './pair.ts';
import { advance, BEGINNING } from './position.ts';
import type { SyncStore } from './store.ts';

/** Observables that a new ticket tells the verdicts of. */
const MAX_VERDICTS = 20;

/**
 * `openPair(incident)`: the pair of an incident that has none yet, stored. A ticket is looked for on both sides before one
 * is made, so that one whose making nobody heard the end of, or that a lost state file knew of, is taken and not doubled.
 */
export function pairOpener(options: SyncOptions, store: SyncStore, guard: FloodGuard, notes: NoteMaker) {
  const { client, connector, words, clock, report } = options;

  return async function openPair(incident: Stored): Promise<Pair> {
    const graph = await collectIncident(client, incident);
    const observables = observablesOf(graph.entities.values());
    const found = await recall(incident);
    const now = clock();
    if (found !== null) return keep({ kind: 'own' }, found.ticket, found.noted ? 'noted' : 'marked');
    const place = await placeOf(incident, observables, now);
    if (place.kind === 'join') return keep(place, await ticketOf(place.ticketId), 'joined');
    return keep(place, await create(graph, observables, place), 'created');

    function keep(where: Place, ticket: Ticket, how: 'noted' | 'marked' | 'joined' | 'created'): Pair {
      const pair = pairOf(graph, ticket, how, notes);
      store.transact(() => {
        store.setPair(pair);
        guard.placed(where, incident.id, ticket.id, observables, now);
        if (how === 'joined') join(pair, incident);
      });
      const kind = how === 'created' || how === 'joined' ? how : 'found';
      report({ kind, incident: shortIdOf(incident.id), ticket: ticket.id });
      return pair;
    }
  };

  /** The ticket that the incident's note tells of, or that bears the incident's mark; null when there is none. */
  async function recall(incident: Stored): Promise<{ ticket: Ticket; noted: boolean } | null> {
    const [note] = await client.entities('note').byExternalId(notes.ticketNoteName(incident.id));
    const noted = note === undefined ? null : readTicketNote(note);
    const ticket = noted === null ? null : await existing(noted.id);
    if (ticket !== null) return { ticket, noted: true };
    const [marked] = connector.capabilities.finds ? await connector.findByIncident(incident.id) : [];
    return marked === undefined ? null : { ticket: marked, noted: false };
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
    const { waiting, sealed } = store.joins(ticketId) ?? { waiting: [], sealed: null };
    const line = { incidentId, severity: textOf(incident.severity), title: titleOf(incident) };
    store.setJoins(ticketId, { waiting: [...waiting, line], sealed });
  }

  /** Nothing is agreed on yet: what either side says counts as news, but for what a new ticket began with. */
  function pairOf(
    graph: IncidentGraph,
    ticket: Ticket,
    how: 'noted' | 'marked' | 'joined' | 'created',
    maker: NoteMaker,
  ): Pair {
    const { incident, relationships } = graph;
    const members = relationships.filter(
      ({ relationship_type: type, target_ref: target }) => type === 'member-of' && target === incident.id,
    );
    const fresh = how === 'created' || how === 'marked';
    const lost = how === 'noted' ? [again(incident, members.length)] : [];
    return {
      incidentId: incident.id,
      ticketId: ticket.id,
      url: ticket.url,
      state: 'linked',
      joined:
        how === 'joined' ||
        store.digest()?.incidentId === incident.id ||
        (ticket.incidentId !== null && ticket.incidentId !== incident.id),
      base: {
        status: {
          xdr: how === 'joined' ? textOf(incident.status) : '',
          ticket: how === 'noted' ? '' : ticket.status,
        },
        assignee: { xdr: [], ticket: fresh ? (ticket.assignee?.id ?? null) : null, name: null },
      },
      intended: null,
      ticketChanged: { status: null, assignee: null },
      told: toldOf(incident),
      hash: contentHash(incident),
      modified: textOf(incident.modified),
      sightings: advance(
        BEGINNING,
        members.map(({ id, created }) => ({ id, time: timeOf(created) })),
      ),
      notes: advance(
        BEGINNING,
        graph.notes.map(({ id, modified }) => ({ id, time: timeOf(modified) })),
      ),
      outgoing: { comments: lost, notes: how === 'noted' ? [] : [maker.ticketNote(incident, ticket)] },
    };
  }

  /** What happened while nobody remembered the ticket is not told piece by piece. */
  function again(incident: Stored, sightings: number) {
    const text = `Sightline found this ticket again. The incident has ${sightings} sightings now.`;
    const blocks = [...paragraphs(text), ...linkTo(options.linkOf(incident.id))];
    return { key: hashOf('again', contentHash(incident), sightings), blocks, tried: true, conflicts: [] };
  }
}
