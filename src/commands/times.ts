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
  if (Number.isNaN(time)) {
    throw new SightlineError(
      'usage',
      `${option}: expected a time such as 2026-11-22 or 2026-11-22T08:30:00Z, got "${text}"`,
    );
  }
  return time;
}
