import { type Stored, textsOf } from '../ctia/ctia.ts';
import { type Document, fitDocument, MARKUPS } from '../tickets/tickets.ts';
import { paragraphs } from './blocks.ts';
import { isoOf } from './facts.ts';
import type { SyncOptions } from './options.ts';
import type { TicketComment } from './work.ts';

/** A note to be made on an incident; its first external id keeps it from being made twice. */
type NewNote = Record<string, unknown>;

export interface NoteMaker {
  /** Tells of the ticket. It is found again by incident and ticket system alone when everything else is lost. */
  ticketNote(incident: Stored, ticket: { readonly id: string; readonly url: string | null }): NewNote;
  /** The first external id of an incident's ticket note. Of a ticket in another system it is another one. */
  ticketNoteName(incidentId: string): string;
  /** What somebody wrote in the ticket system. */
  commentNote(incident: Stored, ticketId: string, comment: TicketComment): NewNote;
  /** Something of sync's own; `name` tells it from all others of the incident. */
  ownNote(incident: Stored, name: string, text: Document): NewNote;
}

/** Notes of sync's own, by their external ids: those are never told to the ticket. */
const TYPE = 'synced-note';
const OWN = /(?:^|-)synced-note-[0-9a-f]{64}$/;
const MAX_NOTE_UNITS = 5000;

export function isOwnNote({ external_ids: ids }: Stored): boolean {
  return textsOf(ids).some((id) => OWN.test(id));
}

/** Long ids of the incidents that a note is about. */
export function subjectsOf({ related_entities: list }: Stored): string[] {
  const entities: readonly unknown[] = Array.isArray(list) ? list : [];
  return entities.flatMap((one) => {
    const { entity_type: type, entity_id: id } = (one ?? {}) as Readonly<Record<string, unknown>>;
    return type === 'incident' && typeof id === 'string' ? [id] : [];
  });
}

export function noteMaker({
  nameOf,
  source,
  tlp,
  connector,
}: Pick<SyncOptions, 'nameOf' | 'source' | 'tlp' | 'connector'>): NoteMaker {
  const name = (facts: readonly string[]): string => nameOf(TYPE, [connector.system, ...facts]);
  const note = (incident: Stored, externalId: string, content: string): NewNote => ({
    external_ids: [externalId],
    note_class: 'default',
    content,
    related_entities: [{ entity_type: 'incident', entity_id: incident.id }],
    source,
    tlp: incident.tlp ?? tlp,
  });
  const ticketNoteName = (incidentId: string): string => name(['ticket', incidentId]);

  return {
    ticketNoteName,
    ticketNote(incident, { id, url }) {
      const spans = ['Ticket ', ...(url === null ? [{ code: id }] : [{ link: url, text: id }])];
      return {
        ...note(incident, ticketNoteName(incident.id), fitted([{ kind: 'paragraph', spans }])),
        external_references: [{ source_name: connector.name, external_id: id, ...(url === null ? {} : { url }) }],
      };
    },
    commentNote(incident, ticketId, { id, at, author, text }) {
      const head = [{ strong: author }, ` wrote in ticket ${ticketId} on ${isoOf(at)}:`];
      const content = fitted([{ kind: 'paragraph', spans: head }, ...paragraphs(text)]);
      return note(incident, name(['comment', incident.id, ticketId, id]), content);
    },
    ownNote: (incident, what, text) => note(incident, name(['own', incident.id, what]), fitted(text)),
  };
}

/** The id and page of the ticket that a ticket note tells of. */
export function readTicketNote(note: Stored): { readonly id: string; readonly url: string | null } | null {
  const [reference] = Array.isArray(note.external_references) ? note.external_references : [];
  const { external_id: id, url } = (reference ?? {}) as Readonly<Record<string, unknown>>;
  return typeof id === 'string' ? { id, url: typeof url === 'string' ? url : null } : null;
}

/** As Markdown that a note has room for; what is too much is left out at the end, visibly. */
function fitted(document: Document): string {
  const fits = (part: Document): boolean => MARKUPS.markdown(part).length <= MAX_NOTE_UNITS;
  return MARKUPS.markdown(fitDocument(document, 'The rest is in the ticket.', fits));
}
