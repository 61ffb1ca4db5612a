import type { CtimBundle, CtimIncident, CtimIndicator, CtimRelationship, CtimSighting } from '../ctim/ctim.ts';
import { SightlineError } from '../model/errors.ts';
import type { Incident, Sighting } from '../model/incident.ts';
import { incidentEntity, incidentId } from './incident-entity.ts';
import { indicatorEntity, indicatorId } from './indicator-entity.ts';
import type { ComposerOptions } from './options.ts';
import { relationshipEntity } from './relationship-entity.ts';
import { sightingEntity, sightingId } from './sighting-entity.ts';
import { sizeOf } from './within.ts';

/** A bundle while it is filled. */
interface Draft extends CtimBundle {
  readonly incidents: readonly CtimIncident[];
  readonly indicators: CtimIndicator[];
  readonly sightings: CtimSighting[];
  readonly relationships: CtimRelationship[];
}

/** How much of the limits a bundle takes up. */
interface Used {
  readonly entities: number;
  readonly bytes: number;
}

/** What one sighting needs beside the incident. */
interface Addition {
  readonly sighting: CtimSighting;
  readonly indicator: CtimIndicator;
  readonly relationships: readonly CtimRelationship[];
}

/**
 * An incident as few bundles as the limits allow, its sightings in their order. Each bundle holds the incident and the
 * indicators of its sightings, because relationships resolve within one bundle only.
 */
export function splitIntoBundles(incident: Incident, options: ComposerOptions): readonly CtimBundle[] {
  const entity = incidentEntity(incident, options);
  let draft = draftOf(entity, options);
  const empty = { entities: 1, bytes: sizeOf(draft) };
  let used: Used = empty;
  const drafts = [draft];
  for (const sighting of incident.sightings) {
    const addition = additionOf(incident, sighting, options);
    let grown = addUp(used, missingFrom(draft, addition));
    if (grown.entities > options.maxEntities || grown.bytes > options.maxBytes) {
      draft = draftOf(entity, options);
      drafts.push(draft);
      grown = addUp(empty, missingFrom(draft, addition));
    }
    if (grown.bytes > options.maxBytes) {
      const expected = `at most ${options.maxBytes} bytes for one sighting`;
      throw new SightlineError('bad-entity', `${addition.sighting.id}: expected ${expected}, got ${grown.bytes}`);
    }
    used = grown;
    fill(draft, addition);
  }
  return drafts;
}

function draftOf(incident: CtimIncident, options: ComposerOptions): Draft {
  return {
    type: 'bundle',
    source: options.source,
    incidents: [incident],
    indicators: [],
    sightings: [],
    relationships: [],
  };
}

function additionOf(incident: Incident, sighting: Sighting, options: ComposerOptions): Addition {
  const { prefix } = options;
  const xid = sightingId(prefix, incident, sighting);
  return {
    sighting: sightingEntity(incident, sighting, options),
    indicator: indicatorEntity(sighting.rule, options),
    relationships: [
      relationshipEntity(xid, 'member-of', incidentId(prefix, incident), options),
      relationshipEntity(xid, 'sighting-of', indicatorId(prefix, sighting.rule), options),
    ],
  };
}

/** The entities of `addition` that the draft has not got: an indicator may serve several sightings. */
function missingFrom(draft: Draft, { sighting, indicator, relationships }: Addition): readonly object[] {
  return [sighting, ...relationships, ...(holds(draft, indicator) ? [] : [indicator])];
}

function fill(draft: Draft, { sighting, indicator, relationships }: Addition): void {
  if (!holds(draft, indicator)) draft.indicators.push(indicator);
  draft.sightings.push(sighting);
  draft.relationships.push(...relationships);
}

function holds(draft: Draft, indicator: CtimIndicator): boolean {
  return draft.indicators.some(({ id }) => id === indicator.id);
}

/** What is used once the entities are added, a comma each included. */
function addUp(used: Used, entities: readonly object[]): Used {
  const bytes = entities.reduce((sum, entity) => sum + sizeOf(entity) + 1, used.bytes);
  return { entities: used.entities + entities.length, bytes };
}
