import {
  COLLECTIONS,
  type EntityName,
  type IncidentGraph,
  isObject,
  type Stored,
  shortIdOf,
  textsOf,
} from '../ctia/ctia.ts';
import type { Attachment, Block, Document, Spans } from '../tickets/tickets.ts';
import { clockOf, code, compare, linkTo, listOf, MAX_ROWS, paragraphs, section, shorten, tableOf } from './blocks.ts';
import { type Observable, objectsOf, observablesOf, ofType, startOf, targetsOf, textOf } from './facts.ts';
import type { OutgoingComment, Told } from './pair.ts';

const MAX_EVIDENCE_BYTES = 4 * 1024 * 1024;

/** A ticket's first text: the incident and what hangs on it. `verdicts`: what is known of observables, by their text. */
export function describeIncident(
  graph: IncidentGraph,
  link: string | null,
  verdicts: ReadonlyMap<string, string>,
): Document {
  const { incident, notes } = graph;
  const all = [...graph.entities.values()];
  const observables = observablesOf(all);
  const columns = verdicts.size === 0 ? ['Type', 'Value'] : ['Type', 'Value', 'Verdict'];
  return [
    ...paragraphs(textOf(incident.short_description)),
    ...linkTo(link),
    { kind: 'table', head: ['Fact', 'Value'], rows: factsOf(incident) },
    ...section(
      'Description',
      textOf(incident.description) === '' ? [] : [{ kind: 'code', text: textOf(incident.description) }],
    ),
    ...tableOf(
      'Observables',
      columns,
      observables.map((one) => observableRow(one, verdicts)),
    ),
    ...tableOf(
      'Targets',
      ['Type', 'Value'],
      targetsOf(all).map((one) => observableRow(one, new Map())),
    ),
    ...tableOf('Relations', ['From', 'Relation', 'To'], relationRows(all)),
    ...listOf('Techniques', [...textsOf(incident.tactics), ...textsOf(incident.techniques)].map(code)),
    ...listOf(
      'Indicators',
      ofType(graph, 'indicator').map(({ title }) => [shorten(textOf(title))]),
    ),
    ...listOf(
      'Casebooks',
      ofType(graph, 'casebook').map(({ id, title }) => [shorten(textOf(title)), ' ', { code: shortIdOf(id) }]),
    ),
    ...tableOf('Time line', ['Time', 'What'], timeLine(graph)),
    ...notes.flatMap(describeNote),
  ];
}

/** The incident with all that hangs on it as a bundle; none where that would be too large to attach. */
export function evidenceOf(graph: IncidentGraph, source: string): Attachment[] {
  const { incident, entities, relationships, notes } = graph;
  const all = [incident, ...entities.values(), ...relationships, ...notes];
  const collections = Object.groupBy(all, ({ type }) => COLLECTIONS[type as EntityName]);
  const body = JSON.stringify({ type: 'bundle', source, ...collections }, null, 1);
  if (Buffer.byteLength(body) > MAX_EVIDENCE_BYTES) return [];
  return [{ name: `${shortIdOf(incident.id)}.json`, type: 'application/json', body }];
}

/** What is different in an incident from what was told of it; nothing when it is the same. */
export function describeChanges(told: Told, now: Told, incident: Stored): Block[] {
  const items: Spans[] = [];
  for (const [name, field] of [
    ['Title', 'title'],
    ['Severity', 'severity'],
    ['Confidence', 'confidence'],
  ] as const) {
    if (told[field] !== now[field])
      items.push([`${name}: `, shorten(told[field] || 'none'), ' is now ', { strong: shorten(now[field] || 'none') }]);
  }
  const added = [...now.tactics, ...now.techniques].filter(
    (one) => ![...told.tactics, ...told.techniques].includes(one),
  );
  if (added.length > 0) items.push(['Techniques added: ', { code: added.slice(0, MAX_ROWS).join(', ') }]);
  const text =
    told.text === now.text ? [] : paragraphs(textOf(incident.short_description) || textOf(incident.description));
  if (text.length > 0) items.push('The description has changed:');
  return items.length === 0 ? [] : [{ kind: 'list', items }, ...text];
}

/** Sightings that were added, by their time. */
export function describeSightings(sightings: readonly Stored[]): Block[] {
  return tableOf(
    sightings.length === 1 ? 'A new sighting' : `${sightings.length} new sightings`,
    ['Time', 'Count', 'Severity', 'What', 'Observables'],
    sightings
      .toSorted((a, b) => compare(startOf(a), startOf(b)))
      .map((one) => [
        clockOf(startOf(one)),
        String(one.count ?? 1),
        textOf(one.severity),
        shorten(textOf(one.title)),
        code(
          shorten(
            observablesOf([one])
              .map(({ value }) => value)
              .join(', '),
          ),
        ),
      ]),
  );
}

/** A note, as it was written. */
export function describeNote(note: Stored): Block[] {
  const author = textOf(note.author) || textOf(note.source) || textOf(note.owner);
  const head = ['Note', author === '' ? '' : `by ${shorten(author)}`, clockOf(textOf(note.modified))];
  return [{ kind: 'heading', text: head.filter((part) => part !== '').join(' ') }, ...paragraphs(textOf(note.content))];
}

/** Rows of incidents that were put into a ticket. */
export function describeJoined(
  incidents: readonly { readonly incidentId: string; readonly severity: string; readonly title: string }[],
  linkOf: (incidentId: string) => string | null,
): Document {
  return tableOf(
    incidents.length === 1 ? 'Another incident belongs here' : `${incidents.length} more incidents belong here`,
    ['Severity', 'Incident', 'Title'],
    incidents.map(({ incidentId, severity, title }) => {
      const link = linkOf(incidentId);
      const id = shortIdOf(incidentId);
      return [severity, link === null ? code(id) : [{ link, text: id }], shorten(title)];
    }),
  );
}

/** A document as it was stored. */
export function documentOf({ blocks }: Pick<OutgoingComment, 'blocks'>): Document {
  return blocks as Document; // Only documents are stored.
}

function factsOf(incident: Stored): Spans[][] {
  const times = isObject(incident.incident_time) ? Object.entries(incident.incident_time) : [];
  const facts: [string, string][] = [
    ['Severity', textOf(incident.severity)],
    ['Confidence', textOf(incident.confidence)],
    ['Status', textOf(incident.status)],
    ['Source', textOf(incident.source)],
    ['Assignees', textsOf(incident.assignees).join(', ')],
    ['Categories', textsOf(incident.categories).join(', ')],
    ['TLP', textOf(incident.tlp)],
    ...times.map(([name, time]): [string, string] => [`Time ${name}`, clockOf(textOf(time))]),
    ['Incident', incident.id],
  ];
  return facts.filter(([, value]) => value !== '').map(([name, value]) => [name, code(shorten(value))]);
}

function timeLine(graph: IncidentGraph): Spans[][] {
  const { incident } = graph;
  const times = isObject(incident.incident_time) ? Object.entries(incident.incident_time) : [];
  const events: [string, string][] = [
    ...times.map(([name, time]): [string, string] => [textOf(time), `incident ${name}`]),
    ...ofType(graph, 'sighting').map((one): [string, string] => [
      startOf(one),
      `${String(one.count ?? 1)} x ${textOf(one.title)}`,
    ]),
    ...ofType(graph, 'judgement').map((one): [string, string] => [
      textOf(one.created),
      `judged: ${textOf(one.reason)}`,
    ]),
  ];
  return events
    .filter(([time]) => time !== '')
    .sort(([a], [b]) => compare(a, b))
    .map(([time, what]) => [clockOf(time), shorten(what)]);
}

function relationRows(entities: readonly Stored[]): Spans[][] {
  const relations = entities.flatMap(({ type, relations: list }) => (type === 'sighting' ? objectsOf(list) : []));
  const end = (value: unknown) => (isObject(value) ? shorten(textOf(value.value)) : '');
  const rows = relations.map(({ source, relation, related }) => [end(source), textOf(relation), end(related)]);
  const distinct = new Map(rows.map((row) => [row.join('\n'), row]));
  return [...distinct.values()].map(([from = '', how = '', to = '']) => [code(from), how, code(to)]);
}

function observableRow(one: Observable, verdicts: ReadonlyMap<string, string>): Spans[] {
  const verdict = verdicts.get(`${one.type} ${one.value}`);
  return [one.type, code(shorten(one.value)), ...(verdicts.size === 0 ? [] : [verdict ?? ''])];
}
