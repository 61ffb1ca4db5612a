import { IMPORT_CAPABILITIES } from '../access/capabilities.ts';
import { importBundle } from '../flow/import-bundle.ts';
import { storeGate } from '../flow/store-gate.ts';
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
      admits: storeGate(call.failingEntity),
    } as const;
    const results = importBundle(creation, bodyOf(call), call.query.get('external-key-prefixes'));
    return json(200, { results });
  });
}
