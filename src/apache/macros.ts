import type { ConfigLine } from './config-lines.ts';
import { replaceWithin } from './replace-within.ts';

/** A piece of configuration with parameters ("mod_macro", Apache HTTP Server 2.4). */
export interface Macro {
  readonly parameters: readonly string[];
  readonly lines: readonly ConfigLine[];
}

/**
 * Its lines with values in place of the parameters; where several fit, the longest. Lines that would get
 * too long stay as they are. */
export function* applyMacro(
  { parameters, lines }: Macro,
  values: readonly string[],
  maxLineLength: number,
): Generator<ConfigLine> {
  const byName = new Map(parameters.map((name, index) => [name, values[index] ?? '']));
  const longestFirst = [...parameters].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(RegExp.escape).join('|') || '(?!)', 'g');
  for (const line of lines) {
    const text = replaceWithin(line.text, pattern, (name) => byName.get(name) ?? name, maxLineLength);
    yield { ...line, text: text ?? line.text };
  }
}
