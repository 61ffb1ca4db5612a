import { z } from 'zod';
import { ASSET_TYPES, CONFIDENCES, SPECIFICITIES, STABILITIES } from '../vocabulary/vocabulary.ts';
import {
  anyText,
  baseFields,
  describedFields,
  flag,
  identityFields,
  list,
  observable,
  reference,
  sourceFields,
  uri,
  validTime,
} from './parts.ts';

/** Assets, what is known of them, and the older record of targets. All need a source. */

const ownedFields = { ...baseFields, ...sourceFields, source: sourceFields.source.unwrap() };

export const assetFields = {
  type: z.literal('asset').optional(),
  ...ownedFields,
  ...describedFields,
  asset_type: z.enum(ASSET_TYPES),
  valid_time: validTime,
};

export const assetMappingFields = {
  type: z.literal('asset-mapping').optional(),
  ...ownedFields,
  asset_ref: reference,
  asset_type: z.enum(ASSET_TYPES),
  observable,
  confidence: z.enum(CONFIDENCES),
  specificity: z.enum(SPECIFICITIES),
  stability: z.enum(STABILITIES),
  valid_time: validTime,
};

export const assetPropertiesFields = {
  type: z.literal('asset-properties').optional(),
  ...ownedFields,
  asset_ref: reference,
  properties: list(z.strictObject({ name: anyText, value: anyText })).optional(),
  valid_time: validTime,
};

export const targetRecordFields = {
  type: z.literal('target-record').optional(),
  ...ownedFields,
  ...describedFields,
  targets: list(
    z.strictObject({
      ...identityFields,
      internal: flag.optional(),
      sensor: anyText.optional(),
      source_uri: uri.optional(),
    }),
  ),
};
