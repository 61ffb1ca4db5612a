import { z } from 'zod';
import { FEED_OUTPUTS } from '../vocabulary/vocabulary.ts';
import { bundleOf } from './bundle.ts';
import { storedForm } from './entities.ts';
import {
  anyText,
  baseFields,
  describedFields,
  identitySpecification,
  list,
  observable,
  shortText,
  sourceFields,
  storedFields,
  validTime,
} from './parts.ts';

/** Entities that have routes of their own and no place in a bundle import. Schemas are made when first asked for. */

export function casebook() {
  return z.strictObject({
    type: z.literal('casebook').optional(),
    ...baseFields,
    ...sourceFields,
    ...describedFields,
    ...storedFields,
    observables: list(observable).optional(),
    texts: list(z.strictObject({ type: anyText, text: anyText })).optional(),
    bundle: bundleOf(storedForm).optional(),
  });
}

export function investigation() {
  return z.strictObject({
    type: z.literal('investigation').optional(),
    ...baseFields,
    ...sourceFields,
    source: sourceFields.source.unwrap(),
    ...describedFields,
    ...storedFields,
    /** JSON of its own. */
    actions: anyText.optional(),
    object_ids: list(anyText).optional(),
    investigated_observables: list(anyText).optional(),
    targets: list(identitySpecification).optional(),
  });
}

export function feed() {
  return z.strictObject({
    type: z.literal('feed').optional(),
    ...baseFields,
    ...storedFields,
    title: shortText.optional(),
    feed_type: z.literal('indicator'),
    output: z.enum(FEED_OUTPUTS),
    indicator_id: anyText.optional(),
    lifetime: validTime.optional(),
    /** Taken and overwritten by the server. */
    secret: anyText.optional(),
    feed_view_url: anyText.optional(),
  });
}

export type CtimCasebook = z.output<ReturnType<typeof casebook>>;
export type CtimFeed = z.output<ReturnType<typeof feed>>;
