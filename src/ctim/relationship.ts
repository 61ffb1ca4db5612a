import { z } from 'zod';
import { anyText, baseFields, describedFields, reference, sourceFields } from './parts.ts';

export const relationshipFields = {
  type: z.literal('relationship').optional(),
  ...baseFields,
  ...sourceFields,
  ...describedFields,
  relationship_type: anyText,
  source_ref: reference,
  target_ref: reference,
};
