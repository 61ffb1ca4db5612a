import { z } from 'zod';
import { BUNDLED, COLLECTIONS, type CtimType } from './entities.ts';
import { verdict } from './judgement.ts';
import { baseFields, describedFields, sourceFields, storedFields, validTime } from './parts.ts';

const TYPES = Object.keys(COLLECTIONS) as CtimType[];

/** `attack-pattern` is referred to by `attack_pattern_refs`; the server takes these lists and ignores them. */
function refsKeyOf(type: string): string {
  return `${type.replace('-', '_')}_refs`;
}

/** A collection is a set to the server: unlike an inner list it may not be null. */
function collectionsOf(schemaOf: (type: CtimType) => z.ZodType): Record<string, z.ZodType> {
  return Object.fromEntries(TYPES.map((type) => [COLLECTIONS[type], z.array(schemaOf(type)).optional()]));
}

/** A bundle whose entities have the form that `schemaOf` gives them. */
export function bundleOf(schemaOf: (type: CtimType) => z.ZodType) {
  return z.strictObject({
    ...collectionsOf(schemaOf),
    ...Object.fromEntries([...TYPES, 'verdict'].map((type) => [refsKeyOf(type), z.array(z.string()).optional()])),
    verdicts: z.array(verdict).optional(),
    type: z.literal('bundle').optional(),
    ...baseFields,
    ...sourceFields,
    source: sourceFields.source.unwrap(),
    ...describedFields,
    valid_time: validTime.optional(),
    ...storedFields,
  });
}

/** The body of a bundle import, without the entity types that are switched off in production. */
export const importedBundle = bundleOf((type) => BUNDLED[type]);

/** The part of a bundle that Sightline composes, for those who build one. */
export interface CtimBundle {
  readonly type: 'bundle';
  readonly source: string;
  readonly incidents?: readonly z.output<typeof BUNDLED.incident>[];
  readonly indicators?: readonly z.output<typeof BUNDLED.indicator>[];
  readonly sightings?: readonly z.output<typeof BUNDLED.sighting>[];
  readonly judgements?: readonly z.output<typeof BUNDLED.judgement>[];
  readonly relationships?: readonly z.output<typeof BUNDLED.relationship>[];
}
