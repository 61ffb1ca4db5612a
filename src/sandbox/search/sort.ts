import { SEVERITIES } from '../../ctim/ctim.ts';
import { shortId } from '../entity/ids.ts';
import { type StoredEntity, valuesAt } from '../entity/stored.ts';
import { badSearch } from '../http/answer.ts';

/** Null: the entity has no such field; it comes last, whatever the order. */
export type SortValue = string | number | null;

export interface SortKey {
  readonly descending: boolean;
  readonly numeric: boolean;
  valueOf(entity: StoredEntity): SortValue;
}

const SEVERITY_RANKS = new Map<unknown, number>([
  ['Low', 1],
  ['Medium', 2],
  ['High', 3],
  ['Critical', 4],
  ...SEVERITIES.filter((name) => !['Low', 'Medium', 'High', 'Critical'].includes(name)).map(
    (name): [unknown, number] => [name, 0],
  ),
]);

/** ATT&CK's enterprise tactics, an attack's first steps first; the server's own ranking is not known. */
const TACTICS =
  'TA0043 TA0042 TA0001 TA0002 TA0003 TA0004 TA0005 TA0006 TA0007 TA0008 TA0009 TA0011 TA0010 TA0040'.split(' ');

const DATES = /^(?:timestamp|created|modified|.*_time|.*\.date_time|incident_time\..*)$/;
const NUMBERS = /^(?:revision|priority|disposition|count|scores\..*)$/;

/**
 * Reads `f1:asc,f2:desc`. `sortable`: what may be named; `order`: for fields that do not say. Throws the server's 400.
 */
export function readSort(sortBy: string, order: string | null, sortable: ReadonlySet<string>): SortKey[] {
  return sortBy.split(',').map((part) => {
    const [field = '', direction = order ?? 'asc', ...more] = part.trim().split(':');
    if (more.length > 0 || (direction !== 'asc' && direction !== 'desc'))
      throw badSearch(`Unknown SortOrder [${part}]`);
    if (!sortable.has(field) && !field.startsWith('scores.')) {
      throw badSearch(`No mapping found for [${field}] in order to sort on`);
    }
    return { ...keyOf(field, direction === 'desc'), descending: direction === 'desc' };
  });
}

function keyOf(field: string, descending: boolean): Omit<SortKey, 'descending'> {
  const ofAll = (numeric: boolean, read: (value: unknown) => string | number) => ({
    numeric,
    valueOf(entity: StoredEntity): SortValue {
      const values = valuesAt(entity, field.split('.'))
        .map(read)
        .sort((a, b) => compareValues(a, b));
      return (descending ? values.at(-1) : values[0]) ?? null;
    },
  });
  if (field === 'id') return ofAll(false, (value) => shortId(String(value)));
  if (field === 'severity') return ofAll(true, (value) => SEVERITY_RANKS.get(value) ?? 0);
  if (field === 'tactics') return ofAll(true, (value) => TACTICS.indexOf(String(value)));
  if (DATES.test(field)) return ofAll(true, (value) => Date.parse(String(value)));
  if (NUMBERS.test(field)) return ofAll(true, Number);
  return ofAll(false, (value) => String(value).toLowerCase());
}

/** The values that `search_after` gives, one for each key. Throws the server's 400. */
export function readSearchAfter(keys: readonly SortKey[], texts: readonly string[]): SortValue[] {
  if (texts.length !== keys.length) {
    throw badSearch(`search_after has ${texts.length} value(s) but sort has ${keys.length}`);
  }
  return keys.map(({ numeric }, i) => {
    const text = texts[i] ?? '';
    if (!numeric) return text;
    const number = text === 'null' ? null : Number(text);
    if (Number.isNaN(number) || text.trim() === '') throw badSearch(`Failed to parse search_after value [${text}]`);
    return number;
  });
}

/** Compares by each key in turn. */
export function compareBy(keys: readonly SortKey[], a: readonly SortValue[], b: readonly SortValue[]): number {
  for (const [i, { descending }] of keys.entries()) {
    const [left, right] = [a[i] ?? null, b[i] ?? null];
    if (left === right) continue;
    if (left === null) return 1;
    if (right === null) return -1;
    const order = compareValues(left, right);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

function compareValues(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
