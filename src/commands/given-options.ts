/** Changes of single characters after which a name is taken for another one mistyped: two, or a third of a short name. */
const MAX_CHANGES = 2;

/** The command that the arguments name. */
export interface FoundUsage {
  /** In yargs syntax; in a group without the group's name. */
  readonly usage: string;
  /** Names of its options. */
  readonly options: readonly string[];
}

/** Why `args` are refused: `message`, which yargs says of them, or what is behind it. */
export function whyRefused(args: readonly string[], message: string, found: FoundUsage | null): string {
  const end = args.findIndex((arg) => arg.startsWith('-'));
  const words = end === -1 ? args : args.slice(0, end);
  if (message.startsWith('Did you mean')) return message;
  if (found === null) {
    if (words.length > 0)
      return message.startsWith('Unknown argument') ? `Unknown command: ${words.join(' ')}` : message;
    const isMisplaced = args.some((arg) => !arg.startsWith('-'));
    return isMisplaced ? 'Name a command before its options.' : (describeUnknown(args, EVERYWHERE) ?? message);
  }
  const unknown = describeUnknown(args, [...EVERYWHERE, ...found.options]);
  if (unknown !== null || !message.startsWith('Not enough non-option')) return unknown ?? message;
  const [group = ''] = words;
  return `Something is missing: sightline ${found.usage.startsWith(group) ? '' : `${group} `}${found.usage}`;
}

const EVERYWHERE = ['help', 'version'];

/**
 * What is said of the options in `args` that none of the names in `known` is, with the name that each was probably meant to
 * be; null where all are known. yargs tells of them last, after it may have taken what follows one for its value.
 */
function describeUnknown(args: readonly string[], known: readonly string[]): string | null {
  const unknown = beforeOperands(args).flatMap((arg) => {
    const [, no = '', name] = /^--(no-)?([^=]+)/.exec(arg) ?? [];
    if (name === undefined) return [];
    const plain = plainName(name);
    if (known.includes(plain) || known.includes(no + plain)) return [];
    const meant = nearest(plain.toLowerCase(), known);
    return [`--${no}${name}${meant === null ? '' : ` (did you mean --${no}${meant}?)`}`];
  });
  if (unknown.length === 0) return null;
  return `Unknown ${unknown.length === 1 ? 'option' : 'options'}: ${unknown.join(', ')}`;
}

/**
 * What is said of a switch in `args` with a value that is none; null where there is none. yargs takes everything but `true`
 * for false: `--dry-run=yes` would send.
 */
export function describeOddSwitch(args: readonly string[], switches: readonly string[]): string | null {
  for (const arg of beforeOperands(args)) {
    const [, name, value] = /^--?(?:no-)?([^=]+)=(.*)$/s.exec(arg) ?? [];
    if (name === undefined || value === 'true' || value === 'false' || !switches.includes(plainName(name))) continue;
    return `${arg.slice(0, arg.indexOf('='))} is a switch: it takes no value, got "${value}"`;
  }
  return null;
}

function beforeOperands(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}

/** yargs takes `--dryRun` for `--dry-run`. */
function plainName(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function nearest(name: string, known: readonly string[]): string | null {
  const ranked = known
    .filter((one) => one.length > MAX_CHANGES)
    .map((one) => ({ one, changes: changesBetween(name, one) }))
    .sort((a, b) => a.changes - b.changes);
  const [best] = ranked;
  return best !== undefined && best.changes <= Math.min(MAX_CHANGES, Math.ceil(name.length / 3)) ? best.one : null;
}

/** Characters to put in, take out or replace, to make one text of the other. */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, character] of [...from].entries()) {
    const above = row;
    row = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const [kept = 0, takenOut = 0, putIn = 0] = [above[column], above[column + 1], row[column]];
      row.push(Math.min(kept + (character === other ? 0 : 1), takenOut + 1, putIn + 1));
    }
  }
  return row.at(-1) ?? 0;
}
