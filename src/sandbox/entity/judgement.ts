import { isObject, type StoredEntity } from './stored.ts';

/** Whether `now` (epoch milliseconds) lies within a span of time; a bound that is not there is none. */
export function isWithin(span: unknown, now: number): boolean {
  if (!isObject(span)) return true;
  const { start_time: start, end_time: end } = span;
  return (
    (start === undefined || Date.parse(String(start)) <= now) && (end === undefined || now < Date.parse(String(end)))
  );
}

export function isValid(entity: StoredEntity, now: number): boolean {
  return isWithin(entity.valid_time, now);
}

export interface Observable {
  readonly type: string;
  readonly value: string;
}

/** The observables that a judgement or a sighting is about. */
export function observablesOf(entity: StoredEntity): Observable[] {
  const list = Array.isArray(entity.observables) ? entity.observables : [entity.observable];
  return list.filter(
    (item): item is Observable => isObject(item) && typeof item.type === 'string' && typeof item.value === 'string',
  );
}

export function isAbout(entity: StoredEntity, { type, value }: Observable): boolean {
  return observablesOf(entity).some((observable) => observable.type === type && observable.value === value);
}
