import type { EntityType } from './types.ts';

const SHORT_ID = /^([a-z][-a-z]+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `https://host:port/ctia/incident/incident-...`, the only form in which ids go out. */
export function longId(showUrl: string, type: string, shortId: string): string {
  return `${showUrl}/ctia/${type}/${shortId}`;
}

/** The last segment of a long id; a short id is left as it is. */
export function shortId(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** `incident` of `incident-76a813e7-...` or of its long form; null for what is no id. */
export function typeOfId(id: string): string | null {
  return SHORT_ID.exec(shortId(id))?.[1] ?? null;
}

export function newShortId(type: EntityType | 'event', uuid: () => string): string {
  return `${type}-${uuid()}`;
}
