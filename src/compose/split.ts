import { SightlineError } from '../model/errors.ts';
import type { Incident, Sighting } from '../model/incident.ts';
import { writeBundle } from './bundle-text.ts';
import { type EntityText, writeChecked, writeEntity } from './entity-text.ts';
import { incidentEntity, incidentId } from './incident-entity.ts';
import { indicatorEntity, indicatorId } from './indicator-entity.ts';
import type { ComposerOptions } from './options.ts';
import { perRule } from './per-rule.ts';
import { relationshipEntity } from './relationship-entity.ts';
import { sightingEntity, sightingId } from './sighting-entity.ts';

/** A bundle while it is filled: its entities as JSON, the indicators by external id. */
interface Draft {
  readonly incident: EntityText;
  readonly indicators: Map<string, string>;
  readonly sightings: string[];
  readonly relationships: string[];
}

/** How much of the limits a bundle takes up. */
interface Used {
  readonly entities: number;
  readonly bytes: number;
}

/** What one sighting needs beside the incident. */
interface Addition {
  readonly xid: string;
  readonly sighting: EntityText;
  readonly indicator: Indicator;
  readonly relationships: readonly EntityText[];
}

interface Indicator {
  readonly xid: string;
  readonly text: EntityText;
}

/**
 * Gives an incident as few bundles as the limits allow, as JSON, its sightings in their order. Each bundle holds the
 * incident and the indicators of its sightings, because relationships resolve within one bundle only. What several
 * bundles hold is written once: an incident's entity for all of its bundles, a rule's indicator for all incidents.
 */
export function splitter(options: ComposerOptions): (incident: Incident) => readonly string[] {
  const { prefix, maxEntities, maxBytes } = options;
  const indicatorOf = perRule((rule) => ({
    xid: indicatorId(prefix, rule),
    text: writeChecked('indicator', indicatorEntity(rule, options)),
  }));

  return (incident) => {
    const incidentXid = incidentId(prefix, incident);
    const text = writeChecked('incident', incidentEntity(incident, options));
    let draft = draftOf(text);
    const empty = { entities: 1, bytes: Buffer.byteLength(toBundle(draft, options)) };
    let used: Used = empty;
    const drafts = [draft];
    for (const sighting of incident.sightings) {
      const addition = additionOf(incident, incidentXid, sighting);
      let grown = addUp(used, missingFrom(draft, addition));
      if (grown.entities > maxEntities || grown.bytes > maxBytes) {
        draft = draftOf(text);
        drafts.push(draft);
        grown = addUp(empty, missingFrom(draft, addition));
      }
      if (grown.bytes > maxBytes) {
        const expected = `at most ${maxBytes} bytes for one sighting`;
        throw new SightlineError('bad-entity', `${addition.xid}: expected ${expected}, got ${grown.bytes}`);
      }
      used = grown;
      fill(draft, addition);
    }
    return drafts.map((it) => toBundle(it, options));
  };

  function additionOf(incident: Incident, incidentXid: string, sighting: Sighting): Addition {
    const xid = sightingId(prefix, incident, sighting);
    const indicator = indicatorOf(sighting.rule);
    const relationships = [
      relationshipEntity(xid, 'member-of', incidentXid, options),
      relationshipEntity(xid, 'sighting-of', indicator.xid, options),
    ];
    return {
      xid,
      sighting: writeEntity(sightingEntity(xid, incident, sighting, options)),
      indicator,
      relationships: relationships.map(writeEntity),
    };
  }
}

function draftOf(incident: EntityText): Draft {
  return { incident, indicators: new Map(), sightings: [], relationships: [] };
}

/** The entities of `addition` that the draft has not got: an indicator may serve several sightings. */
function missingFrom(draft: Draft, { sighting, indicator, relationships }: Addition): readonly EntityText[] {
  return [sighting, ...relationships, ...(draft.indicators.has(indicator.xid) ? [] : [indicator.text])];
}

function fill(draft: Draft, { sighting, indicator, relationships }: Addition): void {
  if (!draft.indicators.has(indicator.xid)) draft.indicators.set(indicator.xid, indicator.text.json);
  draft.sightings.push(sighting.json);
  for (const { json } of relationships) draft.relationships.push(json);
}

/** What is used once the entities are added, a comma each included. */
function addUp(used: Used, entities: readonly EntityText[]): Used {
  const bytes = entities.reduce((sum, entity) => sum + entity.bytes + 1, used.bytes);
  return { entities: used.entities + entities.length, bytes };
}

function toBundle({ incident, indicators, sightings, relationships }: Draft, { source }: ComposerOptions): string {
  return writeBundle(source, {
    incidents: [incident.json],
    indicators: [...indicators.values()],
    sightings,
    relationships,
  });
}
