import { z } from 'zod';
import { CONFIDENCES, DISPOSITION_NAMES, DISPOSITIONS, SEVERITIES } from '../vocabulary/vocabulary.ts';
import { baseFields, integer, observable, shortText, sourceFields, uri, validTime } from './parts.ts';

export const judgementFields = {
  type: z.literal('judgement').optional(),
  ...baseFields,
  ...sourceFields,
  source: sourceFields.source.unwrap(),
  observable,
  priority: integer,
  confidence: z.enum(CONFIDENCES),
  severity: z.enum(SEVERITIES),
  disposition: z.literal(DISPOSITIONS).optional(),
  disposition_name: z.enum(DISPOSITION_NAMES).optional(),
  valid_time: validTime.optional(),
  reason: shortText.optional(),
  reason_uri: uri.optional(),
};

/** Number and name of a disposition must mean the same where both are given. */
export function agreesOnDisposition(judgement: {
  disposition?: number | undefined;
  disposition_name?: string | undefined;
}): boolean {
  const { disposition, disposition_name: name } = judgement;
  return disposition === undefined || name === undefined || DISPOSITION_NAMES[disposition - 1] === name;
}

/** Taken inside a bundle and dropped by the server. */
export const verdict = z.strictObject({
  type: z.literal('verdict').optional(),
  disposition: z.literal(DISPOSITIONS).optional(),
  disposition_name: z.enum(DISPOSITION_NAMES).optional(),
  observable: observable.optional(),
  judgement_id: z.string().optional(),
  valid_time: validTime.optional(),
});
