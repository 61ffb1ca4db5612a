import { type CtiaClient, findIncident, type Stored, textsOf } from '../../ctia/ctia.ts';
import { SightlineError } from '../../model/errors.ts';

/** The incident that a person means. Throws SightlineError `not-found`. */
export async function requireIncident(client: CtiaClient, text: string): Promise<Stored> {
  const incident = await findIncident(client, text);
  if (incident !== null) return incident;
  throw new SightlineError('not-found', `there is no incident ${text}; sightline incidents list tells which there are`);
}

/** Whether an entity was made by whoever uses this prefix. */
export function isOwn({ external_ids: ids }: Stored, prefix: string): boolean {
  return textsOf(ids).some((id) => id.startsWith(prefix));
}

/** A field as text: empty when it is absent or no text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
