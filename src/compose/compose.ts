import { type CtimBundle, checkBundle, describeCtimFault } from '../ctim/ctim.ts';
import { toJson } from '../escape/escape.ts';
import { SightlineError } from '../model/errors.ts';
import type { Incident } from '../model/incident.ts';
import type { Parcel } from '../model/parcel.ts';
import { externalId } from './identity.ts';
import { incidentId } from './incident-entity.ts';
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
    return splitIntoBundles(incident, options).map((bundle) => {
      refuseFaulty(bundle);
      const body = toJson(bundle);
      return { key: externalId(options.prefix, 'bundle', [body]), body, incident: xid };
    });
  };
}

function refuseFaulty(bundle: CtimBundle): void {
  const faults = checkBundle(bundle);
  if (faults.length === 0) return;
  const shown = faults.slice(0, SHOWN_FAULTS).map(describeCtimFault).join('; ');
  throw new SightlineError('bad-entity', `a bundle was composed that the server would not take: ${shown}`);
}

export { externalId, transientId } from './identity.ts';
export { titleOf } from './incident-entity.ts';
export { COMPOSER_DEFAULTS, type ComposerOptions, type TargetFacts } from './options.ts';
