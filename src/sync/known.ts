import type { IncidentGraph, Stored } from '../ctia/ctia.ts';
import { contentHash, timeOf, toldOf } from './facts.ts';
import type { Known } from './pair.ts';
import { advance, BEGINNING } from './position.ts';

/** What a ticket tells that is made of all this. */
export function knownOf({ incident, relationships, notes }: IncidentGraph): Known {
  const members = membersOf(incident, relationships);
  return {
    told: toldOf(incident),
    hash: contentHash(incident),
    sightings: advance(
      BEGINNING,
      members.map(({ id, created }) => ({ id, time: timeOf(created) })),
    ),
    notes: advance(
      BEGINNING,
      notes.map(({ id, modified }) => ({ id, time: timeOf(modified) })),
    ),
  };
}

/** The relationships that make sightings the incident's. */
export function membersOf({ id }: Stored, relationships: readonly Stored[]): Stored[] {
  return relationships.filter(
    ({ relationship_type: type, target_ref: target }) => type === 'member-of' && target === id,
  );
}
