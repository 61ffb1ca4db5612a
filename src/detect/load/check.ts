import { z } from 'zod';
import type { Place } from '../../document/document.ts';
import type { Draft } from './draft.ts';
import { suggest } from './suggest.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  M: 30 * 86_400_000,
  y: 365 * 86_400_000,
};

/** A mapping in which unknown keys are refused, with the known key that was probably meant. */
export function closed<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `unknown key "${key}"${suggest(key, known)}`).join('\n')
        : `expected a mapping with ${known.join(', ')}`,
  });
}

/** A span of time as Sigma writes it (`10s`, `5m`, `1h`, `7d`, `2w`, `1M`, `1y`), in milliseconds. */
export const timespan = z
  .string({ error: 'expected a time span such as 30s, 10m or 1h' })
  .regex(/^\d{1,6}[smhdwMy]$/, { error: 'expected a time span such as 30s, 10m or 1h' })
  .transform((text) => Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? 0));

/** A span of time within a proof, fractions and milliseconds included: `250ms`, `0.5s`, `5m`; in milliseconds. */
export const pause = z
  .string({ error: 'expected a time such as 250ms, 0.5s or 5m' })
  .regex(/^\d{1,6}(?:\.\d{1,3})?(?:ms|[smhd])$/, { error: 'expected a time such as 250ms, 0.5s or 5m' })
  .transform((text) => Number.parseFloat(text) * (UNIT_MS[text.replace(/^[\d.]+/, '')] ?? 0));

/** Holds a part of a document against a schema; what is wrong goes to the draft. */
export function checkShape<Out>(draft: Draft, schema: z.ZodType<Out>, place: Place, value: unknown): Out | null {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues.flatMap(nearestIssues)) {
    const at = [...place, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
    if (issue.code === 'unrecognized_keys') {
      const messages = issue.message.split('\n');
      for (const [index, key] of issue.keys.entries())
        draft.fault([...at, key], messages[index] ?? issue.message, 'key');
    } else {
      draft.fault(at, `${at.join('.')}: ${issue.message}`);
    }
  }
  return null;
}

/** Of a value that may have one of several shapes: what is wrong with the shape that it came nearest to. */
function nearestIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const isOther = (inner: z.core.$ZodIssue): boolean => inner.code === 'invalid_type' && inner.path.length === 0;
  const nearest = issue.errors.find((issues) => !issues.some(isOther));
  const inner = nearest?.map((found) => ({ ...found, path: [...issue.path, ...found.path] }));
  return inner?.flatMap(nearestIssues) ?? [issue];
}
