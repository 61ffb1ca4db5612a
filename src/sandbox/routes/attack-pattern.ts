import { shown } from '../entity/shown.ts';
import { isObject, type StoredEntity } from '../entity/stored.ts';
import { json, NOT_FOUND } from '../http/answer.ts';
import { param } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import { readable } from '../search/list.ts';
import type { World } from '../world.ts';

/** Attack patterns by their number in MITRE's catalogues. */
export function attackPatternRoutes(world: World): Route[] {
  return [
    signed('GET', '/ctia/attack-pattern/mitre/:mitreId', ['read-attack-pattern'], (call) => {
      const number = param(call, 'mitreId');
      const isNamed = ({ external_references: list }: StoredEntity): boolean =>
        Array.isArray(list) && list.some((item) => isObject(item) && item.external_id === number);
      const [found] = readable(world, call.identity, 'attack-pattern', isNamed);
      return found === undefined ? NOT_FOUND : json(200, shown(found));
    }),
  ];
}
