import { answerTooLarge, type JsonObject, type Stored } from './answer.ts';
import { collectionsOf } from './bundle.ts';
import type { CtiaClient } from './client.ts';
import { shortIdOf } from './path.ts';

/** An incident with all that hangs on it. */
export interface IncidentGraph {
  readonly incident: Stored;
  /** Everything reached, relationships and the incident left out, by long id. */
  readonly entities: ReadonlyMap<string, Stored>;
  readonly relationships: readonly Stored[];
  /** Notes about the incident: they name it, no relationship does. */
  readonly notes: readonly Stored[];
}

/** Ids in one export request. */
const EXPORTED_AT_ONCE = 100;
/** Incident, sightings, indicators, attack patterns and what they are part of. */
const MAX_HOPS = 5;
/** Entities, relationships and notes of one incident: some 20,000 sightings with what they are related to. */
const MAX_PARTS = 100_000;
const UUID_AT_END = /(?:^|[-/])([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** An incident by long or short id, by the bare UUID that stands in addresses of the console, or by external id. */
export async function findIncident(client: Pick<CtiaClient, 'entities'>, text: string): Promise<Stored | null> {
  const incidents = client.entities('incident');
  const uuid = UUID_AT_END.exec(text)?.[1];
  if (uuid !== undefined && (text === uuid || shortIdOf(text) === `incident-${uuid}`)) {
    return incidents.get(`incident-${uuid}`);
  }
  return (await incidents.byExternalId(text))[0] ?? null;
}

/**
 * Walks from an incident along its relationships. Those of the incident itself are listed page by page, since an export
 * stops at 1,000; what lies further on is exported in batches. Beyond the sightings only outgoing relationships are
 * followed: an indicator's incoming ones lead to all other incidents. Throws CtiaError `answer-too-large` as soon as there is
 * more than `maxParts`, by default 100,000.
 */
export async function collectIncident(
  client: Pick<CtiaClient, 'entities' | 'exportBundle'>,
  incident: Stored,
  { maxParts = MAX_PARTS }: { readonly maxParts?: number } = {},
): Promise<IncidentGraph> {
  const relationships = new Map<string, Stored>();
  const entities = new Map<string, Stored>();
  const notes: Stored[] = [];
  const asked = new Set([incident.id]);

  for (const end of ['source_ref', 'target_ref']) {
    for await (const edge of client.entities('relationship').search({ [end]: incident.id })) {
      relationships.set(edge.id, edge);
      checkRoom();
    }
  }
  let frontier = endsOf(relationships.values()).filter((id) => !asked.has(id));
  for (let hop = 0; hop < MAX_HOPS && frontier.length > 0; hop++) {
    for (const id of frontier) asked.add(id);
    const sightings = frontier.filter(isSighting);
    const others = frontier.filter((id) => !isSighting(id) && !isIncident(id));
    await exportAll(sightings, {});
    await exportAll(others, { relatedTo: ['source_ref'] });
    frontier = endsOf(relationships.values()).filter((id) => !asked.has(id));
  }
  for await (const note of client.entities('note').search({ 'related_entities.entity_id': incident.id })) {
    notes.push(note);
    checkRoom();
  }
  return { incident, entities, relationships: [...relationships.values()], notes };

  async function exportAll(ids: readonly string[], options: { readonly relatedTo?: readonly ['source_ref'] }) {
    for (let at = 0; at < ids.length; at += EXPORTED_AT_ONCE) {
      const bundle = await client.exportBundle(ids.slice(at, at + EXPORTED_AT_ONCE), options);
      for (const [type, , list] of collectionsOf(bundle)) {
        for (const entity of list.filter(isStored)) {
          if (type === 'relationship') relationships.set(entity.id, entity);
          else if (entity.id !== incident.id) entities.set(entity.id, entity);
        }
      }
      checkRoom();
    }
  }

  function checkRoom(): void {
    if (relationships.size + entities.size + notes.length <= maxParts) return;
    throw answerTooLarge(`${maxParts} entities, relationships and notes of ${shortIdOf(incident.id)}`);
  }
}

function endsOf(relationships: Iterable<JsonObject>): string[] {
  const ends = [...relationships].flatMap(({ source_ref, target_ref }) => [source_ref, target_ref]);
  return [...new Set(ends.filter((end) => typeof end === 'string'))];
}

function isSighting(id: string): boolean {
  return shortIdOf(id).startsWith('sighting-');
}

function isIncident(id: string): boolean {
  return shortIdOf(id).startsWith('incident-');
}

function isStored(entity: JsonObject): entity is Stored {
  return typeof entity.id === 'string';
}
