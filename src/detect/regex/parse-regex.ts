import { type Assertion, MAX_UNIT, negate, normalise, type Regex, type RegexNode, withBothCases } from './ast.ts';

/**
 * The parser of Sigma's regular expressions: one class over one grammar, with the tables that it reads by and the reasons
 * for what it refuses. Long for that.
 */

/** A regular expression that cannot be used: the message says why and what to write. */
export class RegexError extends Error {}

export interface RegexFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** For assertions that ask nothing of a particular character. */
const UNCONDITIONAL = { ranges: [], allowsEdge: false };
const MAX_REPEAT = 2000;
const MAX_DEPTH = 100;
const DIGIT = [0x30, 0x39];
const WORD = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
const SPACE = [0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0];
const BLANK = [0x09, 0x09, 0x20, 0x20];
const NEWLINE = [0x0a, 0x0a];
const CLASSES: Readonly<Record<string, readonly number[]>> = {
  d: DIGIT,
  D: negate(DIGIT),
  w: WORD,
  W: negate(WORD),
  s: SPACE,
  S: negate(SPACE),
  h: BLANK,
  H: negate(BLANK),
  N: negate(NEWLINE),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7, e: 27, 0: 0 };
const POSIX: Readonly<Record<string, readonly number[]>> = {
  alpha: [0x41, 0x5a, 0x61, 0x7a],
  digit: DIGIT,
  alnum: [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a],
  upper: [0x41, 0x5a],
  lower: [0x61, 0x7a],
  space: SPACE,
  blank: BLANK,
  word: WORD,
  xdigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
  punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
  cntrl: [0, 0x1f, 0x7f, 0x7f],
  print: [0x20, 0x7e],
  graph: [0x21, 0x7e],
};
const ASSERTIONS: Readonly<Record<string, Assertion['kind']>> = {
  b: 'word',
  B: 'not-word',
  A: 'start',
  z: 'end',
  Z: 'end',
};
/** Look-around, of which one character is all that one pass over the text can decide. */
const LOOKS: readonly (readonly [string, 'next' | 'previous', boolean])[] = [
  ['?=', 'next', false],
  ['?!', 'next', true],
  ['?<=', 'previous', false],
  ['?<!', 'previous', true],
];
/** What opens a group of a kind that one pass over the text cannot decide, and what to do instead. */
const REFUSED_GROUPS: readonly (readonly [string, string])[] = [
  ['?>', 'an atomic group is not supported, nor needed: matching is linear, write (?:...)'],
  ['?(', 'a conditional group is not supported: write the alternatives out'],
  ['?P=', 'a back-reference is not supported'],
  ['?P>', 'recursion is not supported'],
  ['?R', 'recursion is not supported'],
  ['?&', 'recursion is not supported'],
  ['?#', 'a comment is not supported: write it beside the pattern'],
  ['*', 'a verb such as (*SKIP) is not supported'],
];

/**
 * Reads the PCRE subset that Sigma asks for (2.1, "re"), without the constructs that need backtracking.
 *
 * @throws RegexError
 */
export function parseRegex(pattern: string, flags: RegexFlags): Regex {
  return new Parser(pattern, flags).parse();
}

class Parser {
  readonly #pattern: string;
  readonly #groups: (string | null)[] = [null];
  #flags: RegexFlags;
  #at = 0;
  #depth = 0;

  constructor(pattern: string, flags: RegexFlags) {
    this.#pattern = pattern;
    this.#flags = flags;
  }

  parse(): Regex {
    const node = this.#choice();
    if (this.#at < this.#pattern.length) throw this.#error('unmatched )');
    return { node, groups: this.#groups };
  }

  #choice(): RegexNode {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`groups are nested more than ${MAX_DEPTH} deep`);
    const flags = this.#flags;
    const nodes = [this.#sequence()];
    while (this.#take('|')) nodes.push(this.#sequence());
    this.#flags = flags;
    this.#depth -= 1;
    return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { type: 'choice', nodes };
  }

  #sequence(): RegexNode {
    const nodes: RegexNode[] = [];
    while (this.#at < this.#pattern.length && !this.#sees('|') && !this.#sees(')')) {
      const node = this.#atom();
      if (node !== null) nodes.push(this.#quantified(node));
    }
    return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { type: 'sequence', nodes };
  }

  #quantified(node: RegexNode): RegexNode {
    const bounds = this.#quantifier();
    if (bounds === null) return node;
    const [min, max] = bounds;
    if (this.#sees('+')) {
      throw this.#error('a possessive quantifier is not supported, nor needed: matching is linear, leave the + away');
    }
    const greedy = !this.#take('?');
    if (this.#quantifier() !== null) throw this.#error('a quantifier follows a quantifier');
    return { type: 'repeat', node, min, max, greedy };
  }

  #quantifier(): readonly [number, number] | null {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    const counted = /^\{(\d{1,6})(,(\d{0,6}))?\}/.exec(this.#pattern.slice(this.#at, this.#at + 16));
    if (counted === null) return null;
    const min = Number(counted[1]);
    const max = counted[2] === undefined ? min : counted[3] === '' ? Number.POSITIVE_INFINITY : Number(counted[3]);
    if (min > max) throw this.#error(`{${min},${max}} is out of order`);
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY)) {
      throw this.#error(`a repetition count is above ${MAX_REPEAT}`);
    }
    this.#at += counted[0].length;
    return [min, max];
  }

  /** @returns null for what matches nothing by itself: inline flags */
  #atom(): RegexNode | null {
    const character = this.#next();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#set(this.#bracket());
      case '.':
        return { type: 'set', ranges: this.#flags.dotAll ? [0, MAX_UNIT] : negate(NEWLINE) };
      case '^':
        return { type: 'assertion', kind: this.#flags.multiline ? 'line-start' : 'start', ...UNCONDITIONAL };
      case '$':
        return { type: 'assertion', kind: this.#flags.multiline ? 'line-end' : 'end', ...UNCONDITIONAL };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw this.#error(`nothing to repeat before ${character}`);
      default:
        return this.#unit(character.charCodeAt(0));
    }
  }

  #group(): RegexNode | null {
    for (const [opening, reason] of REFUSED_GROUPS) {
      if (this.#pattern.startsWith(opening, this.#at)) throw this.#error(reason);
    }
    for (const [opening, kind, isNegated] of LOOKS) {
      if (this.#pattern.startsWith(opening, this.#at)) return this.#look(opening, kind, isNegated);
    }
    const rest = this.#pattern.slice(this.#at, this.#at + 80);
    const inline = /^\?([ims]*)(?:-([ims]+))?([:)])/.exec(rest);
    if (inline !== null) return this.#inlineFlags(inline);
    const named = /^\?P?(?:<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
    if (named === null && rest.startsWith('?')) throw this.#error(`unknown group (${rest.slice(0, 3)}`);
    if (named !== null) this.#at += named[0].length;
    const index = this.#groups.push(named?.[1] ?? named?.[2] ?? null) - 1;
    return { type: 'group', node: this.#closed(), index };
  }

  /** `(?!x)` holds at the end of the text, and where what follows is not x. */
  #look(opening: string, kind: 'next' | 'previous', isNegated: boolean): RegexNode {
    this.#at += opening.length;
    const node = this.#closed();
    if (node.type !== 'set') {
      throw this.#error('look-around is supported for one character only: say it with a second selection, and `not`');
    }
    return { type: 'assertion', kind, ranges: isNegated ? negate(node.ranges) : node.ranges, allowsEdge: isNegated };
  }

  #inlineFlags([whole, on = '', off = '', end]: RegExpExecArray): RegexNode | null {
    this.#at += whole.length;
    const before = this.#flags;
    const isOn = (letter: string, was: boolean): boolean => (on.includes(letter) || was) && !off.includes(letter);
    this.#flags = {
      ignoreCase: isOn('i', before.ignoreCase),
      multiline: isOn('m', before.multiline),
      dotAll: isOn('s', before.dotAll),
    };
    if (end === ')') return null;
    const node = this.#closed();
    this.#flags = before;
    return node;
  }

  #closed(): RegexNode {
    const node = this.#choice();
    if (!this.#take(')')) throw this.#error('a group is not closed');
    return node;
  }

  #escape(): RegexNode {
    const letter = this.#next();
    if (letter === '') throw this.#error('the pattern ends in a backslash');
    const assertion = ASSERTIONS[letter];
    if (assertion !== undefined) return { type: 'assertion', kind: assertion, ...UNCONDITIONAL };
    const ranges = CLASSES[letter];
    if (ranges !== undefined) return { type: 'set', ranges };
    if (letter === 'p' || letter === 'P')
      throw this.#error(`\\${letter} is not supported: write the characters as ranges`);
    if (/[1-9gk]/.test(letter)) throw this.#error('a back-reference is not supported');
    return this.#unit(this.#escapedUnit(letter));
  }

  #escapedUnit(letter: string): number {
    const control = CONTROLS[letter];
    if (control !== undefined) return control;
    if (letter === 'x' || letter === 'u') {
      const rest = this.#pattern.slice(this.#at, this.#at + 8);
      const hex = letter === 'x' ? /^(?:\{([0-9a-f]{1,4})\}|([0-9a-f]{2}))/i.exec(rest) : /^([0-9a-f]{4})/i.exec(rest);
      if (hex === null) throw this.#error(`\\${letter} needs hexadecimal digits`);
      this.#at += hex[0].length;
      return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    }
    if (/[A-Za-z0-9]/.test(letter)) throw this.#error(`unknown escape \\${letter}`);
    return letter.charCodeAt(0);
  }

  #bracket(): number[] {
    const isNegated = this.#take('^');
    const ranges: number[] = [];
    for (let isFirst = true; isFirst || !this.#sees(']'); isFirst = false) {
      if (this.#at >= this.#pattern.length) throw this.#error('a character class is not closed');
      const from = this.#member(ranges);
      if (from === null) continue;
      if (!this.#sees('-') || this.#pattern[this.#at + 1] === ']') {
        ranges.push(from, from);
        continue;
      }
      this.#at += 1;
      const to = this.#member(ranges);
      if (to === null) ranges.push(from, from, 0x2d, 0x2d);
      else if (to < from) throw this.#error('a range of a character class is out of order');
      else ranges.push(from, to);
    }
    this.#at += 1;
    const cased = this.#flags.ignoreCase ? withBothCases(normalise(ranges)) : ranges;
    return isNegated ? negate(cased) : normalise(cased);
  }

  /** One member of a character class: a code unit, or null when it was a class and went into `ranges` itself. */
  #member(ranges: number[]): number | null {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.#pattern.slice(this.#at, this.#at + 16));
    if (posix !== null) {
      const named = POSIX[posix[2] ?? ''];
      if (named === undefined) throw this.#error(`unknown class [:${posix[2]}:]`);
      this.#at += posix[0].length;
      ranges.push(...(posix[1] === '^' ? negate(named) : named));
      return null;
    }
    const character = this.#next();
    if (character !== '\\') return character.charCodeAt(0);
    const letter = this.#next();
    if (letter === '') throw this.#error('a character class is not closed');
    const named = CLASSES[letter];
    if (named !== undefined) {
      ranges.push(...named);
      return null;
    }
    return letter === 'b' ? 8 : this.#escapedUnit(letter);
  }

  #unit(unit: number): RegexNode {
    return this.#set(this.#flags.ignoreCase ? withBothCases([unit, unit]) : [unit, unit]);
  }

  #set(ranges: readonly number[]): RegexNode {
    return { type: 'set', ranges };
  }

  #next(): string {
    const character = this.#pattern[this.#at] ?? '';
    this.#at += 1;
    return character;
  }

  #sees(character: string): boolean {
    return this.#pattern[this.#at] === character;
  }

  #take(character: string): boolean {
    if (!this.#sees(character)) return false;
    this.#at += 1;
    return true;
  }

  #error(message: string): RegexError {
    return new RegexError(`${message} (at character ${Math.min(this.#at, this.#pattern.length)} of the pattern)`);
  }
}
