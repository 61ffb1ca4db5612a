import { join, type Node } from '../match/node.ts';
import { suggest } from './suggest.ts';

/** A condition that cannot be read; `at` is the offset within its text. */
export class ConditionError extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

export interface Condition {
  readonly node: Node;
  /** Names of the selections that it refers to. */
  readonly used: ReadonlySet<string>;
  readonly hasNot: boolean;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

/**
 * Reads a Sigma condition: `or` binds weakest, then `and`, `not`, `x of y`, brackets.
 *
 * @throws ConditionError
 */
export function parseCondition(text: string, selections: ReadonlyMap<string, Node>): Condition {
  return new ConditionParser(text, selections).parse();
}

const QUANTIFIERS: readonly string[] = ['1', 'any', 'all'];
const MAX_DEPTH = 100;

class ConditionParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #selections: ReadonlyMap<string, Node>;
  readonly #used = new Set<string>();
  #hasNot = false;
  #next = 0;
  #depth = 0;

  constructor(text: string, selections: ReadonlyMap<string, Node>) {
    this.#text = text;
    this.#selections = selections;
    this.#tokens = [...text.matchAll(/[()|]|[^\s()|]+/g)].map((match) => ({ text: match[0], at: match.index }));
  }

  parse(): Condition {
    const node = this.#or();
    const rest = this.#tokens[this.#next];
    if (rest?.text === '|') {
      const hint = 'aggregations after | are not Sigma any more: write a correlation document';
      throw new ConditionError(rest.at, hint);
    }
    if (rest !== undefined) throw new ConditionError(rest.at, `unexpected "${rest.text}"`);
    return { node, used: this.#used, hasNot: this.#hasNot };
  }

  #or(): Node {
    const nodes = [this.#and()];
    while (this.#take('or')) nodes.push(this.#and());
    return join('or', nodes);
  }

  #and(): Node {
    const nodes = [this.#not()];
    while (this.#take('and')) nodes.push(this.#not());
    return join('and', nodes);
  }

  #not(): Node {
    let negations = 0;
    while (this.#take('not')) negations += 1;
    if (negations > 0) this.#hasNot = true;
    const node = this.#operand();
    return negations % 2 === 1 ? { type: 'not', node } : node;
  }

  #operand(): Node {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new ConditionError(this.#text.length, 'the condition ends too early');
    this.#next += 1;
    if (token.text === '(') return this.#bracket(token);
    const isOf = this.#tokens[this.#next]?.text.toLowerCase() === 'of';
    if (isOf && QUANTIFIERS.includes(token.text.toLowerCase())) return this.#quantified(token);
    if (isOf) throw new ConditionError(token.at, `"${token.text} of" is not Sigma: write 1 of, any of or all of`);
    return this.#selection(token);
  }

  #bracket(open: Token): Node {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new ConditionError(open.at, `brackets are nested more than ${MAX_DEPTH} deep`);
    const node = this.#or();
    if (!this.#take(')')) throw new ConditionError(open.at, 'a bracket is not closed');
    this.#depth -= 1;
    return node;
  }

  #quantified(quantifier: Token): Node {
    this.#next += 1;
    const token = this.#tokens[this.#next];
    this.#next += 1;
    if (token === undefined) throw new ConditionError(this.#text.length, 'the condition ends too early');
    const pattern = token.text.toLowerCase() === 'them' ? '*' : token.text;
    const matches = matcherOf(pattern);
    const names = [...this.#selections.keys()].filter((name) => matches(name) && !name.startsWith('_'));
    if (names.length === 0) throw new ConditionError(token.at, `no selection matches "${token.text}"`);
    const nodes = names.map((name) => this.#use(name));
    return join(quantifier.text.toLowerCase() === 'all' ? 'and' : 'or', nodes);
  }

  #selection({ text, at }: Token): Node {
    const node = this.#selections.get(text);
    if (node === undefined) {
      const names = [...this.#selections.keys()];
      throw new ConditionError(at, `there is no selection "${text}"${suggest(text, names)}`);
    }
    return this.#use(text);
  }

  #use(name: string): Node {
    this.#used.add(name);
    return this.#selections.get(name) as Node; // the caller has just looked it up
  }

  #take(text: string): boolean {
    if (this.#tokens[this.#next]?.text.toLowerCase() !== text) return false;
    this.#next += 1;
    return true;
  }
}

/** `*` in a pattern of selection names stands for any text. */
function matcherOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map(RegExp.escape);
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return (name) => expression.test(name);
}
