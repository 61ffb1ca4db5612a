import type { z } from 'zod';
import { importedBundle } from './bundle.ts';
import { BUNDLED, COLLECTIONS, type CtimType, storedForm } from './entities.ts';
import { casebook, feed, investigation } from './standalone.ts';

/** One thing wrong with a bundle or an entity, and where. */
export interface CtimFault {
  /** Keys and indices from the checked value down: `['incidents', 0, 'title']`. */
  readonly path: readonly (string | number)[];
  /** `shape` makes the server refuse the whole request, `content` fails the one entity. */
  readonly tier: 'shape' | 'content';
  readonly code: 'missing-required-key' | 'disallowed-key' | 'invalid';
  readonly message: string;
}

/** Types that can be read alone: those of a bundle, and those with routes only. */
export type StandaloneType = CtimType | keyof typeof ROUTED;

/** Either the value as the server understands it (dates in UTC, lists for nulls), or what is wrong with it. */
export type CtimReading = { readonly entity: Record<string, unknown> } | { readonly faults: readonly CtimFault[] };

const COLLECTION_KEYS = new Set<unknown>(Object.values(COLLECTIONS));

/** Everything wrong with the body of a bundle import. Of the bundle's own fields the server checks the shape only. */
export function checkBundle(value: unknown): readonly CtimFault[] {
  return faultsOf(importedBundle, value).filter((it) => it.tier === 'shape' || COLLECTION_KEYS.has(it.path[0]));
}

/** What makes the server refuse the body of a bundle import as a whole; null in place of an inner list does not. */
export function checkBundleShape(value: unknown): readonly CtimFault[] {
  return checkBundle(value).filter(({ tier }) => tier === 'shape');
}

/** What is wrong with one entity of a bundle, in words; null when nothing is. */
export function checkEntity(type: CtimType, value: unknown): string | null {
  const faults = faultsOf(BUNDLED[type], value);
  return faults.length === 0 ? null : faults.map(describeCtimFault).join('; ');
}

/**
 * One entity as the server reads it: of a bundle (`bundled`), or of its own route (`alone`), where the keys that the
 * server stores with it are taken as well.
 */
export function readEntity(type: StandaloneType, value: unknown, form: 'bundled' | 'alone'): CtimReading {
  const schema = form === 'bundled' && isBundled(type) ? BUNDLED[type] : standaloneSchema(type);
  const result = (schema as z.ZodType).safeParse(value, { reportInput: true });
  if (!result.success) return { faults: result.error.issues.flatMap(toFaults) };
  return { entity: result.data as Record<string, unknown> };
}

/** `incidents[0].title: too long`. */
export function describeCtimFault({ path, message }: CtimFault): string {
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return place === '' ? message : `${place.replace(/^\./, '')}: ${message}`;
}

function isBundled(type: StandaloneType): type is CtimType {
  return type in COLLECTIONS;
}

/** Schemas of the types that have routes only. */
const ROUTED = { casebook, feed, investigation };

const standaloneSchemas = new Map<StandaloneType, z.ZodType>();

function standaloneSchema(type: StandaloneType): z.ZodType {
  const known = standaloneSchemas.get(type);
  if (known !== undefined) return known;
  const schema = isBundled(type) ? storedForm(type) : ROUTED[type]();
  standaloneSchemas.set(type, schema);
  return schema;
}

function faultsOf(schema: z.ZodType, value: unknown): readonly CtimFault[] {
  const result = schema.safeParse(value, { reportInput: true });
  return result.success ? [] : result.error.issues.flatMap(toFaults);
}

function toFaults(issue: z.core.$ZodIssue): readonly CtimFault[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      tier: 'shape',
      code: 'disallowed-key',
      message: 'unknown key',
    }));
  }
  // JSON holds no undefined: a value that is undefined is one that is not there.
  if (issue.input === undefined && path.length > 0) {
    return [{ path, tier: 'shape', code: 'missing-required-key', message: 'required, and missing' }];
  }
  return [{ path, tier: tierOf(issue), code: 'invalid', message: issue.message }];
}

function tierOf(issue: z.core.$ZodIssue): 'shape' | 'content' {
  if (issue.code === 'too_small' || issue.code === 'invalid_format') return 'content';
  return issue.code === 'custom' && issue.params?.content === true ? 'content' : 'shape';
}
