import { type IncidentGraph, isObject, type JsonObject, type Stored, shortIdOf, textsOf } from '../../ctia/ctia.ts';
import { shorten, table } from '../table.ts';
import { textOf } from './find.ts';

/** What is shown of one list before the rest is only counted. */
const MAX_SHOWN = 8;
const MAX_VALUE = 100;
const INDENT = '  ';

/** An incident and what hangs on it, for a person at a terminal. */
export function describeGraph(graph: IncidentGraph): string[] {
  const { incident, notes } = graph;
  const sightings = ofType(graph, 'sighting').sort((a, b) => compare(startOf(a), startOf(b)));
  return [
    textOf(incident.title),
    '',
    ...factsOf(incident),
    ...section('Description', textOf(incident.description).split('\n')),
    ...section(
      `Sightings (${sightings.length})`,
      sightings.flatMap((sighting) => sightingLines(sighting, graph)),
    ),
    ...listOf('Indicators', ofType(graph, 'indicator'), ({ severity, title }) => [textOf(severity), textOf(title)]),
    ...listOf('Casebooks', ofType(graph, 'casebook'), ({ id, title }) => [shortIdOf(id), textOf(title)]),
    ...listOf('Notes', notes, ({ created, content }) => [clockOf(created), textOf(content)]),
    ...section('Time line', table(['TIME', 'WHAT'], timeLine(graph)).slice(1)),
  ];
}

function factsOf(incident: Stored): string[] {
  const times = isObject(incident.incident_time) ? Object.entries(incident.incident_time) : [];
  const facts: [string, string][] = [
    ['Id', incident.id],
    ['External id', textsOf(incident.external_ids).join(', ')],
    ['Status', textOf(incident.status)],
    ['Severity', textOf(incident.severity)],
    ['Confidence', textOf(incident.confidence)],
    ['Assignees', textsOf(incident.assignees).join(', ')],
    ['Source', textOf(incident.source)],
    ['TLP', textOf(incident.tlp)],
    ['Tactics', textsOf(incident.tactics).join(', ')],
    ['Techniques', textsOf(incident.techniques).join(', ')],
    ['Categories', textsOf(incident.categories).join(', ')],
    ...times.map(([name, time]): [string, string] => [capital(name), clockOf(time)]),
    ['Summary', textOf(incident.short_description)],
  ];
  return table(
    ['', ''],
    facts.filter(([, value]) => value !== ''),
  ).slice(1);
}

function sightingLines(sighting: Stored, graph: IncidentGraph): string[] {
  const indicators = graph.relationships
    .filter(({ source_ref, relationship_type }) => source_ref === sighting.id && relationship_type !== 'member-of')
    .flatMap(({ target_ref }) => graph.entities.get(String(target_ref)) ?? []);
  const targets = objectsOf(sighting.targets).flatMap((target) => [target, ...objectsOf(target.observables)]);
  const details: [string, string[]][] = [
    ['observables', objectsOf(sighting.observables).map(observableText)],
    ['targets', targets.map((it) => (it.value === undefined ? textOf(it.type) : observableText(it)))],
    ['relations', objectsOf(sighting.relations).map(relationText)],
    ['indicators', indicators.map(({ title }) => textOf(title))],
  ];
  return [
    `${spanOf(sighting)}  ${textOf(sighting.severity)}  ${String(sighting.count ?? 1)} x  ${textOf(sighting.title)}`,
    ...details.flatMap(([name, values]) => (values.length === 0 ? [] : [`${INDENT}${name}: ${few(values)}`])),
  ];
}

/** What happened when: the incident's own times, each sighting, each note. */
function timeLine({ incident, notes, ...graph }: IncidentGraph): [string, string][] {
  const times = isObject(incident.incident_time) ? Object.entries(incident.incident_time) : [];
  const events: [unknown, string][] = [
    ...times.map(([name, time]): [unknown, string] => [time, `incident ${name}`]),
    [incident.created, 'incident reported to the server'],
    ...ofType(graph, 'sighting').map((it): [unknown, string] => [
      startOf(it),
      `${String(it.count ?? 1)} x ${textOf(it.title)}`,
    ]),
    ...ofType(graph, 'judgement').map((it): [unknown, string] => [it.created, `judged: ${textOf(it.reason)}`]),
    ...notes.map((note): [unknown, string] => [note.created, `note: ${shorten(textOf(note.content), MAX_VALUE)}`]),
  ];
  return events
    .map(([time, what]): [string, string] => [clockOf(time), what])
    .filter(([time]) => time !== '')
    .sort(([a], [b]) => compare(a, b));
}

function ofType({ entities }: Pick<IncidentGraph, 'entities'>, type: string): Stored[] {
  return [...entities.values()].filter((entity) => entity.type === type);
}

function listOf(heading: string, items: readonly Stored[], cells: (item: Stored) => string[]): string[] {
  return items.length === 0 ? [] : section(`${heading} (${items.length})`, table(['', ''], items.map(cells)).slice(1));
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map((line) => (line === '' ? '' : INDENT + line))];
}

function observableText({ type, value }: JsonObject): string {
  return `${textOf(type)} ${shorten(textOf(value), MAX_VALUE)}`;
}

function relationText({ source, relation, related }: JsonObject): string {
  const end = (value: unknown) => (isObject(value) ? shorten(textOf(value.value), MAX_VALUE) : '?');
  return `${end(source)} ${textOf(relation)} ${end(related)}`;
}

function few(values: readonly string[]): string {
  const distinct = [...new Set(values)];
  const left = distinct.length - MAX_SHOWN;
  return distinct.slice(0, MAX_SHOWN).join(', ') + (left > 0 ? `, and ${left} more` : '');
}

function spanOf({ observed_time }: Stored): string {
  if (!isObject(observed_time)) return '';
  const [start, end] = [clockOf(observed_time.start_time), clockOf(observed_time.end_time)];
  return end === '' || end === start ? start : `${start} to ${end}`;
}

function startOf({ observed_time }: Stored): string {
  return isObject(observed_time) ? textOf(observed_time.start_time) : '';
}

/** `2026-11-22 12:00:05` UTC. */
function clockOf(time: unknown): string {
  return textOf(time).slice(0, 19).replace('T', ' ');
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
