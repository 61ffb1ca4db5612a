import { Automaton } from './automaton.ts';
import { literalsOf } from './literals.ts';
import { parseRegex, type RegexFlags } from './parse-regex.ts';
import { compileProgram, type Program } from './program.ts';
import { searchProgram } from './search.ts';

/** Where a pattern matched. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  /** Text of the group named `value`, else of group 1, else of the whole match; null when that group took no part. */
  readonly value: string | null;
}

/** A regular expression whose matching takes time linear in the text, whatever pattern and text are. */
export class LinearRegex {
  readonly literals: readonly string[] | null;
  readonly #program: Program;
  /** Made when a text is held against the pattern: most patterns of a short run never are. */
  #automaton: Automaton | undefined;
  readonly #valueGroup: number;

  /**
   * @param cost - see {@link literalsOf}
   * @throws RegexError when the pattern is invalid or needs backtracking
   */
  constructor(pattern: string, flags: RegexFlags, cost: (set: readonly string[]) => number) {
    const regex = parseRegex(pattern, flags);
    this.#program = compileProgram(regex);
    this.literals = literalsOf(regex.node, cost);
    const named = regex.groups.indexOf('value');
    this.#valueGroup = named > 0 ? named : Math.min(1, regex.groups.length - 1);
  }

  /** @param end - code units of the text that are looked at */
  test(text: string, end: number): boolean {
    this.#automaton ??= new Automaton(this.#program);
    return this.#automaton.test(text, end);
  }

  exec(text: string, end: number): RegexMatch | null {
    const slots = searchProgram(this.#program, text, end);
    if (slots === null) return null;
    const [start = 0, stop = 0] = slots;
    const from = slots[this.#valueGroup * 2];
    const to = slots[this.#valueGroup * 2 + 1];
    return { start, end: stop, value: from === undefined || to === undefined ? null : text.slice(from, to) };
  }
}
