/** `NAME=value`, with `export` or without, up to the end of the command. */
const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s;"']*)(?:\s*;.*|\s+#.*)?$/;
const UNSET = /^unset\s+([A-Za-z_]\w*)$/;
const TEST = /^(?:el)?if\s+\[\s+("[^"]*"|\S+)\s+(=|==|!=)\s+("[^"]*"|\S+)\s+\]\s*(?:;\s*then)?$/;
/** An escaped character, or a variable. */
const EXPANSION = /\\(["\\$`])|\$(?:(\w+)|\{(\w+)(?:(:?[-=]|##?)([^{}$]*))?\})/g;
/** What only a shell could find out. */
const NEEDS_A_SHELL = /[$`]/;

/** Lines of an `envvars` file, and values, that are longer, are left out. */
const MAX_LENGTH = 8192;

/**
 * The variables that a file of shell commands sets, such as Debian's /etc/apache2/envvars. Nothing is run: assignments,
 * `unset`, and `if` with a comparison of two texts are understood, everything else is passed over, and a condition that
 * is not understood does not hold.
 *
 * @param given - variables that are set before
 */
export function readEnvvars(text: string, given: ReadonlyMap<string, string>): Map<string, string> {
  const variables = new Map(given);
  /** For each `if` around: whether its lines count now, and whether any branch has counted yet. */
  const branches: { active: boolean; taken: boolean }[] = [];

  /** Null where a shell would be needed. */
  function textOf(word: string): string | null {
    if (word.startsWith("'")) return word.slice(1, -1);
    const inner = word.replace(/^"(.*)"$/s, '$1');
    if (NEEDS_A_SHELL.test(inner.replace(EXPANSION, ''))) return null;
    const text = inner.replace(EXPANSION, (_, escaped?: string, plain?: string, braced?: string, ...rest) => {
      if (escaped !== undefined) return escaped;
      const [operator, operand]: (string | undefined)[] = rest;
      return expanded(variables.get(plain ?? braced ?? ''), operator, operand);
    });
    return text.length > MAX_LENGTH ? null : text;
  }

  function holds(line: string): boolean {
    const [, left = '', operator, right = ''] = TEST.exec(line) ?? [];
    if (operator === undefined) return false;
    return (textOf(left) === textOf(right)) === (operator !== '!=');
  }

  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line.length > MAX_LENGTH) continue;
    const branch = branches.at(-1);
    if (/^if\b/.test(line)) {
      const active = branch?.active !== false && holds(line);
      branches.push({ active, taken: active || branch?.active === false });
    } else if (branch !== undefined && /^(?:elif|else)\b/.test(line)) {
      branch.active = !branch.taken && (line.startsWith('else') || holds(line));
      branch.taken ||= branch.active;
    } else if (/^fi\b/.test(line)) branches.pop();
    else if (branch?.active !== false) {
      const [, name, word = ''] = ASSIGNMENT.exec(line) ?? [];
      const value = textOf(word);
      if (name !== undefined && value !== null) variables.set(name, value);
      const [, gone] = UNSET.exec(line) ?? [];
      if (gone !== undefined) variables.delete(gone);
    }
  }
  return variables;
}

/** `${NAME}`, `${NAME:-operand}`, `${NAME##operand}`, where NAME has this value. */
function expanded(value: string | undefined, operator = '', operand = ''): string {
  if (operator.startsWith('#')) return value?.startsWith(operand) ? value.slice(operand.length) : (value ?? '');
  const isMissing = value === undefined || (operator.startsWith(':') && value === '');
  return isMissing ? operand : value;
}
