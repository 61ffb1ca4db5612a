import { isObject, type JsonObject, type StoredEntity } from './stored.ts';

/** What an incident's status does to its times, when it changes; and the spans that the change makes known. */

const STAMPED: Readonly<Record<string, string>> = {
  'Containment Achieved': 'remediated',
  'Restoration Achieved': 'remediated',
  Rejected: 'rejected',
  'Incident Reported': 'reported',
};

/**
 * `given`: the incident as it would be written. Without a change of status it comes back as it is. The stored times and
 * those given beat a fresh stamp, except where a new incident is opened, a living one closed or contained.
 */
export function applyStatus(given: JsonObject, previous: StoredEntity, now: string): JsonObject {
  const [before, after] = [String(previous.status), String(given.status)];
  if (before === after) return given;
  const wanted = isObject(given.incident_time) ? given.incident_time : {};
  const stored = isObject(previous.incident_time) ? previous.incident_time : {};
  const times = { ...stampsOf(after, now), ...wanted, ...overridesOf(before, after, stored, now) };
  return { ...given, incident_time: times, intervals: intervalsOf(before, after, previous, times) };
}

function stampsOf(status: string, now: string): JsonObject {
  if (is(status, 'Open')) return { opened: now, ...(status === 'Open: Contained' ? { contained: now } : {}) };
  if (is(status, 'Closed')) return { closed: now };
  const field = STAMPED[status];
  return field === undefined ? {} : { [field]: now };
}

function overridesOf(before: string, after: string, stored: JsonObject, now: string): JsonObject {
  const keep = (field: string): JsonObject => (stored[field] === undefined ? {} : { [field]: stored[field] });
  return {
    ...(is(before, 'New') && is(after, 'Open') ? { opened: now } : {}),
    ...(is(before, 'Open') && is(after, 'Open') ? keep('opened') : {}),
    ...(!is(before, 'Closed') && is(after, 'Closed') ? { closed: now } : {}),
    ...(is(before, 'Closed') && is(after, 'Closed') ? keep('closed') : {}),
    ...((is(before, 'New') || is(before, 'Open')) && after === 'Open: Contained' ? { contained: now } : {}),
  };
}

/** Whole seconds; a span that would be negative is left out. */
function intervalsOf(before: string, after: string, previous: StoredEntity, times: JsonObject): JsonObject {
  const known = isObject(previous.intervals) ? previous.intervals : {};
  const span = (name: string, from: unknown, to: unknown): JsonObject => {
    const seconds = Math.floor((Date.parse(String(to)) - Date.parse(String(from))) / 1000);
    return seconds >= 0 ? { [name]: seconds } : {};
  };
  return {
    ...known,
    ...(is(before, 'New') && is(after, 'Open') ? span('new_to_opened', previous.created, times.opened) : {}),
    ...(is(after, 'Closed') && !is(before, 'Closed') ? span('opened_to_closed', times.opened, times.closed) : {}),
    ...(after === 'Open: Contained' && is(before, 'New')
      ? span('new_to_contained', previous.created, times.contained)
      : {}),
  };
}

/** `Open` and `Open: Investigating` are both Open. */
function is(status: string, family: 'New' | 'Open' | 'Closed'): boolean {
  return status === family || status.startsWith(`${family}: `);
}
