import { parseInstant } from '../../ctim/ctim.ts';
import { shortId } from '../entity/ids.ts';
import { type StoredEntity, valuesAt } from '../entity/stored.ts';
import { ShapeRefusal } from '../http/answer.ts';
import { fieldTest } from './field.ts';
import { compileQuery, compileSimpleQuery, type Test } from './lucene.ts';

const COMMON_FIELDS = ['revision', 'language', 'tlp'];

/** What a query's filters say of an entity. `fields`: the type's own. `dateField`: what `from` and `to` are about. */
export function filterTest(query: URLSearchParams, fields: readonly string[], dateField: string): Test {
  const searchFields = query.getAll('search_fields');
  const tests: Test[] = [
    ...[...COMMON_FIELDS, ...fields].flatMap((field) => anyOf(field, query.getAll(field))),
    ...query.getAll('id').map(
      (id): Test =>
        (entity) =>
          shortId(entity.id) === shortId(id),
    ),
    ...query.getAll('query').map((text) => compileQuery(text, searchFields)),
    ...query.getAll('simple_query').map((text) => compileSimpleQuery(text, searchFields)),
  ];
  const [from, to] = [readInstant(query, 'from'), readInstant(query, 'to')];
  const date = fieldInstant(dateField);
  if (from !== null) tests.push((entity) => date(entity).some((ms) => ms >= from));
  if (to !== null) tests.push((entity) => date(entity).some((ms) => ms < to));
  return (entity) => tests.every((test) => test(entity));
}

/** Whether there is any filter at all. */
export function hasFilter(query: URLSearchParams, fields: readonly string[]): boolean {
  return [...COMMON_FIELDS, ...fields, 'id', 'query', 'simple_query', 'from', 'to'].some((name) => query.has(name));
}

/** Epoch milliseconds of a parameter; null when it is not there. */
export function readInstant(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const ms = parseInstant(text);
  if (ms === null) throw new ShapeRefusal({ [name]: `(not (instance? java.util.Date "${text}"))` });
  return ms;
}

/** The moments that a date field holds. */
export function fieldInstant(field: string): (entity: StoredEntity) => number[] {
  const path = field.split('.');
  return (entity) => valuesAt(entity, path).map((value) => Date.parse(String(value)));
}

function anyOf(field: string, values: readonly string[]): Test[] {
  if (values.length === 0) return [];
  const tests = values.map((text) => fieldTest(field, { text, wild: false }));
  return [(entity) => tests.some((test) => test(entity))];
}
