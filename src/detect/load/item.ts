import { cidrMatcher } from '../../address/address.ts';
import { SightlineError } from '../../model/errors.ts';
import type { Field } from '../match/field.ts';
import { fieldOf } from '../match/fields.ts';
import {
  type Glob,
  globMatcher,
  globOf,
  literalOf,
  openEnd,
  openStart,
  parseGlob,
  plainMatcher,
  withDashes,
} from '../match/glob.ts';
import type { Matcher } from '../match/matcher.ts';
import { type Item, type Node, type Test, type TextItem, textTest } from '../match/node.ts';
import { recogniserMatcher } from '../match/recogniser-matcher.ts';
import { regexMatcher } from '../match/regex-matcher.ts';
import { RegexError } from '../regex/parse-regex.ts';
import type { Recall } from './draft.ts';
import { BYTE_ENCODINGS, toBase64, toBase64Offsets, toBytes } from './encodings.ts';
import type { Modifiers } from './modifiers.ts';

/** A value that an item cannot have; `index` is its position in a list of values. */
export class ValueError extends Error {
  readonly index: number;

  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

type Scalar = string | number | boolean | null;

/**
 * Compiles one line of a selection.
 *
 * @param values - never empty
 * @param except - items of the same field whose values do not count
 * @param recall - knows what takes long to find out
 * @throws ValueError
 */
export function compileItem(
  head: Pick<Item, 'selection' | 'field' | 'label' | 'locate'>,
  modifiers: Modifiers,
  values: readonly Scalar[],
  except: readonly TextItem[],
  recall: Recall,
): Node {
  const item = (test: Test): Item => ({
    ...{ type: 'item', ...head },
    test: test.kind === 'text' ? { ...test, except } : test,
  });
  if (values.includes(null)) {
    if (values.length > 1) throw new ValueError(values.indexOf(null), 'null cannot stand in a list of values');
    if (modifiers.kind !== 'text') throw new ValueError(0, 'null does not go with these modifiers');
    return negateIf(modifiers.isNegated, item({ kind: 'presence', wanted: false }));
  }
  return negateIf(modifiers.isNegated, compileTest(item, head.field, modifiers, values, recall));
}

function compileTest(
  item: (test: Test) => Item,
  field: Field,
  modifiers: Modifiers,
  values: readonly Scalar[],
  recall: Recall,
): Node {
  const matchers = (make: (value: Scalar, index: number) => Matcher): Node =>
    item(textTest(values.map(make), modifiers.isAll));
  switch (modifiers.kind) {
    case 're':
      return matchers((value, index) => compileRegex(String(value), modifiers, index, recall));
    case 'cidr':
      return item({ kind: 'address', accepts: compileNetworks(values) });
    case 'exists':
      return item({ kind: 'presence', wanted: onlyBoolean(values) });
    case 'fieldref':
      return anyOf(values.map((value) => item(compileReference(value, modifiers))));
    case 'compare':
      return item({ kind: 'number', accepts: compileComparison(modifiers, values), equals: null });
    case 'recognise': {
      const { recogniser } = modifiers;
      const wanted = onlyBoolean(values);
      if (recogniser === null) throw new ValueError(0, 'no recogniser is named');
      return negateIf(!wanted, item(textTest([recogniserMatcher(recogniser)], false)));
    }
    case 'text': {
      const numbers = numbersOf(field, modifiers, values);
      if (numbers === null) {
        const all = values.flatMap((value, index) => compileTexts(String(value), modifiers, index));
        return item(textTest(all, modifiers.isAll));
      }
      const equals = new Set(numbers);
      return item({ kind: 'number', accepts: (value) => equals.has(value), equals: numbers });
    }
  }
}

function negateIf(isNegated: boolean, node: Node): Node {
  return isNegated ? { type: 'not', node } : node;
}

function anyOf(nodes: readonly Node[]): Node {
  const [only] = nodes;
  return nodes.length === 1 && only !== undefined ? only : { type: 'or', nodes };
}

/** Whole decimal numbers on a field of numbers compare as numbers; null for anything else, which compares as text. */
function numbersOf(field: Field, modifiers: Modifiers, values: readonly Scalar[]): readonly number[] | null {
  const isPlain = !modifiers.opensStart && !modifiers.opensEnd && !modifiers.isAll && modifiers.encodings.length === 0;
  if (field.kind !== 'number' || !isPlain) return null;
  const isDecimal = values.every((value) => /^(?:0|[1-9]\d{0,14})$/.test(String(value)));
  return isDecimal ? values.map(Number) : null;
}

/** One value gives one matcher, with `base64offset` one that stands for its three forms. */
function compileTexts(value: string, modifiers: Modifiers, index: number): readonly Matcher[] {
  const isBare = !modifiers.isWindash && modifiers.encodings.length === 0;
  const plain = isBare ? plainMatcher(value, modifiers.isCased, modifiers) : null;
  if (plain !== null) return [plain];
  let globs: readonly Glob[] = [parseGlob(value)];
  if (modifiers.isWindash) globs = globs.map(withDashes);
  for (const [position, encoding] of modifiers.encodings.entries()) {
    globs = globs.flatMap((glob) => encode(glob, encoding, position === 0, index));
  }
  if (modifiers.opensStart) globs = globs.map(openStart);
  if (modifiers.opensEnd) globs = globs.map(openEnd);
  const isCased = modifiers.isCased || modifiers.encodings.some((name) => name.startsWith('base64'));
  const all = globs.map((glob) => globMatcher(glob, isCased, value));
  return modifiers.isAll && all.length > 1 ? [anyMatcher(all, value)] : all;
}

/** The three forms of `base64offset` are alternatives, also under `all`. */
function anyMatcher(matchers: readonly Matcher[], label: string): Matcher {
  const sets = matchers.map((matcher) => matcher.literals[0]);
  return {
    matches: (view) => matchers.some((matcher) => matcher.matches(view)),
    locate: (view) => matchers.find((matcher) => matcher.matches(view))?.locate(view) ?? null,
    exact: null,
    literals: sets.every((set) => set !== undefined) ? [sets.flat()] : [],
    label,
  };
}

function encode(glob: Glob, encoding: string, isFirst: boolean, index: number): readonly Glob[] {
  const text = literalOf(glob);
  if (text === null) throw new ValueError(index, `a value with wildcards cannot be encoded as ${encoding}`);
  const toUnits = BYTE_ENCODINGS.get(encoding);
  if (toUnits !== undefined) return [globOf(toUnits(text))];
  const bytes = isFirst ? toBytes(text) : text;
  const encoded = encoding === 'base64' ? [toBase64(bytes)] : toBase64Offsets(bytes);
  if (encoded.includes('')) throw new ValueError(index, `the value is too short for ${encoding}`);
  return encoded.map(globOf);
}

function compileRegex(pattern: string, { flags }: Modifiers, index: number, recall: Recall): Matcher {
  try {
    const written = `${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}${flags.dotAll ? 's' : ''}`;
    return regexMatcher(pattern, flags, (find) => recall(`literals of /${pattern}/${written}`, find));
  } catch (error) {
    if (error instanceof RegexError) throw new ValueError(index, `bad regular expression: ${error.message}`);
    throw error;
  }
}

function compileNetworks(values: readonly Scalar[]): (canonical: string) => boolean {
  try {
    return cidrMatcher(values.map(String));
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    throw new ValueError(values.findIndex(isNoNetwork), error.message);
  }
}

function isNoNetwork(value: Scalar): boolean {
  try {
    cidrMatcher([String(value)]);
    return false;
  } catch {
    return true;
  }
}

function compileReference(value: Scalar, modifiers: Modifiers): Test {
  const other = fieldOf(String(value));
  const { opensStart, opensEnd } = modifiers;
  const compare = (own: string, text: string): boolean => {
    if (opensStart && opensEnd) return own.includes(text);
    if (opensEnd) return own.startsWith(text);
    return opensStart ? own.endsWith(text) : own === text;
  };
  return { kind: 'reference', other, compare };
}

function compileComparison({ comparison }: Modifiers, values: readonly Scalar[]): (value: number) => boolean {
  const bounds = values.map((value, index) => {
    if (String(value).trim() === '' || typeof value === 'boolean' || Number.isNaN(Number(value))) {
      throw new ValueError(index, `a number was expected, not ${JSON.stringify(value)}`);
    }
    return Number(value);
  });
  switch (comparison) {
    case 'gt':
      return (value) => bounds.some((bound) => value > bound);
    case 'gte':
      return (value) => bounds.some((bound) => value >= bound);
    case 'lt':
      return (value) => bounds.some((bound) => value < bound);
    default:
      return (value) => bounds.some((bound) => value <= bound);
  }
}

function onlyBoolean(values: readonly Scalar[]): boolean {
  const [value] = values;
  if (values.length !== 1 || typeof value !== 'boolean') throw new ValueError(0, 'true or false was expected');
  return value;
}
