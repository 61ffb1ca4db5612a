import type { Place } from '../../document/document.ts';
import { FIELD_NAMES, fieldOf, isKnownField } from '../match/fields.ts';
import { isTextItem, itemsOf, join, type Node, type TextItem } from '../match/node.ts';
import { recallNeedles } from '../prefilter/requirement.ts';
import { type Condition, ConditionError, parseCondition } from './condition.ts';
import { type Draft, isMapping, listOf, type Mapping } from './draft.ts';
import { compileItem, ValueError } from './item.ts';
import { type Modifiers, readModifiers } from './modifiers.ts';
import { suggest } from './suggest.ts';

/** Keys of a detection that are no selections. */
const RESERVED: readonly string[] = ['condition', 'timeframe'];

/**
 * Compiles the selections and the condition found at `place`: a rule's `detection` or a `filter`.
 *
 * @param otherKeys - keys that belong to the document, not to a selection
 * @returns null when there were faults
 */
export function compileDetection(
  draft: Draft,
  place: Place,
  body: Mapping,
  otherKeys: readonly string[],
): Condition | null {
  const selections = new Map<string, Node>();
  let isSound = true;
  if (body.timeframe !== undefined) {
    draft.fault([...place, 'timeframe'], 'timeframe belongs to aggregations: write a correlation document', 'key');
    isSound = false;
  }
  for (const [name, selection] of Object.entries(body)) {
    if (RESERVED.includes(name) || otherKeys.includes(name)) continue;
    const node = compileSelection(draft, [...place, name], name, selection);
    if (node === null) isSound = false;
    else selections.set(name, node);
  }
  if (!isSound) return null;
  if (selections.size === 0) {
    draft.fault(place, 'there is no selection');
    return null;
  }
  return compileCondition(draft, place, body.condition, selections);
}

function compileCondition(
  draft: Draft,
  place: Place,
  condition: unknown,
  selections: ReadonlyMap<string, Node>,
): Condition | null {
  if (condition === undefined) {
    draft.fault(place, 'the condition is missing');
    return null;
  }
  const parts: Condition[] = [];
  const texts = listOf(condition);
  for (const [index, text] of texts.entries()) {
    const at = Array.isArray(condition) ? [...place, 'condition', index] : [...place, 'condition'];
    if (typeof text !== 'string') {
      draft.fault(at, 'a condition is a text, or a list of texts of which any may hold');
      continue;
    }
    try {
      parts.push(parseCondition(text, selections));
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      draft.fault(at, `${error.message} (at character ${error.at + 1} of the condition)`);
    }
  }
  if (parts.length === 0 || parts.length < texts.length) return null;
  const used = new Set(parts.flatMap((part) => [...part.used]));
  for (const name of selections.keys()) {
    if (!used.has(name)) draft.warn([...place, name], `the condition does not use the selection "${name}"`, 'key');
  }
  const node = join(
    'or',
    parts.map((part) => part.node),
  );
  return { node, used, hasNot: parts.some((part) => part.hasNot) };
}

/** A mapping: all items. A list: any of its mappings or keywords. A single value: a keyword. */
function compileSelection(draft: Draft, place: Place, name: string, selection: unknown): Node | null {
  if (isMapping(selection)) return compileMapping(draft, place, name, selection);
  if (!Array.isArray(selection)) return compileLine(draft, place, name, '', selection, place);
  if (selection.length === 0) {
    draft.fault(place, `the selection "${name}" is empty`);
    return null;
  }
  const keywords = selection.filter((part) => !isMapping(part));
  if (keywords.length === selection.length) return compileLine(draft, place, name, '', selection, place);
  const nodes = selection.map((part, index) =>
    isMapping(part)
      ? compileMapping(draft, [...place, index], name, part)
      : compileLine(draft, [...place, index], name, '', part, [...place, index]),
  );
  return nodes.every((node) => node !== null) ? join('or', nodes) : null;
}

/** Its items; those with `except` take from what the others on the same field look at. */
function compileMapping(draft: Draft, place: Place, name: string, mapping: Mapping): Node | null {
  const lines = Object.entries(mapping);
  if (lines.length === 0) {
    draft.fault(place, `the selection "${name}" is empty`);
    return null;
  }
  const compile = (key: string, value: unknown, except: readonly TextItem[]): Node | null =>
    compileLine(draft, [...place, key], name, key, value, [...place, key], except);
  const exceptions = lines
    .filter(([key]) => isException(key))
    .map(([key, value]) => ({ key, node: compile(key, value, []) }));
  const texts = exceptions.flatMap(({ node }) => (node !== null && isTextItem(node) ? [node] : []));
  const nodes = lines
    .filter(([key]) => !isException(key))
    .map(([key, value]) => {
      const own = texts.filter(({ field }) => field === fieldOf(fieldNameOf(key)));
      return compile(key, value, own);
    });
  let isSound = [...nodes, ...exceptions.map(({ node }) => node)].every((node) => node !== null);
  const used = new Set(nodes.flatMap((node) => (node !== null && isTextItem(node) ? node.test.except : [])));
  for (const { key, node } of exceptions) {
    if (!isSound || (node !== null && isTextItem(node) && used.has(node))) continue;
    draft.fault(
      [...place, key],
      `"${key}" excepts nothing: it and another item here have to ask for texts of this field`,
      'key',
    );
    isSound = false;
  }
  const sound = nodes.filter((node) => node !== null);
  return isSound ? join('and', sound) : null;
}

function isException(key: string): boolean {
  return key.split('|').slice(1).includes('except');
}

function fieldNameOf(key: string): string {
  return key.split('|', 1)[0] ?? '';
}

function compileLine(
  draft: Draft,
  place: Place,
  selection: string,
  key: string,
  value: unknown,
  keyPlace: Place,
  except: readonly TextItem[] = [],
): Node | null {
  const [fieldName = '', ...names] = key.split('|');
  const modifiers = readModifiers(names);
  if (typeof modifiers === 'string') {
    draft.fault(keyPlace, modifiers, 'key');
    return null;
  }
  const values = listOf(value);
  const strange = values.findIndex((part) => typeof part === 'object' && part !== null);
  if (strange >= 0 || values.length === 0) {
    const at = Array.isArray(value) && strange >= 0 ? [...place, strange] : place;
    draft.fault(
      at,
      values.length === 0 ? `"${key}" has an empty list` : `"${key}" takes texts and numbers, not maps or lists`,
    );
    return null;
  }
  const isKeyword = fieldName === '';
  if (!isKeyword && !isKnownField(fieldName)) {
    draft.warn(keyPlace, `"${fieldName}" is no field of access logs${suggest(fieldName, FIELD_NAMES)}`, 'key');
  }
  const field = fieldOf(isKeyword ? 'keywords' : fieldName);
  const applied: Modifiers = isKeyword ? { ...modifiers, opensStart: true, opensEnd: true } : modifiers;
  try {
    const node = compileItem(
      { selection, label: key === '' ? 'keywords' : key, field, locate: () => draft.locate(keyPlace, 'key') },
      applied,
      values as (string | number | boolean | null)[],
      except,
      draft.recall,
    );
    for (const item of itemsOf(node))
      recallNeedles(item, (find) => draft.recall(`needles of ${JSON.stringify(keyPlace)}`, find));
    return node;
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    draft.fault(Array.isArray(value) ? [...place, error.index] : place, error.message);
    return null;
  }
}
