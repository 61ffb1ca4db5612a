import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SightlineError } from '../../src/model/errors.ts';
import type { Receipt } from '../../src/model/parcel.ts';
import { type OutgoingParcel, openState, type State, type StateOptions } from '../../src/state/state.ts';

export const XDR = 'xdr';

/** A path for a state file in a folder of its own. */
export function newPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'sightline-state-')), 'sightline.db');
}

export function newState(options: StateOptions = {}): State {
  return openState(newPath(), options);
}

/** `incident` is named by the key's part before its hyphen: `a-1` and `a-2` belong together. */
export function outgoing(
  key: string,
  given: Partial<OutgoingParcel> & { readonly body?: string } = {},
): OutgoingParcel {
  const { body = JSON.stringify({ key }), destination = XDR, aftermath = null } = given;
  return { parcel: { key, body, incident: key.split('-')[0] ?? '' }, destination, aftermath };
}

export function receiptFor(key: string): Receipt {
  const incident = {
    type: 'incident',
    originalId: `transient:${key}`,
    result: 'created',
    id: `id-of-${key}`,
    reason: null,
  };
  const sighting = { ...incident, type: 'sighting' };
  return {
    key,
    verdict: 'delivered',
    entities: [
      { ...incident, result: 'created' },
      { ...sighting, result: 'created' },
    ],
    reason: null,
  };
}

/** The code of the SightlineError that `work` throws. */
export function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SightlineError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}
