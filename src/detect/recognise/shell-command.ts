import { isLetter, isSpace } from './characters.ts';
import type { Recognition } from './recogniser.ts';
import type { ArgumentKind, ShellWord } from './shell-tokens.ts';
import { classifyArgument, isSeparator, isWrittenNewline, readWord, skipBlanks } from './shell-tokens.ts';
import { isToolArgument, isWindowsArgument } from './shell-windows.ts';
import {
  FILE_COMMANDS,
  INTERPRETERS,
  RECONNAISSANCE,
  UNIX_COMMANDS,
  WINDOWS_COMMANDS,
  WINDOWS_WORDY,
  WORDY_COMMANDS,
} from './shell-words.ts';

/** Where a command may stand, and why. */
export interface Position {
  readonly text: string;
  readonly place: 'start' | 'separator' | 'substitution';
  /** Start of the separator or substitution; 0 at the start of the text. */
  readonly mark: number;
}

/** A known command at a position. */
interface Command extends Position {
  readonly name: string;
  /** Start and end of its word, and start of what follows the blanks after it. */
  readonly at: number;
  readonly end: number;
  readonly next: number;
  readonly argument: ArgumentKind;
  /** No word of a language: weaker arguments will do. */
  readonly sure: boolean;
  /** A command that runs another one stood before it. */
  readonly prefixed: boolean;
}

/** Kinds of arguments that prose has not. */
const TELLING: ReadonlySet<ArgumentKind> = new Set([
  'option',
  'path',
  'file',
  'url',
  'address',
  'expansion',
  'redirect',
  'drive',
]);
/** `x' || id || echo '`: the same double separator on both sides, a quote in front. */
const QUOTED_BOTH_WAYS = /['"]\s?(\|\||&&)\s?\w{1,16}\s?\1/;
/** `id>5`, `id <= 100`: a condition, where a shell would write to or read from a file of that name. */
const COMPARISON = /^[<>]=?\s?\d{1,20}$/;
const ECHOED_TO_FILE = /^[^;|&<>]+>>?\s?[\w./$&-]/;
const PROGRAM_PATH = /^(?:\/(?:usr\/)?(?:local\/)?s?bin\/|[a-z]:\\|\\windows\\)/i;
const MAX_LEAD = 64;

/** Judges one word at a command position; `prefixed` when a command that runs another one stands before it. */
export function judgeWord(position: Position, word: ShellWord, prefixed: boolean): Recognition | null {
  const { text, place, mark } = position;
  const { plain, start, end, broken } = word;
  const slash = Math.max(plain.lastIndexOf('/'), plain.lastIndexOf('\\'));
  const absolute = PROGRAM_PATH.test(plain);
  if (slash >= 0 && !absolute && !broken) return null;
  const name = plain.slice(slash + 1);
  const lower = name.toLowerCase().replace(/\.exe$/, '');
  const windows = WINDOWS_COMMANDS.has(lower);
  const sure = windows || UNIX_COMMANDS.has(name);
  if (!sure && !WORDY_COMMANDS.has(name) && !WINDOWS_WORDY.has(lower)) return null;
  if (text[end] === '=' || text[end] === ':' || (text[end] === '(' && !absolute)) return null;
  const found = (shape: string): Recognition => ({ start: mark, end: Math.max(end, mark), shape });
  if (broken && (place !== 'start' || name.length > 2)) return found('hidden-command');
  if (absolute && slash > 1) return place === 'start' && isLetter(text.charCodeAt(end)) ? null : found('command-path');
  const next = skipBlanks(text, end);
  const argument = classifyArgument(text, next);
  const command: Command = { ...position, name, at: start, end, next, argument, sure, prefixed };
  if (place === 'substitution') return isSubstituted(command) ? found('command-substitution') : null;
  const head = text.slice(next, next + 48).toLowerCase();
  if (INTERPRETERS.test(name) && next > end && /^-\w{0,8}[ceirm]\b/.test(head)) return found('interpreter');
  if (WINDOWS_WORDY.has(lower) && isWindowsArgument(lower, head, place === 'start')) return found('windows-command');
  if (windows && /^(?:cmd|powershell|pwsh)$/.test(lower) && /^[/-]\w/.test(head)) return found('windows-command');
  if (isToolArgument(lower, head)) return found('command');
  if (place === 'start') return isStarting(command) ? found('command') : null;
  return isSeparated(command) ? found('separated-command') : null;
}

/** `$(id)`, `` `uname -a` ``. */
function isSubstituted({ text, mark, end, argument }: Command): boolean {
  if (text[mark] !== '`') return true;
  if (argument === 'none') return !isQuotedName(text, mark, end);
  return argument !== 'word' || /^[^`]*`/.test(text.slice(end, end + 128));
}

/**
 * A name between backticks as prose about programs writes it: `` use `cat` to ``, `` `true` when ``; or a column of a table:
 * `` `users`.`id` = 5 ``.
 */
function isQuotedName(text: string, mark: number, end: number): boolean {
  if (/^`(?:\s?[=<>!]|\.`)/.test(text.slice(end, end + 3)) || text.slice(mark - 2, mark) === '`.') return true;
  if (/^`(?:id|whoami|uname)`/.test(text.slice(mark, mark + 8))) return false;
  const before = text[mark - 1];
  const after = text[end + 1];
  const opened = before !== undefined && ' (['.includes(before);
  return opened || (after !== undefined && !isSeparator(after) && !'"\'`$)'.includes(after));
}

/** A value that is a command from its first letter on must have arguments no prose has. */
function isStarting({ text, name, end, next, argument, sure, prefixed }: Command): boolean {
  if (argument === 'none') {
    if (prefixed && sure && RECONNAISSANCE.has(name)) return true;
    const listed = RECONNAISSANCE.has(name) && !/^(?:ba)?sh$/.test(name);
    return listed && '|;&'.includes(text[next] ?? ' ') && startsCommand(text, next);
  }
  if (next === end && argument !== 'redirect' && argument !== 'expansion') return false;
  if (name === 'id' && COMPARISON.test(text.slice(next))) return false;
  if (argument === 'option') return isShellOption(text, next, sure);
  if (argument === 'url') return sure || name === 'curl';
  if (TELLING.has(argument)) return !/^(?:file|address)$/.test(argument) || sure || FILE_COMMANDS.has(name);
  if (sure || argument === 'quoted') return hasTellingArgument(text, next, 4, sure);
  return FILE_COMMANDS.has(name) && hasTellingArgument(text, next, 3, false);
}

/** `-la`, `--version`; for a wordy command no long single-dash word, which is how searches exclude (`cat -dog`). */
function isShellOption(text: string, from: number, sure: boolean): boolean {
  const option = /^\S{1,32}/.exec(text.slice(from, from + 32))?.[0] ?? '';
  if (option.startsWith('--')) return true;
  if (option.startsWith('/')) return sure;
  return sure || option.length <= 3 || /^-(?:name|perm|exec|type|rf|fr|la|al|lah|lha|lrt)/.test(option);
}

/** Looks over the next few words of the command for an argument that prose has not, or a further command. */
function hasTellingArgument(text: string, from: number, count: number, options: boolean): boolean {
  let at = from;
  for (let words = 0; words < count; words += 1) {
    if (text[at] === '(') return false;
    const kind = classifyArgument(text, at);
    if (kind === 'none') return words > 0 && isSeparator(text[at]) && text[at] !== '\n' && startsCommand(text, at);
    if (kind === 'option' ? options : TELLING.has(kind)) return true;
    at = skipBlanks(text, Math.max(readWord(text, at).end, at + 1));
  }
  return false;
}

/** After the separators at `from` stands a command's name. */
function startsCommand(text: string, from: number): boolean {
  let at = from;
  while (at < from + 4 && isSeparator(text[at])) at += 1;
  const { plain } = readWord(text, skipBlanks(text, at));
  const name = plain.slice(plain.lastIndexOf('/') + 1);
  return UNIX_COMMANDS.has(name) || RECONNAISSANCE.has(name) || WINDOWS_COMMANDS.has(name.toLowerCase());
}

/** A command after a separator: with arguments of a shell, or alone where nothing but an injection has it. */
function isSeparated(command: Command): boolean {
  const { text, name, mark, at, end, next, argument, sure } = command;
  const glued = at > mark && !isSpace(text.charCodeAt(at - 1));
  if (argument === 'none') {
    if (INTERPRETERS.test(name) && isList(text)) return false;
    return (sure && RECONNAISSANCE.has(name) && endsCommand(text, next)) || isBareInjection(text, mark, next, glued);
  }
  if (next === end && !['redirect', 'expansion', 'quoted'].includes(argument)) return false;
  if (argument === 'option') return isShellOption(text, next, sure);
  if (TELLING.has(argument) || (name === 'echo' && ECHOED_TO_FILE.test(text.slice(next, next + 256)))) return true;
  const second = skipBlanks(text, readWord(text, next).end);
  const kind = classifyArgument(text, second);
  if (argument === 'number') return sure || name === 'kill' || (name === 'sleep' && kind === 'none');
  if (argument === 'quoted') return sure || glued;
  if (name === 'echo' && glued && mark <= MAX_LEAD && /^[\s'"`)]*$/.test(text.slice(0, mark))) return true;
  if (!sure) return glued && hasTellingArgument(text, next, 3, false);
  if (TELLING.has(kind)) return true;
  const telling = glued || second < text.length || /[.\d]|[a-z][A-Z]/.test(text.slice(next, second));
  return kind === 'none' && telling && endsCommand(text, second);
}

/** The command ends here, and not in the parenthesis of a sentence. */
function endsCommand(text: string, next: number): boolean {
  return text[next] !== ')' || isSeparator(text[next + 1]);
}

/**
 * `;id;`, `|id`, `8.8.8.8;id`: a wordy command alone. The value starts with the separator, has separators glued to both sides,
 * or gives the command a number, an address or a file name in front; `name;id` and `Android 4.1; id; X)` stay silent.
 */
function isBareInjection(text: string, mark: number, next: number, glued: boolean): boolean {
  if (text[mark] === '&' && text[next] === ';') return false; // a character entity: `&copy;`
  const last = next >= text.length;
  const closing = isSeparator(text[next]) || isWrittenNewline(text, next);
  if (!last && !closing && text[next] !== '`' && text[next] !== ')') return false;
  if (glued && ')\'"'.includes(text[mark - 1] ?? ' ')) return true;
  if (mark > MAX_LEAD) return false;
  const lead = text.slice(0, mark).trim();
  if (lead === '' || /^['"`)\\$]{1,3}$/.test(lead)) return last || closing;
  if (closing && QUOTED_BOTH_WAYS.test(text.slice(Math.max(0, mark - 2), next + 4))) return true;
  if (glued && !last && !isSpace(text.charCodeAt(next - 1))) return !isList(text);
  return last && /^\w$|(?:^|[/.\d])\d+$|\.\w{2,4}$/.test(lead) && !/^[\d;|&]+$/.test(text);
}

/** Three or more plain words with one separator between them: columns (`name;id;date`). */
function isList(text: string): boolean {
  return text.length < 256 && /^\w{2,}(?:;\w+){2,}$|^\w{2,}(?:\|\w+){2,}$/.test(text);
}
