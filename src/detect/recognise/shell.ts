import { RARE_SPACES } from './characters.ts';
import type { Recogniser, Recognition } from './recogniser.ts';
import type { Position } from './shell-command.ts';
import { judgeWord } from './shell-command.ts';
import { findPowershell, findShellMark } from './shell-marks.ts';
import { isSeparator, readWord, skipBlanks } from './shell-tokens.ts';
import { FILE_COMMANDS, PREFIX_COMMANDS, UNIX_COMMANDS, WINDOWS_COMMANDS } from './shell-words.ts';

/** A command needs an argument, a separator or a path: one plain word is none, but PowerShell's verbs are. */
const HINT = /[^\w.,:-]|(?:get|invoke)-/i;

/**
 * Commands of Unix and Windows shells. A command stands at the start, after `;` `|` `&` or a line break (a spelled `\n` too), or
 * in `$(..)`, backticks, `<(..)`. Its word is read as the shell would, quotes, escapes and empty expansions taken out. Found are:
 *
 *     substitution   any known command in `$(..)` or backticks
 *     separated      a known command with a shell's arguments (option, path, URL, address, expansion, redirection), or alone
 *                    where nothing but an injection has it: `;id;`, `8.8.8.8|id`
 *     start          a known command whose argument no prose has: `cat /etc/passwd`, `wget http://..`, `uname -a`
 *     hidden         c'a't, c\at, wh$@oami, who^ami, /???/c?t, {cat,/etc/passwd}, $IFS, a=c;b=at;$a$b
 *     marks          /dev/tcp/, 2>&1, () { :;};, /bin/sh, nc -e, %COMSPEC%, for /f, PowerShell's cmdlets
 *
 * Commands that are words too (`cat`, `time`, `find`) need stronger arguments than those that are not (`wget`).
 */
export const shell: Recogniser = {
  name: 'shell',
  needles: listNeedles(),
  hint: HINT,
  recognise,
};

/** Marks of a shell, and the commands that a value may begin with, before their argument. */
function listNeedles(): readonly string[] {
  const starting = [...UNIX_COMMANDS, ...WINDOWS_COMMANDS, ...PREFIX_COMMANDS, ...FILE_COMMANDS, 'net', 'ps'];
  return [
    ...[
      ';',
      '|',
      '`',
      '&',
      '$',
      '\\',
      '<',
      '>',
      '{',
      '^',
      "'",
      '"',
      ' -',
      ' /',
      ' ./',
      ' ../',
      ' ~/',
      '/bin/',
      '/etc/',
      '/dev/',
    ],
    ...[
      '?',
      '[',
      '*',
      '%comspec',
      ':~',
      '%%',
      ' %',
      'for /',
      'if /',
      'errorlevel',
      'defined ',
      'exist ',
      'iex',
      'invoke-',
      'download',
      'frombase64',
    ],
    ...['new-object', 'start-process', 'get-', 'set-', ' aux', 'dd if'],
    ...RARE_SPACES,
    ...starting.map((name) => `${name} `),
    ...[...'abcdefghijklmnopqrstuvwxyz'].map((drive) => ` ${drive}:`),
    ...['http', 'https', 'ftp', 'tftp', 'gopher', 'file'].map((scheme) => ` ${scheme}:`),
  ];
}

function recognise(text: string): Recognition | null {
  return findShellMark(text) ?? findPowershell(text) ?? findCommand(text);
}

/** Where a separator or a substitution may begin. */
const PLACE = /[;|&\n\r`$<>\\]/g;

/** Walks over the command positions of a text. */
function findCommand(text: string): Recognition | null {
  const first = judgePosition({ text, place: 'start', mark: 0 }, 0);
  if (first !== null) return first;
  let isQuoting = false;
  PLACE.lastIndex = 0;
  for (let match = PLACE.exec(text); match !== null; match = PLACE.exec(text)) {
    const mark = match.index;
    if (text[mark] === '`') {
      isQuoting = !isQuoting;
      if (!isQuoting) continue; // A backtick that closes begins nothing: the `name` file.
    }
    const opened = readPlace(text, mark);
    if (opened === null) continue;
    const found = judgePosition({ text, place: opened.place, mark }, mark + opened.length);
    if (found !== null) return found;
    PLACE.lastIndex = mark + opened.length;
  }
  return null;
}

/** The separator or substitution at `at`, with its length. */
function readPlace(text: string, at: number): { readonly place: Position['place']; readonly length: number } | null {
  const character = text[at];
  const next = text[at + 1];
  if (isSeparator(character)) {
    let length = 1;
    while (length < 8 && isSeparator(text[at + length])) length += 1;
    return { place: 'separator', length };
  }
  if (character === '`') return { place: 'substitution', length: 1 };
  if (character === '\\')
    return (next === 'n' || next === 'r') && text[at - 1] !== '\\' ? { place: 'separator', length: 2 } : null;
  return next === '(' ? { place: 'substitution', length: 2 } : null;
}

const MAX_PREFIXES = 6;

/** Judges the command at `from`: the first word, or the one after assignments, empty expansions and commands that run another. */
function judgePosition(position: Position, from: number): Recognition | null {
  const { text, place } = position;
  let at = skipOpening(text, from);
  let prefixed = false;
  for (let prefixes = 0; prefixes < MAX_PREFIXES; prefixes += 1) {
    const word = readWord(text, at);
    if (word.end === at) return null;
    at = skipBlanks(text, word.end);
    if (place !== 'start' && (word.plain === '' || /^[A-Za-z_]\w*=/.test(word.plain))) continue;
    const found = judgeWord(position, word, prefixed);
    if (found !== null) return found;
    if (!PREFIX_COMMANDS.has(word.plain)) return null;
    prefixed = true;
  }
  return null;
}

/** Skips blanks and what may open a group or a quoted command. */
function skipOpening(text: string, from: number): number {
  let at = skipBlanks(text, from);
  while (at < from + 8 && at < text.length && '({!@+'.includes(text[at] ?? '')) at = skipBlanks(text, at + 1);
  return at;
}
