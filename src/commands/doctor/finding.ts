import { SightlineError } from '../../model/errors.ts';

/** What one check found out. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'wrong';
  readonly message: string;
  /** What to do about it; null when nothing is to be done. */
  readonly advice: string | null;
}

export function ok(check: string, message: string): Finding {
  return { check, state: 'ok', message, advice: null };
}

export function warning(check: string, message: string, advice: string): Finding {
  return { check, state: 'warning', message, advice };
}

export function wrong(check: string, message: string, advice: string): Finding {
  return { check, state: 'wrong', message, advice };
}

/** What `look` finds; an error that a person can do something about becomes a finding with `advice`. */
export async function check(name: string, advice: string, look: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    return wrong(name, error.message, advice);
  }
}
