import { ENTITY_TYPES } from '../entity/types.ts';
import { json } from '../http/answer.ts';
import { open, type Route, signed } from '../http/router.ts';
import type { World } from '../world.ts';

/** `/ctia/version` for anybody, `/ctia/status` for whoever bears a token. */
export function serviceRoutes({ behaviour }: World): Route[] {
  return [
    open('GET', '/ctia/version', () =>
      json(200, {
        base: '/ctia',
        'ctim-version': behaviour.schemaVersion,
        'ctia-build': 'sandbox',
        beta: true,
        'ctia-config': 'sandbox',
        'ctia-supported_features': ENTITY_TYPES,
      }),
    ),
    signed('GET', '/ctia/status', [], () => json(200, { status: 'ok' })),
  ];
}
