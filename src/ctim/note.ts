import { z } from 'zod';
import { anyText, baseFields, list, longText, reference, sourceFields } from './parts.ts';

export const noteFields = {
  type: z.literal('note').optional(),
  ...baseFields,
  ...sourceFields,
  note_class: anyText,
  content: longText,
  author: anyText.optional(),
  related_entities: list(z.strictObject({ entity_type: anyText, entity_id: reference })),
};
