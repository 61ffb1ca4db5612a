import { hash } from 'node:crypto';
import type { AccessLogEntry } from '../model/entry.ts';
import type { Listener } from './plan.ts';

/** Longer values are named by their digest. */
const MAX_VALUE_LENGTH = 256;

/** Sigma field -> value of an entry; null when it has none. */
export type FieldReader = (entry: AccessLogEntry, field: string) => string | number | null;

/** One text for a combination of values; null when one of them is missing. */
export type KeyReader = (entry: AccessLogEntry, fields: readonly string[]) => string | null;

/** A value that is the client itself stands for the attacker, so that an IPv6 network is one group. */
export function keyReader(fieldValue: FieldReader, attackerOf: (client: string) => string): KeyReader {
  const readPart = (entry: AccessLogEntry, field: string) => {
    const value = fieldValue(entry, field);
    if (value === null) return null;
    if (typeof value === 'number') return String(value);
    if (value === entry.client) return attackerOf(value);
    return value.length > MAX_VALUE_LENGTH ? hash('sha256', value) : value;
  };
  return (entry, fields) => {
    const [only] = fields;
    if (only !== undefined && fields.length === 1) return readPart(entry, only);
    const parts: string[] = [];
    for (const field of fields) {
      const part = readPart(entry, field);
      if (part === null) return null;
      parts.push(`${part.length}:${part}`);
    }
    return parts.join('');
  };
}

/** What a `value_*` correlation counts, adds up or orders; null when the entry has no such value. */
export type ValueReader = (listener: Listener, entry: AccessLogEntry) => string | number | null;

export function valueReader(fieldValue: FieldReader, keyOf: KeyReader): ValueReader {
  return ({ post, fields }, entry) => {
    if (post.correlation.type === 'value_count') return keyOf(entry, fields);
    const [field] = fields;
    const value = field === undefined ? null : fieldValue(entry, field);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : null;
  };
}
