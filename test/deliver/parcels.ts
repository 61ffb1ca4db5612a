import type { Parcel } from '../../src/model/parcel.ts';

/** A parcel whose one incident says `note`; its external ids have the prefix `acme-`. */
export function parcelOf(key: string, note = ''): Parcel {
  const incident = { id: `transient:acme-${key}`, external_ids: [`acme-${key}`], title: note };
  return { key, body: JSON.stringify({ source: 'test', incidents: [incident] }), incident: `acme-${key}` };
}

/** Text that would clear the screen, hide itself and break the line, were it printed as it is. */
export const HOSTILE = 'a\u001b[2J\u009b31m\u202eb\u2028"c\\\n\u007f\u{e0041}';
