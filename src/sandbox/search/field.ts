import { shortId } from '../entity/ids.ts';
import { type StoredEntity, textsOf, valuesAt } from '../entity/stored.ts';

/** How the index sees the fields of entities: words of a text, or one keyword whatever its case. */

const TEXT_FIELDS = new Set([
  'title',
  'short_description',
  'description',
  'reason',
  'content',
  'texts.text',
  'likely_impact',
]);
/** In no index. */
const UNINDEXED = new Set([
  'data',
  'context',
  'bundle',
  'relation_info',
  'meta',
  'secret',
  'feed_view_url',
  'intervals',
]);

/** What is looked for in a field. */
export interface Pattern {
  readonly text: string;
  /** Whether `*` and `?` stand for other characters; the ones meant as themselves are then escaped by a backslash. */
  readonly wild: boolean;
}

/** Compiles a pattern for one field; `null`: for all. */
export function fieldTest(field: string | null, pattern: Pattern): (entity: StoredEntity) => boolean {
  const asWords = wordsTest(pattern);
  const asKeyword = keywordTest(pattern);
  if (field === null) {
    const test = (value: string, name: string): boolean => (TEXT_FIELDS.has(name) ? asWords(value) : asKeyword(value));
    return (entity) => someLeaf(entity, '', test);
  }
  const test = TEXT_FIELDS.has(field) ? asWords : asKeyword;
  return (entity) => valuesOf(entity, field).some((value) => test(String(value)));
}

/** The indexed values of a field; an id counts in its short form, too. */
export function valuesOf(entity: StoredEntity, field: string): unknown[] {
  if (UNINDEXED.has(field.split('.')[0] ?? '')) return [];
  const values = valuesAt(entity, field.split('.')).filter((value) => typeof value !== 'object');
  return field === 'id' ? values.concat(textsOf(values).map(shortId)) : values;
}

function keywordTest({ text, wild }: Pattern): (value: string) => boolean {
  const wanted = text.toLowerCase();
  if (!wild) return (value) => value.toLowerCase() === wanted;
  const glob = compileGlob(wanted);
  return (value) => matchesGlob(glob, value.toLowerCase());
}

/** A pattern without wild cards is a phrase; one with them is a single word. */
function wordsTest({ text, wild }: Pattern): (value: string) => boolean {
  if (wild) {
    const glob = compileGlob(text.toLowerCase());
    return (value) => wordsOf(value).some((word) => matchesGlob(glob, word));
  }
  const phrase = ` ${wordsOf(text).join(' ')} `;
  return (value) => phrase !== '  ' && ` ${wordsOf(value).join(' ')} `.includes(phrase);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}

function someLeaf(value: unknown, name: string, test: (value: string, name: string) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => someLeaf(item, name, test));
  if (typeof value !== 'object' || value === null) return value !== undefined && test(String(value), name);
  return Object.entries(value).some(
    ([key, inner]) => !UNINDEXED.has(key) && someLeaf(inner, name === '' ? key : `${name}.${key}`, test),
  );
}

/** Single characters to match; `null` for `?`, and gaps (`*`) between the parts. */
type Glob = readonly (readonly (string | null)[])[];

function compileGlob(pattern: string): Glob {
  const parts: (string | null)[][] = [[]];
  for (const [, escaped, char] of pattern.matchAll(/\\(.)|(.)/gsu)) {
    if (char === '*') parts.push([]);
    else parts.at(-1)?.push(char === '?' ? null : (escaped ?? char ?? ''));
  }
  return parts;
}

/** Linear but for the length of one part: each part is taken at its first place after the part before. */
function matchesGlob(glob: Glob, value: string): boolean {
  const chars = [...value];
  const [first = [], ...rest] = glob;
  const last = rest.pop();
  if (last === undefined) return chars.length === first.length && isAt(first, chars, 0);
  if (!isAt(first, chars, 0)) return false;
  let at = first.length;
  for (const part of rest) {
    while (at + part.length <= chars.length && !isAt(part, chars, at)) at++;
    at += part.length;
  }
  return at <= chars.length - last.length && isAt(last, chars, chars.length - last.length);
}

function isAt(part: readonly (string | null)[], chars: readonly string[], at: number): boolean {
  return (
    at >= 0 && at + part.length <= chars.length && part.every((char, i) => char === null || char === chars[at + i])
  );
}
