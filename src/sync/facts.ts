import { createHash } from 'node:crypto';
import { type IncidentGraph, isObject, type JsonObject, type Stored, textsOf } from '../ctia/ctia.ts';
import type { Told } from './pair.ts';

/** What can be read out of an incident and what hangs on it. All of it may have been written by an attacker. */

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Epoch ms; 0 where there is no time. */
export function timeOf(value: unknown): number {
  return Date.parse(textOf(value)) || 0;
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

export function hashOf(...facts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

/** Fields of an incident that sync mirrors. */
const MIRRORED = [
  'title',
  'short_description',
  'description',
  'severity',
  'confidence',
  'tactics',
  'techniques',
  'status',
  'assignees',
];

/** The same for two states of an incident that make no difference to its ticket. */
export function contentHash(incident: Stored): string {
  return hashOf(MIRRORED.map((field) => incident[field] ?? null));
}

export function toldOf(incident: Stored): Told {
  return {
    title: titleOf(incident),
    severity: textOf(incident.severity),
    confidence: textOf(incident.confidence),
    tactics: textsOf(incident.tactics),
    techniques: textsOf(incident.techniques),
    text: hashOf(textOf(incident.short_description), textOf(incident.description)),
  };
}

export function titleOf(incident: Stored): string {
  return textOf(incident.title) || 'Incident without a title';
}

export interface Observable {
  readonly type: string;
  readonly value: string;
}

/** Incidents hold no observables of their own: those of its sightings, judgements and casebooks, each once. */
export function observablesOf(entities: Iterable<Stored>): Observable[] {
  const found = [...entities].flatMap(({ type, observables, observable }) => {
    if (type === 'sighting' || type === 'casebook') return objectsOf(observables);
    return type === 'judgement' && isObject(observable) ? [observable] : [];
  });
  return distinct(found.map(({ type, value }) => ({ type: textOf(type), value: textOf(value) })));
}

/** What was attacked: the observables of the sightings' targets, or a target's type where it has none. */
export function targetsOf(entities: Iterable<Stored>): Observable[] {
  const targets = [...entities].flatMap(({ type, targets: list }) => (type === 'sighting' ? objectsOf(list) : []));
  return distinct(
    targets.flatMap(({ type, observables }) => {
      const named = objectsOf(observables).map((it) => ({ type: textOf(it.type), value: textOf(it.value) }));
      return named.length > 0 ? named : [{ type: 'target', value: textOf(type) }];
    }),
  );
}

export function ofType({ entities }: Pick<IncidentGraph, 'entities'>, type: string): Stored[] {
  return [...entities.values()].filter((entity) => entity.type === type);
}

export function startOf({ observed_time: time }: Stored): string {
  return isObject(time) ? textOf(time.start_time) : '';
}

function distinct(observables: readonly Observable[]): Observable[] {
  return [...new Map(observables.map((one) => [`${one.type} ${one.value}`, one])).values()];
}
