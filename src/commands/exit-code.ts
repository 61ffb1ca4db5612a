import type { SightlineError } from '../model/errors.ts';

/** Failures that lie in what the user typed or wrote, found before anything was done. */
const USAGE_CODES = new Set([
  'usage',
  'faults',
  'bad-log-format',
  'bad-cidr',
  'bad-credentials',
  'open-credentials',
  'bad-config-value',
  'insecure-url',
  'bad-ca-file',
  'bad-fault',
  'no-such-file',
  'no-rules',
  'no-config',
  'no-state',
  'not-a-state',
  'state-use',
]);

/** 2 for what the user has to mend, 1 for everything else. */
export function exitCodeOf({ code }: SightlineError): 1 | 2 {
  return USAGE_CODES.has(code) ? 2 : 1;
}
