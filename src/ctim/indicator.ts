import { z } from 'zod';
import { CONFIDENCES, INDICATOR_TYPES, SEVERITIES } from '../vocabulary/vocabulary.ts';
import {
  anyText,
  baseFields,
  describedFields,
  flag,
  killChainPhase,
  list,
  longText,
  mediumText,
  reference,
  relatedJudgement,
  shortText,
  sourceFields,
  validTime,
} from './parts.ts';

const specification = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('Judgement'),
    judgements: list(reference),
    required_judgements: list(relatedJudgement),
  }),
  z.strictObject({ type: z.literal('ThreatBrain'), query: anyText.optional(), variables: list(anyText) }),
  z.strictObject({ type: z.literal('Snort'), snort_sig: anyText }),
  z.strictObject({ type: z.literal('SIOC'), SIOC: anyText }),
  z.strictObject({ type: z.literal('OpenIOC'), open_IOC: anyText }),
]);

export const indicatorFields = {
  type: z.literal('indicator').optional(),
  ...baseFields,
  ...sourceFields,
  ...describedFields,
  producer: shortText,
  valid_time: validTime.optional(),
  severity: z.enum(SEVERITIES).optional(),
  confidence: z.enum(CONFIDENCES).optional(),
  negate: flag.optional(),
  indicator_type: list(z.enum(INDICATOR_TYPES)).optional(),
  tags: list(shortText).optional(),
  composite_indicator_expression: z
    .strictObject({ operator: z.enum(['and', 'or', 'not']), indicator_ids: list(reference) })
    .optional(),
  likely_impact: longText.optional(),
  kill_chain_phases: list(killChainPhase).optional(),
  test_mechanisms: list(mediumText).optional(),
  specification: specification.optional(),
};
