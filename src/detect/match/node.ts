import type { Fault } from '../../model/errors.ts';
import type { Field } from './field.ts';
import { Glance } from './glance.ts';
import type { Matcher } from './matcher.ts';

/** Any matcher, or all of them, on the same value of the field; each in any view. */
export interface TextTest {
  readonly kind: 'text';
  readonly matchers: readonly Matcher[];
  readonly isAll: boolean;
  /** Whole texts in lower case, of which a view that satisfies a matcher is one; null where others may do. */
  readonly exacts: ReadonlySet<string> | null;
  readonly glance: Glance;
  /** Items of the same field: a value for which one of them holds does not count. */
  readonly except: readonly TextItem[];
}

export function textTest(matchers: readonly Matcher[], isAll: boolean): TextTest {
  const exacts = matchers.flatMap(({ exact }) => exact ?? []);
  const isExact = exacts.length === matchers.length;
  return {
    kind: 'text',
    matchers,
    isAll,
    exacts: isExact ? new Set(exacts) : null,
    glance: new Glance(matchers),
    except: [],
  };
}

/** What an item asks of its field. */
export type Test =
  | TextTest
  /** `equals` lists the numbers where the test is nothing but equality. */
  | { readonly kind: 'number'; readonly accepts: (value: number) => boolean; readonly equals: readonly number[] | null }
  | { readonly kind: 'address'; readonly accepts: (canonical: string) => boolean }
  | { readonly kind: 'presence'; readonly wanted: boolean }
  | { readonly kind: 'reference'; readonly other: Field; readonly compare: (own: string, other: string) => boolean };

/** A place in a rule file. */
export type Spot = Omit<Fault, 'message'>;

/** One line of a selection. */
export interface Item {
  readonly type: 'item';
  readonly selection: string;
  readonly field: Field;
  /** The line as the rule has it, for people. */
  readonly label: string;
  /** Where it stands, which is looked up only when somebody asks. */
  readonly locate: () => Spot;
  readonly test: Test;
}

/** An item that asks for texts. */
export type TextItem = Item & { readonly test: TextTest };

export function isTextItem(node: Node): node is TextItem {
  return node.type === 'item' && node.test.kind === 'text';
}

/** A rule's condition with its selections put in. */
export type Node =
  | Item
  | { readonly type: 'and' | 'or'; readonly nodes: readonly Node[] }
  | { readonly type: 'not'; readonly node: Node }
  /** A condition that one part of an entry decides alone, numbered by the prefilter. */
  | { readonly type: 'atom'; readonly number: number; readonly node: Node };

/** Joins nodes; one alone stays itself. The cheapest come first, which changes no result. */
export function join(type: 'and' | 'or', nodes: readonly Node[]): Node {
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) return only;
  return { type, nodes: nodes.toSorted((a, b) => costOf(a) - costOf(b)) };
}

/** All items, left to right. */
export function itemsOf(node: Node): readonly Item[] {
  if (node.type === 'item') return [node];
  if (node.type === 'not' || node.type === 'atom') return itemsOf(node.node);
  return node.nodes.flatMap(itemsOf);
}

/** Relative work of an evaluation: numbers and presence before short texts before everything else. */
function costOf(node: Node): number {
  if (node.type === 'not') return costOf(node.node);
  if (node.type === 'atom') return 0;
  if (node.type !== 'item') return node.nodes.reduce((sum, part) => sum + costOf(part), 0);
  if (node.test.kind !== 'text') return node.test.kind === 'address' ? 3 : 1;
  const isShort = node.field.name === 'cs-method' || node.field.name === 'cs-version' || node.field.kind === 'number';
  return (isShort ? 2 : 20) * node.test.matchers.length;
}
