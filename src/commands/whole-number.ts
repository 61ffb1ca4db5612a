import { SightlineError } from '../model/errors.ts';

/** Which numbers an option takes. */
export interface Bounds {
  readonly least: number;
  readonly most?: number;
}

/**
 * What makes an option, or each value of one that takes several, a whole number. yargs' own `type: 'number'` makes NaN of
 * what is none, so that nobody can say any more what was given.
 */
export function wholeNumber<Taken extends number | number[] = number>(
  name: string,
  { least, most = Number.MAX_SAFE_INTEGER }: Bounds,
): { readonly coerce: (given: unknown) => Taken } {
  const take = (given: unknown): number => {
    if (Number.isSafeInteger(given) && Number(given) >= least && Number(given) <= most) return Number(given);
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new SightlineError('usage', `${name}: expected a whole number ${range}, got "${given}"`);
  };
  return { coerce: (given) => (Array.isArray(given) ? given.map(take) : take(given)) as Taken };
}
