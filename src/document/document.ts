import { createRequire } from 'node:module';
import type { Document } from 'yaml';
import type { Fault } from '../model/errors.ts';

const require = createRequire(import.meta.url);
/** Loaded with the first text: most runs read none, since the rules that come along are parsed when the program is built. */
const yaml = (): typeof import('yaml') => require('yaml');

/** A path into a YAML document: keys and indexes from the top. */
export type Place = readonly (string | number)[];

/** One YAML document of a file, read as plain values, with the way back to the place of each value. */
export interface YamlDocument {
  readonly value: unknown;
  /** A fault at the value found at `place`, or at its nearest ancestor that exists; `key` points at the key instead. */
  fault(place: Place, message: string, at?: 'key' | 'value'): Fault;
}

/**
 * The documents of a text whose values are known already: the text itself is read only when a fault needs its place.
 */
export function knownDocuments(path: string, text: string, values: readonly unknown[]): YamlDocument[] {
  return values.map((value, index) => ({
    value,
    fault(place, message, end) {
      const document = readDocuments(path, text).documents[index];
      if (document === undefined) throw new Error(`${path}: the known documents are not those of the text`);
      return document.fault(place, message, end);
    },
  }));
}

/**
 * Reads every document of a YAML text. YAML's own errors (syntax, duplicate keys, an alias bomb) become faults, and the
 * document that holds them is left out.
 */
export function readDocuments(path: string, text: string): { documents: YamlDocument[]; faults: Fault[] } {
  if (text === '') return { documents: [], faults: [] };
  const { LineCounter, parseAllDocuments } = yaml();
  const lines = new LineCounter();
  const faults: Fault[] = [];
  const documents: YamlDocument[] = [];
  const at = (offset: number, message: string): Fault => {
    const { line, col } = lines.linePos(offset);
    return { path, line, col, message };
  };
  for (const document of parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })) {
    for (const error of document.errors) faults.push(at(error.pos[0], firstLineOf(error.message)));
    if (document.errors.length > 0) continue;
    try {
      documents.push({
        value: document.toJS({ maxAliasCount: 100 }),
        fault: (place, message, end = 'value') => at(offsetOf(document, place, end), message),
      });
    } catch (error) {
      faults.push(at(document.range[0], error instanceof Error ? firstLineOf(error.message) : String(error)));
    }
  }
  return { documents, faults };
}

function firstLineOf(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

function offsetOf(document: Document.Parsed, place: Place, end: 'key' | 'value'): number {
  for (let length = place.length; length >= 0; length--) {
    const inner = place.slice(0, length);
    if (end === 'key' && length > 0) {
      const parent = length === 1 ? document.contents : document.getIn(inner.slice(0, -1), true);
      const key = keyOffset(parent, inner.at(-1));
      if (key !== null) return key;
    }
    const node = length === 0 ? document.contents : document.getIn(inner, true);
    if (yaml().isNode(node) && node.range) return node.range[0];
  }
  return document.range[0];
}

function keyOffset(parent: unknown, name: string | number | undefined): number | null {
  const { isMap, isScalar } = yaml();
  if (!isMap(parent)) return null;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === name);
  return pair !== undefined && isScalar(pair.key) ? (pair.key.range?.[0] ?? null) : null;
}
