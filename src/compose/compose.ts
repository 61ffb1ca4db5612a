import type { Incident } from '../model/incident.ts';
import type { Parcel } from '../model/parcel.ts';
import { writeBundle } from './bundle-text.ts';
import { writeChecked } from './entity-text.ts';
import { externalIdOfText } from './identity.ts';
import { incidentId } from './incident-entity.ts';
import { type Loss, lossEntity, lossId } from './loss.ts';
import { type ComposerOptions, checkOptions } from './options.ts';
import { splitter } from './split.ts';

/**
 * Makes incidents into CTIM bundles: pure, so that the same incident gives the same bytes. An incident too large for one
 * bundle is given in several, each of which holds it again. Every bundle is one that the CTIM schemas let pass.
 * @throws SightlineError `bad-option` here; `bad-entity`, which is a bug, from the composer.
 */
export function composer(options: ComposerOptions): (incident: Incident) => readonly Parcel[] {
  checkOptions(options);
  const split = splitter(options);
  return (incident) => {
    const xid = incidentId(options.prefix, incident);
    return split(incident).map((body) => parcelOf(body, xid, options));
  };
}

/** The same log and time give the same parcel. */
export function composeLoss(loss: Loss, options: ComposerOptions): Parcel {
  const xid = lossId(options.prefix, loss);
  const { json } = writeChecked('incident', lossEntity(xid, loss, options));
  return parcelOf(writeBundle(options.source, { incidents: [json] }), xid, options);
}

function parcelOf(body: string, incident: string, { prefix }: ComposerOptions): Parcel {
  return { key: externalIdOfText(prefix, 'bundle', body), body, incident };
}

export { externalId, transientId } from './identity.ts';
export { titleOf } from './incident-entity.ts';
export type { Loss } from './loss.ts';
export { COMPOSER_DEFAULTS, type ComposerOptions, type TargetFacts } from './options.ts';
