import type { CtimRelationship } from '../ctim/ctim.ts';
import { baseOf } from './base.ts';
import { externalId, transientId } from './identity.ts';
import type { ComposerOptions } from './options.ts';

/**
 * An edge between two entities of the bundle. It has an external id like any other entity: the server would make it
 * again on each import otherwise.
 */
export function relationshipEntity(
  source: string,
  type: 'member-of' | 'sighting-of',
  target: string,
  options: ComposerOptions,
): CtimRelationship {
  const xid = externalId(options.prefix, 'relationship', [type, source, target]);
  return {
    ...baseOf('relationship', xid, options),
    relationship_type: type,
    source_ref: transientId(source),
    target_ref: transientId(target),
  };
}
