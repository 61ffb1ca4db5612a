import { z } from 'zod';
import { COLLECTIONS } from '../vocabulary/vocabulary.ts';
import { assetFields, assetMappingFields, assetPropertiesFields, targetRecordFields } from './asset.ts';
import { coaFields } from './coa.ts';
import { incidentFields } from './incident.ts';
import { indicatorFields } from './indicator.ts';
import { agreesOnDisposition, judgementFields } from './judgement.ts';
import { noteFields } from './note.ts';
import { CONTENT, storedFields } from './parts.ts';
import { relationshipFields } from './relationship.ts';
import { sightingFields } from './sighting.ts';
import { actorFields, attackPatternFields, campaignFields, malwareFields, toolFields } from './threat.ts';
import { vulnerabilityFields } from './vulnerability.ts';

export { COLLECTIONS };
export type CtimType = keyof typeof COLLECTIONS;

const judgement = z.strictObject(judgementFields);
const DISAGREEMENT = { error: 'disposition and disposition_name disagree', params: CONTENT };

/** Entities as they may stand in a bundle. */
export const BUNDLED = {
  actor: z.strictObject(actorFields),
  asset: z.strictObject(assetFields),
  'asset-mapping': z.strictObject(assetMappingFields),
  'asset-properties': z.strictObject(assetPropertiesFields),
  'attack-pattern': z.strictObject(attackPatternFields),
  campaign: z.strictObject(campaignFields),
  coa: z.strictObject(coaFields),
  incident: z.strictObject(incidentFields),
  indicator: z.strictObject(indicatorFields),
  judgement: judgement.refine(agreesOnDisposition, DISAGREEMENT),
  malware: z.strictObject(malwareFields),
  note: z.strictObject(noteFields),
  relationship: z.strictObject(relationshipFields),
  sighting: z.strictObject(sightingFields),
  'target-record': z.strictObject(targetRecordFields),
  tool: z.strictObject(toolFields),
  vulnerability: z.strictObject(vulnerabilityFields),
} satisfies Record<CtimType, z.ZodType>;

/** The same entity as the routes of its own type take it: with the keys that the server stores beside it. */
export function storedForm(type: CtimType): z.ZodType {
  if (type === 'judgement') return judgement.extend(storedFields).refine(agreesOnDisposition, DISAGREEMENT);
  return BUNDLED[type].extend(storedFields);
}

export type CtimAsset = z.output<typeof BUNDLED.asset>;
export type CtimAttackPattern = z.output<(typeof BUNDLED)['attack-pattern']>;
export type CtimIncident = z.output<typeof BUNDLED.incident>;
export type CtimIndicator = z.output<typeof BUNDLED.indicator>;
export type CtimJudgement = z.output<typeof BUNDLED.judgement>;
export type CtimNote = z.output<typeof BUNDLED.note>;
export type CtimRelationship = z.output<typeof BUNDLED.relationship>;
export type CtimSighting = z.output<typeof BUNDLED.sighting>;
