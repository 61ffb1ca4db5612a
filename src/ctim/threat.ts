import { z } from 'zod';
import { ABSTRACTION_LEVELS, CONFIDENCES, MALWARE_ABSTRACTION_LEVELS } from '../vocabulary/vocabulary.ts';
import {
  anyText,
  baseFields,
  date,
  fullyDescribedFields,
  killChainPhase,
  list,
  longText,
  shortText,
  sourceFields,
  validTime,
} from './parts.ts';

/** Who attacks, how and with what. Sightline makes none of these; they pass through exports, imports and the sandbox. */

const threatFields = { ...baseFields, ...sourceFields, ...fullyDescribedFields };

export const attackPatternFields = {
  type: z.literal('attack-pattern').optional(),
  ...threatFields,
  kill_chain_phases: list(killChainPhase).optional(),
  abstraction_level: z.enum(ABSTRACTION_LEVELS).optional(),
  x_mitre_data_sources: list(shortText).optional(),
  x_mitre_platforms: list(shortText).optional(),
  x_mitre_contributors: list(shortText).optional(),
};

const softwareFields = {
  ...threatFields,
  labels: list(anyText),
  kill_chain_phases: list(killChainPhase).optional(),
  x_mitre_aliases: list(shortText).optional(),
};

export const malwareFields = {
  type: z.literal('malware').optional(),
  ...softwareFields,
  abstraction_level: z.enum(MALWARE_ABSTRACTION_LEVELS).optional(),
};

export const toolFields = {
  type: z.literal('tool').optional(),
  ...softwareFields,
  tool_version: shortText.optional(),
};

export const actorFields = {
  type: z.literal('actor').optional(),
  ...threatFields,
  source: sourceFields.source.unwrap(),
  actor_types: list(anyText).optional(),
  aliases: list(anyText).optional(),
  confidence: z.enum(CONFIDENCES).optional(),
  identity: z
    .strictObject({
      description: longText.optional(),
      related_identities: list(
        z.strictObject({
          identity: anyText.optional(),
          confidence: z.enum(CONFIDENCES).optional(),
          information_source: anyText.optional(),
          relationship: anyText.optional(),
        }),
      ).optional(),
    })
    .optional(),
  intended_effect: anyText.optional(),
  motivation: anyText.optional(),
  planning_and_operational_support: longText.optional(),
  sophistication: z.enum(['Innovator', 'Expert', 'Practitioner', 'Novice', 'Aspirant']).optional(),
  valid_time: validTime.optional(),
};

export const campaignFields = {
  type: z.literal('campaign').optional(),
  ...threatFields,
  campaign_type: anyText,
  activity: list(z.strictObject({ date_time: date, description: longText })).optional(),
  confidence: z.enum(CONFIDENCES).optional(),
  intended_effect: list(anyText).optional(),
  names: list(anyText).optional(),
  status: z.enum(['Ongoing', 'Historic', 'Future']).optional(),
  valid_time: validTime.optional(),
};
