import { SightlineError } from '../model/errors.ts';

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Epoch ms of an ISO 8601 date or date and time; UTC where no zone is given.
 * @throws SightlineError `usage` naming the option.
 */
export function parseTime(text: string, option: string): number {
  const match = ISO.exec(text);
  const iso = text.replace(' ', 'T');
  const time = match === null ? Number.NaN : Date.parse(match[1] !== undefined || iso.length === 10 ? iso : `${iso}Z`);
  // Date.parse takes the 31st of February for the 3rd of March.
  const day = text.slice(0, 10);
  if (Number.isNaN(time) || new Date(day).toISOString().slice(0, 10) !== day) {
    throw new SightlineError(
      'usage',
      `${option}: expected a time such as 2026-11-22 or 2026-11-22T08:30:00Z, got "${text}"`,
    );
  }
  return time;
}

/**
 * The times that `--since` and `--until` give, as {@link parseTime}; without them there is no bound.
 * @throws SightlineError `usage`, also where nothing can lie between them.
 */
export function parseSpan(given: { readonly since: string | undefined; readonly until: string | undefined }): {
  sinceMs: number;
  untilMs: number;
} {
  const sinceMs = given.since === undefined ? Number.NEGATIVE_INFINITY : parseTime(given.since, '--since');
  const untilMs = given.until === undefined ? Number.POSITIVE_INFINITY : parseTime(given.until, '--until');
  if (sinceMs < untilMs) return { sinceMs, untilMs };
  throw new SightlineError('usage', `--since ${given.since} must be before --until ${given.until}`);
}
