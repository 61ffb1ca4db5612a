import { IMPORT_CAPABILITIES } from '../access/capabilities.ts';
import { importBundle } from '../flow/import-bundle.ts';
import { json } from '../http/answer.ts';
import { bodyOf } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import type { World } from '../world.ts';

/** Takes any query, and waits for the index whatever it says. */
export function importRoute(world: World): Route {
  return signed('POST', '/ctia/bundle/import', IMPORT_CAPABILITIES, (call) => {
    const creation = {
      world,
      identity: call.identity,
      visibility: 'now',
      admits: call.admits,
    } as const;
    const results = importBundle(creation, bodyOf(call), call.query.get('external-key-prefixes'));
    return json(200, { results });
  });
}
