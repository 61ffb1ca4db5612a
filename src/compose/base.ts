import { transientId } from './identity.ts';
import type { ComposerOptions } from './options.ts';

/** What every entity has: its ids, from which the server knows it again, who may see it and where it comes from. */
export function baseOf<Type extends string>(type: Type, xid: string, options: ComposerOptions) {
  const { tlp, source, sourceUri } = options;
  return {
    type,
    id: transientId(xid),
    external_ids: [xid],
    tlp,
    source,
    ...(sourceUri === undefined ? {} : { source_uri: sourceUri }),
  };
}
