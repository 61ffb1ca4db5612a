import { RECOGNISERS } from '../recognise/recognise.ts';
import type { Recogniser } from '../recognise/recogniser.ts';
import { suggest } from './suggest.ts';

/** What a chain of modifiers asks for. */
export interface Modifiers {
  readonly kind: 'text' | 're' | 'cidr' | 'exists' | 'fieldref' | 'compare' | 'recognise';
  readonly isAll: boolean;
  readonly isCased: boolean;
  readonly isNegated: boolean;
  /** Whether any text may stand before the value: `endswith`, `contains`. */
  readonly opensStart: boolean;
  /** Whether any text may stand after the value: `startswith`, `contains`. */
  readonly opensEnd: boolean;
  readonly isWindash: boolean;
  /** Encodings in the order in which they are applied. */
  readonly encodings: readonly string[];
  readonly flags: { readonly ignoreCase: boolean; readonly multiline: boolean; readonly dotAll: boolean };
  readonly comparison: Comparison | null;
  readonly recogniser: Recogniser | null;
}

export type Comparison = 'gt' | 'gte' | 'lt' | 'lte';

const ENCODINGS = ['wide', 'utf16', 'utf16le', 'utf16be', 'base64', 'base64offset'];
const COMPARISONS: readonly string[] = ['gt', 'gte', 'lt', 'lte'];
const NAMES = [
  ...['contains', 'startswith', 'endswith', 'all', 'cased', 're', 'i', 'm', 's', 'cidr', 'exists', 'fieldref'],
  ...['windash', 'neq', 'expand', 'except'],
  ...ENCODINGS,
  ...COMPARISONS,
];
const BY_NAME: ReadonlyMap<string, Recogniser> = new Map(RECOGNISERS.map((one) => [one.name, one]));
/** Modifiers that take the value as it is: nothing may transform it before. */
const KINDS = new Map<string, Modifiers['kind']>([
  ['re', 're'],
  ['cidr', 'cidr'],
  ['exists', 'exists'],
  ['fieldref', 'fieldref'],
]);
const REFUSED: Readonly<Record<string, string>> = {
  expand: 'there are no placeholder values to fill in: write them out as a list',
  minute: 'parts of the time are not supported',
  hour: 'parts of the time are not supported',
  day: 'parts of the time are not supported',
  week: 'parts of the time are not supported',
  month: 'parts of the time are not supported',
  year: 'parts of the time are not supported',
};

/**
 * Reads the modifiers of an item (Sigma 2.1, "Value modifiers", and Sightline's recognisers).
 *
 * @returns a sentence when they cannot be used
 */
export function readModifiers(names: readonly string[]): Modifiers | string {
  let kind: Modifiers['kind'] = 'text';
  let recogniser: Recogniser | null = null;
  let comparison: Comparison | null = null;
  for (const [index, name] of names.entries()) {
    const reason = REFUSED[name];
    if (reason !== undefined) return `the modifier "${name}" is not supported: ${reason}`;
    const found = BY_NAME.get(name);
    if (found === undefined && !NAMES.includes(name)) {
      return `unknown modifier "${name}"${suggest(name, [...NAMES, ...BY_NAME.keys()])}`;
    }
    if (names.indexOf(name) !== index) return `the modifier "${name}" is given twice`;
    const named = found !== undefined ? 'recognise' : COMPARISONS.includes(name) ? 'compare' : KINDS.get(name);
    if (named !== undefined) {
      if (kind !== 'text') return `the modifiers of "${names.join('|')}" exclude each other`;
      kind = named;
    }
    if (found !== undefined) recogniser = found;
    if (named === 'compare') comparison = name as Comparison; // COMPARISONS holds it
  }
  return conflictOf(names, kind) ?? modifiersOf(names, kind, comparison, recogniser);
}

/** By kind, the modifiers that go with it; any with a kind that is not here. */
const ALLOWED: ReadonlyMap<Modifiers['kind'], readonly string[]> = new Map([
  ['re', ['re', 'i', 'm', 's', 'all', 'neq', 'except']],
  ['cidr', ['cidr', 'neq']],
  ['exists', ['exists']],
  ['fieldref', ['fieldref', 'contains', 'startswith', 'endswith', 'neq']],
  ['compare', COMPARISONS],
  ['recognise', [...BY_NAME.keys(), 'except']],
]);

/** Modifiers that do not go together: silently ignoring one would change what a rule means. */
function conflictOf(names: readonly string[], kind: Modifiers['kind']): string | null {
  const has = (name: string): boolean => names.includes(name);
  const allowed = ALLOWED.get(kind);
  const stranger = allowed === undefined ? undefined : names.find((name) => !allowed.includes(name));
  if (stranger !== undefined) return `the modifier "${stranger}" does not go with "${names.join('|')}"`;
  const flag = ['i', 'm', 's'].find(
    (name) => has(name) && (kind !== 're' || names.indexOf(name) < names.indexOf('re')),
  );
  if (flag !== undefined) return `the modifier "${flag}" is a flag of "re" and comes after it`;
  if (has('except') && has('neq')) return 'the modifiers "except" and "neq" exclude each other';
  const encoding = names.findIndex((name) => ENCODINGS.includes(name));
  const anchor = names.findIndex((name) => ['contains', 'startswith', 'endswith'].includes(name));
  if (encoding >= 0 && anchor >= 0 && anchor < encoding) {
    return `wildcards cannot be encoded: write "${names[anchor]}" after "${names[encoding]}"`;
  }
  if (encoding >= 0 && has('windash')) return 'the modifier "windash" does not go with an encoding';
  return null;
}

function modifiersOf(
  names: readonly string[],
  kind: Modifiers['kind'],
  comparison: Comparison | null,
  recogniser: Recogniser | null,
): Modifiers {
  const has = (name: string): boolean => names.includes(name);
  return {
    kind,
    isAll: has('all'),
    isCased: has('cased'),
    isNegated: has('neq'),
    opensStart: has('endswith') || has('contains'),
    opensEnd: has('startswith') || has('contains'),
    isWindash: has('windash'),
    encodings: names.filter((name) => ENCODINGS.includes(name)),
    flags: { ignoreCase: has('i'), multiline: has('m'), dotAll: has('s') },
    comparison,
    recogniser,
  };
}
