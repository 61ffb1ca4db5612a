import { shown } from '../entity/shown.ts';
import { isObject, type StoredEntity } from '../entity/stored.ts';
import type { EntityType } from '../entity/types.ts';
import { update } from '../flow/update.ts';
import { type Answer, json, NOT_FOUND } from '../http/answer.ts';
import { param, requireParameter, type SignedCall } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import { nowOf, type World } from '../world.ts';

/** Ends the validity of a judgement, which needs a reason, or of what is known of an asset, which does not. */
export function expireRoutes(world: World): Route[] {
  return [
    signed('POST', '/ctia/judgement/:id/expire', ['create-judgement'], (call) => {
      const reason = requireParameter(call.query, 'reason');
      return expire(world, 'judgement', call, (stored) => ({
        reason: stored.reason === undefined ? reason : `${stored.reason} ${reason}`,
      }));
    }),
    ...(['asset-mapping', 'asset-properties'] as const).map((type) =>
      signed('POST', `/ctia/${type}/:id/expire`, [`create-${type}`], (call) => expire(world, type, call, () => ({}))),
    ),
  ];
}

/** Never waits for the index, whatever `wait_for` says. */
function expire(world: World, type: EntityType, call: SignedCall, more: (stored: StoredEntity) => object): Answer {
  const options = { world, identity: call.identity, type, id: param(call, 'id'), visibility: 'later' } as const;
  const entity = update(options, (stored) => {
    const validTime = isObject(stored.valid_time) ? stored.valid_time : {};
    return { ...stored, ...more(stored), valid_time: { ...validTime, end_time: nowOf(world) } };
  });
  return entity === null ? NOT_FOUND : json(200, shown(entity));
}
