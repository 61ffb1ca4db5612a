import { z } from 'zod';
import {
  CONFIDENCES,
  DETECTION_STATUSES,
  INCIDENT_STATUSES,
  PROMOTION_METHODS,
  SEVERITIES,
} from '../vocabulary/vocabulary.ts';
import { anyText, baseFields, date, describedFields, list, mediumText, shortText, sourceFields } from './parts.ts';

export const incidentFields = {
  type: z.literal('incident').optional(),
  ...baseFields,
  ...sourceFields,
  ...describedFields,
  status: z.enum(INCIDENT_STATUSES),
  confidence: z.enum(CONFIDENCES),
  incident_time: z.strictObject({
    opened: date,
    discovered: date.optional(),
    reported: date.optional(),
    remediated: date.optional(),
    closed: date.optional(),
    rejected: date.optional(),
    contained: date.optional(),
  }),
  severity: z.enum(SEVERITIES).optional(),
  categories: list(anyText).optional(),
  discovery_method: anyText.optional(),
  intended_effect: anyText.optional(),
  assignees: list(shortText).optional(),
  detection_sources: list(mediumText).optional(),
  promotion_method: z.enum(PROMOTION_METHODS).optional(),
  tactics: list(shortText).optional(),
  techniques: list(shortText).optional(),
  scores: z.record(z.string(), z.number()).optional(),
  /** The server takes true, but not false. */
  meta: z.record(z.string(), z.union([z.string(), z.number(), z.literal(true)])).optional(),
  short_id: anyText.optional(),
  detection_status: z.enum(DETECTION_STATUSES).optional(),
};
