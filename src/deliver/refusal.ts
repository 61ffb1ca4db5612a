import type { CtiaCode, CtiaError } from '../ctia/ctia.ts';

/** Codes of failures that sending the same again cannot mend. */
const REFUSALS: ReadonlySet<CtiaCode> = new Set(['bad-options', 'bad-request', 'too-large']);

/** A 403 for want of a capability passes when the API client is mended; one for the content does not. */
export function isRefusal(error: CtiaError): boolean {
  return REFUSALS.has(error.code) || (error.code === 'forbidden' && error.serverCode !== 'missing_capability');
}
