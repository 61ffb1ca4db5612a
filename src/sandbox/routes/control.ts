import { SightlineError } from '../../model/errors.ts';
import { shown } from '../entity/shown.ts';
import { isObject } from '../entity/stored.ts';
import { isEntityType } from '../entity/types.ts';
import type { FaultSpec } from '../fault/fault.ts';
import { type Answer, empty, json, NOT_FOUND } from '../http/answer.ts';
import { bodyOf, param } from '../http/call.ts';
import { open, type Route } from '../http/router.ts';
import type { Recorder } from '../recorder.ts';
import type { World } from '../world.ts';

/**
 * The sandbox's own endpoint, for whoever tests against it: faults, requests, clock, everything stored. It needs no
 * token. Writing needs a JSON body or DELETE, neither of which a foreign web page can send here.
 */
export function controlRoutes(world: World, recorder: Recorder, advance: (ms: number) => void): Route[] {
  const { faults, store } = world;
  return [
    open('GET', '/sandbox/faults', () => json(200, faults.left())),
    open('POST', '/sandbox/faults', (call) => {
      const body = bodyOf(call);
      if (!Array.isArray(body) || !body.every(isFaultSpec)) return refuse('expected a list of faults');
      try {
        faults.set(body);
      } catch (error) {
        if (error instanceof SightlineError) return refuse(error.message);
        throw error;
      }
      return json(200, faults.left());
    }),
    open('DELETE', '/sandbox/faults', () => {
      faults.set([]);
      return empty(204);
    }),
    open('GET', '/sandbox/requests', () => json(200, recorder.all())),
    open('DELETE', '/sandbox/requests', () => {
      recorder.clear();
      return empty(204);
    }),
    open('GET', '/sandbox/entities/:type', (call) => {
      const type = param(call, 'type');
      return isEntityType(type) ? json(200, store.written(type).map(shown)) : NOT_FOUND;
    }),
    open('POST', '/sandbox/clock', (call) => {
      const body = bodyOf(call);
      const ms = isObject(body) ? body.advance_ms : null;
      if (typeof ms !== 'number' || !(ms >= 0)) return refuse('expected {"advance_ms": milliseconds}');
      advance(ms);
      return json(200, { now: new Date(world.clock()).toISOString() });
    }),
  ];
}

function isFaultSpec(value: unknown): value is FaultSpec {
  return typeof value === 'string' || (isObject(value) && typeof value.kind === 'string');
}

function refuse(message: string): Answer {
  return json(400, { error: message });
}
