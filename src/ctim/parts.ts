import { z } from 'zod';
import {
  COLUMN_TYPES,
  CONFIDENCES,
  LOCKHEED_MARTIN_KILL_CHAIN,
  LOCKHEED_MARTIN_PHASES,
  OBSERVABLE_TYPES,
  TLPS,
} from '../vocabulary/vocabulary.ts';
import { parseInstant } from './instant.ts';
import { isJavaUri } from './java-uri.ts';

/**
 * What CTIM entities are made of. The server checks in two tiers, and so do these schemas in one pass: a fault of
 * *shape* refuses the whole bundle, a fault of *content* fails one entity. A least number, a pattern, and whatever is
 * declared through {@link CONTENT} are content; all else is shape.
 */

/** Marks an own check as one of content. */
export const CONTENT = { content: true };

/** End of the range of dates that the server takes, exclusive: 2525-01-01T00:01:00Z. */
export const END_OF_TIME = Date.UTC(2525, 0, 1, 0, 1);

const LONG_ID =
  /^https?:\/\/[-0-9A-Za-z][-0-9A-Za-z.]*(?::\d+)?(?:\/[-\w.]+)*\/ctia\/[a-z-]{2,}\/[a-z][-a-z]+-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TRANSIENT_ID = /^transient:[^\n\r\u0085\u2028\u2029]*$/;

/** Whether an id is one that the server replaces by its own. */
export function isTransientId(id: string): boolean {
  return TRANSIENT_ID.test(id);
}

/** Limited in UTF-16 code units, as Java counts; zod's own `max` counts code points. */
function textOf(maxUnits: number) {
  return z.string().refine((text) => text.length <= maxUnits, { error: `longer than ${maxUnits}`, params: CONTENT });
}

export const anyText = z.string();
export const shortText = textOf(1024);
export const mediumText = textOf(2048);
export const longText = textOf(5000);
export const flag = z.boolean();

export const integer = z.number().refine(Number.isInteger, { error: 'expected an integer' });
export const naturalNumber = integer.min(0);

export const uri = mediumText.refine(isJavaUri, { error: 'no URI that the server takes', params: CONTENT });

/** A long id of this or another server, or a transient id. */
export const reference = mediumText.refine((text) => LONG_ID.test(text) || isTransientId(text), {
  error: 'neither a long id nor a transient id',
  params: CONTENT,
});

/** In: any date that the server reads. Out: as the server writes it, `yyyy-MM-ddTHH:mm:ss.SSSZ`. */
export const date = z.string().transform((text, context) => {
  const ms = parseInstant(text);
  if (ms === null) {
    context.addIssue({ code: 'custom', message: 'no ISO 8601 date' });
    return z.NEVER;
  }
  if (ms < 0 || ms >= END_OF_TIME) {
    context.addIssue({ code: 'custom', message: 'date outside 1970 to 2524', params: CONTENT });
    return text;
  }
  return new Date(ms).toISOString();
});

/** An inner list. The server reads null in its place as an empty one. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (value === null ? [] : value), z.array(item));
}

/** True unless both ends are given and the end is the earlier one. Both are texts of {@link date}'s form. */
function isInOrder({ start_time, end_time }: { start_time?: string | undefined; end_time?: string | undefined }) {
  return start_time === undefined || end_time === undefined || start_time <= end_time;
}
const OUT_OF_ORDER = { error: 'end_time before start_time', params: CONTENT };

export const observedTime = z
  .strictObject({ start_time: date, end_time: date.optional() })
  .refine(isInOrder, OUT_OF_ORDER);

export const validTime = z
  .strictObject({ start_time: date.optional(), end_time: date.optional() })
  .refine(isInOrder, OUT_OF_ORDER);

export const observable = z.strictObject({ type: z.enum(OBSERVABLE_TYPES), value: anyText });

/** A target of a sighting. */
export const identityFields = {
  type: anyText,
  observables: list(observable),
  observed_time: observedTime,
  os: anyText.optional(),
};
export const identitySpecification = z.strictObject(identityFields);

const openWord = shortText.regex(/^[0-9a-z_-]+$/, { error: 'expected lower-case letters, digits, - and _ only' });

export const killChainPhase = z
  .strictObject({ kill_chain_name: openWord, phase_name: openWord })
  .refine((it) => it.kill_chain_name !== LOCKHEED_MARTIN_KILL_CHAIN || LOCKHEED_MARTIN_PHASES.includes(it.phase_name), {
    error: 'no phase of this kill chain',
    params: CONTENT,
  });

export const dataTable = z.strictObject({
  columns: list(
    z.strictObject({
      name: anyText,
      type: z.enum(COLUMN_TYPES),
      description: longText.optional(),
      required: flag.optional(),
      short_description: mediumText.optional(),
    }),
  ),
  rows: list(list(z.unknown())),
  row_count: integer.optional(),
});

export const relatedJudgement = z.strictObject({
  judgement_id: reference,
  confidence: z.enum(CONFIDENCES).optional(),
  source: anyText.optional(),
  relationship: anyText.optional(),
});

export const externalReference = z.strictObject({
  source_name: mediumText,
  description: longText.optional(),
  url: uri.optional(),
  hashes: list(anyText).optional(),
  external_id: anyText.optional(),
});

/** Every entity has these; the tlp is content only as far as the least that the server takes. */
export const baseFields = {
  id: anyText.optional(),
  schema_version: anyText.optional(),
  revision: naturalNumber.optional(),
  external_ids: list(anyText).optional(),
  external_references: list(externalReference).optional(),
  timestamp: date.optional(),
  language: shortText.optional(),
  tlp: z
    .enum(TLPS)
    .refine((tlp) => tlp !== 'white', { error: 'tlp below green', params: CONTENT })
    .optional(),
};

export const sourceFields = { source: mediumText.optional(), source_uri: uri.optional() };

export const describedFields = {
  title: shortText.optional(),
  short_description: mediumText.optional(),
  description: longText.optional(),
};

/** Titled, and with both descriptions: what actors, attack patterns, campaigns, malware and tools must be. */
export const fullyDescribedFields = { title: shortText, short_description: mediumText, description: longText };

/** What the server stores with an entity: taken on the routes of one entity, unknown keys inside a bundle. */
export const storedFields = {
  owner: anyText.optional(),
  groups: list(anyText).optional(),
  created: date.optional(),
  modified: date.optional(),
  client_id: anyText.optional(),
  authorized_users: list(anyText).optional(),
  authorized_groups: list(anyText).optional(),
};
