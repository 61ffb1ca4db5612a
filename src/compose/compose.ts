import { type CtimBundle, checkBundle, describeCtimFault } from '../ctim/ctim.ts';
import { toJson } from '../escape/escape.ts';
import { SightlineError } from '../model/errors.ts';
import type { Incident } from '../model/incident.ts';
import type { Parcel } from '../model/parcel.ts';
import { externalId } from './identity.ts';
import { incidentId } from './incident-entity.ts';
import { type Loss, lossBundle } from './loss.ts';
import { type ComposerOptions, checkOptions } from './options.ts';
import { splitIntoBundles } from './split.ts';

/** Faults named in the message of a bundle that does not pass. */
const SHOWN_FAULTS = 5;

/**
 * Makes incidents into CTIM bundles: pure, so that the same incident gives the same bytes. An incident too large for one
 * bundle is given in several, each of which holds it again. Every bundle passes the CTIM schemas before it leaves.
 * @throws SightlineError `bad-option` here; `bad-entity`, which is a bug, from the composer.
 */
export function composer(options: ComposerOptions): (incident: Incident) => readonly Parcel[] {
  checkOptions(options);
  return (incident) => {
    const xid = incidentId(options.prefix, incident);
    return splitIntoBundles(incident, options).map((bundle) => parcelOf(bundle, xid, options));
  };
}

/** The same log and time give the same parcel. */
export function composeLoss(loss: Loss, options: ComposerOptions): Parcel {
  const bundle = lossBundle(loss, options);
  const [xid = ''] = bundle.incidents?.[0]?.external_ids ?? [];
  return parcelOf(bundle, xid, options);
}

function parcelOf(bundle: CtimBundle, incident: string, { prefix }: ComposerOptions): Parcel {
  refuseFaulty(bundle);
  const body = toJson(bundle);
  return { key: externalId(prefix, 'bundle', [body]), body, incident };
}

function refuseFaulty(bundle: CtimBundle): void {
  const faults = checkBundle(bundle);
  if (faults.length === 0) return;
  const shown = faults.slice(0, SHOWN_FAULTS).map(describeCtimFault).join('; ');
  throw new SightlineError('bad-entity', `a bundle was composed that the server would not take: ${shown}`);
}

export { externalId, transientId } from './identity.ts';
export { titleOf } from './incident-entity.ts';
export type { Loss } from './loss.ts';
export { COMPOSER_DEFAULTS, type ComposerOptions, type TargetFacts } from './options.ts';
