import { createHash } from 'node:crypto';
import { isObject, type JsonObject, parseBundle } from '../ctia/ctia.ts';

/**
 * How a stored incident is brought up to date without undoing what a person did to it. Each incident is sent with a
 * mark in `meta` of every field that we write. A stored field that still fits its mark is ours and may be replaced; any
 * other one was changed by somebody else and stays. Status, assignees and times are never among them.
 */

/** Fields that may grow with the incident. */
export const GROWING = [
  'title',
  'short_description',
  'description',
  'severity',
  'confidence',
  'categories',
  'tactics',
  'techniques',
  'external_references',
];
const MARK_PREFIX = 'sightline_';
const MARK_LENGTH = 16;

/** A bundle whose incidents are marked. */
export interface MarkedBundle {
  readonly body: string;
  /** Incidents as they are sent, by transient id. */
  readonly incidents: ReadonlyMap<unknown, JsonObject>;
}

/** Marks that an incident has already, out of an export, hold. Throws CtiaError `bad-options` for what is no JSON object. */
export function markIncidents(body: string): MarkedBundle {
  const bundle = parseBundle(body);
  const list: readonly JsonObject[] = Array.isArray(bundle.incidents) ? bundle.incidents : [];
  const incidents = list.map((incident) => ({ ...incident, meta: { ...marksOf(incident), ...metaOf(incident) } }));
  return {
    body: incidents.length === 0 ? body : JSON.stringify({ ...bundle, incidents }),
    incidents: new Map(incidents.map((incident) => [(incident as JsonObject).id, incident])),
  };
}

/**
 * What has to change in `stored` for it to say what `sent` says; null when nothing has to or may. `revision` tells an
 * earlier state of the incident, sent again when a log is replayed: it changes nothing.
 */
export function changesTo(stored: JsonObject, sent: JsonObject): JsonObject | null {
  if (Number(stored.revision ?? 0) > Number(sent.revision ?? 0)) return null;
  const marks = metaOf(stored);
  const outdated = GROWING.filter((field) => {
    if (sent[field] === undefined || markOf(stored[field]) === markOf(sent[field])) return false;
    return stored[field] === undefined || marks[MARK_PREFIX + field] === markOf(stored[field]);
  });
  if (outdated.length === 0) return null;
  const changes = Object.fromEntries(outdated.map((field) => [field, sent[field]]));
  return { ...changes, meta: marksOf(changes), ...(sent.revision === undefined ? {} : { revision: sent.revision }) };
}

/** The same for values that say the same, whatever the order of their keys. */
export function markOf(value: unknown): string {
  const text = JSON.stringify(value, (_, inner) => (isObject(inner) ? sortKeys(inner) : inner)) ?? '';
  return createHash('sha256').update(text).digest('hex').slice(0, MARK_LENGTH);
}

function marksOf(incident: JsonObject): JsonObject {
  const written = GROWING.filter((field) => incident[field] !== undefined);
  return Object.fromEntries(written.map((field) => [MARK_PREFIX + field, markOf(incident[field])]));
}

function metaOf({ meta }: JsonObject): JsonObject {
  return isObject(meta) ? meta : {};
}

function sortKeys(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
