import type { ArgumentsCamelCase } from 'yargs';
import { type CtiaClient, collectIncident, type Stored, shortIdOf } from '../../ctia/ctia.ts';
import { SightlineError } from '../../model/errors.ts';
import type { ExitCode } from '../command.ts';
import type { DeleteOptions } from '../incidents.ts';
import { type Doomed, removeOrCount } from '../remove-or-count.ts';
import { withSession } from '../session.ts';
import { isOwn, requireIncident } from './find.ts';

/**
 * Carries out `sightline incidents delete`: the incidents, their sightings unless those belong to another incident too,
 * the relationships of what goes, and notes; all of them ours by external id. Indicators stay, other incidents share
 * them.
 */
export function deleteIncidents(given: ArgumentsCamelCase<DeleteOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client, config }) => {
    const { prefix } = config.bundle;
    const incidents = new Map<string, Stored>();
    for (const id of given.ids) {
      const incident = await requireIncident(client, id);
      if (!isOwn(incident, prefix)) {
        const message = `${shortIdOf(incident.id)} is not ours: none of its external ids begins with ${prefix}`;
        throw new SightlineError('not-ours', `${message}; nothing was deleted`);
      }
      incidents.set(incident.id, incident);
    }
    return removeOrCount(client, await doomed(client, incidents, prefix), given.yes);
  });
}

/** Incidents last: if the work breaks off, what is left is found again by them. */
async function doomed(client: CtiaClient, incidents: ReadonlyMap<string, Stored>, prefix: string): Promise<Doomed> {
  const sightings = new Map<string, Stored>();
  const notes = new Map<string, Stored>();
  const edges = new Map<string, Stored>();
  for (const incident of incidents.values()) {
    const graph = await collectIncident(client, incident);
    for (const note of graph.notes) notes.set(note.id, note);
    for (const edge of graph.relationships) edges.set(edge.id, edge);
    for (const entity of graph.entities.values()) if (entity.type === 'sighting') sightings.set(entity.id, entity);
  }
  const goes = (ref: unknown): boolean => incidents.has(String(ref));
  for (const { relationship_type, source_ref, target_ref } of edges.values()) {
    if (
      relationship_type === 'member-of' &&
      !goes(target_ref) &&
      shortIdOf(String(target_ref)).startsWith('incident-')
    ) {
      sightings.delete(String(source_ref));
    }
  }
  const touches = (ref: unknown): boolean => goes(ref) || sightings.has(String(ref));
  const own = (entity: Stored): boolean => isOwn(entity, prefix);
  return [
    ['note', [...notes.values()].filter(own)],
    ['sighting', [...sightings.values()].filter(own)],
    [
      'relationship',
      [...edges.values()].filter((edge) => own(edge) && (touches(edge.source_ref) || touches(edge.target_ref))),
    ],
    ['incident', [...incidents.values()]],
  ];
}
