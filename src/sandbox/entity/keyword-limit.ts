import { isObject } from './stored.ts';

/** Lucene's limit for one indexed term, in UTF-8 bytes. */
const MAX_TERM_BYTES = 32_766;
/** Texts that are analysed word by word, and what is not indexed at all. */
const NOT_ONE_TERM = new Set([
  'description',
  'short_description',
  'content',
  'data',
  'relation_info',
  'bundle',
  'actions',
]);

/** Whether the store would refuse an entity for a value that is too long for its index. */
export function hasImmenseTerm(value: unknown): boolean {
  if (typeof value === 'string') return value.length > MAX_TERM_BYTES / 4 && Buffer.byteLength(value) > MAX_TERM_BYTES;
  if (Array.isArray(value)) return value.some(hasImmenseTerm);
  return (
    isObject(value) && Object.entries(value).some(([key, inner]) => !NOT_ONE_TERM.has(key) && hasImmenseTerm(inner))
  );
}
