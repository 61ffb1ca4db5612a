import { z } from 'zod';
import { CONFIDENCES, SEVERITIES } from '../vocabulary/vocabulary.ts';
import { context } from './context.ts';
import {
  anyText,
  baseFields,
  dataTable,
  describedFields,
  flag,
  identityFields,
  identitySpecification,
  list,
  naturalNumber,
  observable,
  observedTime,
  sourceFields,
  uri,
} from './parts.ts';

const observedRelation = z.strictObject({
  origin: anyText,
  origin_uri: uri.optional(),
  relation: anyText,
  relation_info: z.record(z.string(), z.unknown()).optional(),
  source: observable,
  related: observable,
});

export const sightingFields = {
  type: z.literal('sighting').optional(),
  ...baseFields,
  ...sourceFields,
  ...describedFields,
  observed_time: observedTime,
  count: naturalNumber.optional(),
  confidence: z.enum(CONFIDENCES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  internal: flag.optional(),
  resolution: anyText.optional(),
  sensor: anyText.optional(),
  sensor_coordinates: z
    .strictObject({ type: identityFields.type, observables: identityFields.observables, os: identityFields.os })
    .optional(),
  targets: list(identitySpecification).optional(),
  observables: list(observable).optional(),
  relations: list(observedRelation).optional(),
  data: dataTable.optional(),
  context: context.optional(),
  activity_interval: observedTime.optional(),
  detection_interval: observedTime.optional(),
  modification_interval: observedTime.optional(),
};
