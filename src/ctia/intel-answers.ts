import { badAnswer, isObject, type JsonObject, readJson } from './answer.ts';
import type { HttpAnswer } from './transport.ts';

/** Changes by one owner that followed one another closely. Times are ISO dates. */
export interface ChangeBurst {
  readonly owner: string;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** The latest first. */
  readonly events: readonly JsonObject[];
}

export function readBursts(answer: HttpAnswer): ChangeBurst[] {
  const value = readJson(answer);
  const isBurst = (item: unknown): item is ChangeBurst =>
    isObject(item) &&
    [item.owner, item.from, item.to].every((text) => typeof text === 'string') &&
    typeof item.count === 'number' &&
    Array.isArray(item.events) &&
    item.events.every(isObject);
  if (!Array.isArray(value) || !value.every(isBurst)) throw badAnswer('the answer is no list of changes');
  return value;
}

export function readVerdict(answer: HttpAnswer): JsonObject {
  const value = readJson(answer);
  if (isObject(value) && typeof value.disposition === 'number') return value;
  throw badAnswer('the answer is no verdict');
}

export interface InspectedObservable {
  readonly type: string;
  readonly value: string;
}

export function readObservables(answer: HttpAnswer): InspectedObservable[] {
  const value = readJson(answer);
  const isObservable = (item: unknown): item is InspectedObservable =>
    isObject(item) && typeof item.type === 'string' && typeof item.value === 'string';
  if (!Array.isArray(value) || !value.every(isObservable)) throw badAnswer('the answer is no list of observables');
  return value;
}
