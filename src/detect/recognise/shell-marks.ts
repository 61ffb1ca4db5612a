import { isLetter, isWord, toLower } from './characters.ts';
import type { Mark } from './marks.ts';
import { findMark } from './marks.ts';
import type { Recognition } from './recogniser.ts';
import { readWord } from './shell-tokens.ts';
import { UNIX_COMMANDS, WORDY_COMMANDS } from './shell-words.ts';

/** What is a shell's wherever it stands. */
const MARKS: readonly Mark[] = [
  { literal: 'ifs', pattern: /\$\{?ifs(?![a-z])/, shape: 'field-separator' },
  { literal: '/dev/', pattern: /\/dev\/(?:tcp|udp)\/|>\s{0,4}\/dev\/(?:null|shm|fd)/, shape: 'redirection' },
  { literal: '>&', pattern: /\d>&\d|>&\s{0,2}\/|&>\s{0,2}\//, shape: 'redirection' },
  { literal: '<<<', pattern: /\w\s{0,4}<<<\s{0,4}['"$\w]/, shape: 'here-string' },
  { literal: '()', pattern: /\(\)\s{0,8}\{[^}]{0,64}\}?\s{0,8};/, shape: 'function-definition' },
  { literal: '%comspec', pattern: /%comspec%/, shape: 'windows-variable' },
  { literal: ':~', pattern: /%\w{1,32}:~-?\d{1,3}(?:,-?\d{1,3})?%/, shape: 'windows-variable' },
  {
    literal: '/bin/',
    pattern:
      /(?:^|[\s"'=;|&`(>,])\/(?:usr\/(?:local\/)?)?s?bin\/(?:(?:ba|z|k|c|da|a|tc)?sh|python\d?|perl|nc|wget|curl|id|cat|ls|uname|whoami|ping|env|echo|busybox|telnet|chmod|rm|sleep)(?![\w/-])/,
    shape: 'command-path',
  },
  {
    literal: '-e',
    pattern: /(?:^|[\s;|&])(?:nc|ncat|netcat)\s{1,4}(?:-\w{1,6}\s{1,4}){0,3}-\w{0,4}e\s/,
    shape: 'reverse-shell',
  },
  { literal: '-i', pattern: /(?:^|[\s;|&'"])(?:ba|z|k|da)?sh\s{1,4}-i(?![\w-])/, shape: 'reverse-shell' },
  {
    literal: 'for',
    pattern: /(?:^|[\s&|(])for\s{1,8}(?:\/[fdlr]\s|%{1,2}[\w!-/:-@[-`]?\s{1,8}in\s{0,8}\()/,
    shape: 'windows-loop',
  },
  {
    literal: 'if',
    pattern:
      /(?:^|[\s&|(])if\s{1,12}(?:\/i\s|(?:not\s{1,12})?(?:errorlevel|(?:defined|exist)\s{1,8}\S{1,64}\s{1,12}(?:\(|(?:cmd|del|echo|goto|copy|rd|set|call|start|exit|ping)\b))|(?:not\s{1,8})?["'[({]?%[\w~]{1,24}%?["'\])}]?\s{0,8}(?:==|equ|neq|lss|leq|gtr|geq))/,
    shape: 'windows-condition',
  },
];

/** A pattern that needs no command position. */
export function findShellMark(text: string): Recognition | null {
  return findMark(toLower(text), MARKS) ?? findBraceCommand(text) ?? findWildcardPath(text) ?? findAssembled(text);
}

/** `{cat,/etc/passwd}`: braces that expand to a command line. */
function findBraceCommand(text: string): Recognition | null {
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    let from = at + 1;
    while (from < at + 4 && ',"\'$'.includes(text[from] ?? 'x')) from += 1;
    const head = text.slice(from, from + 64);
    const comma = head.search(/[,}\s:]/);
    const listed = head[comma] === ',' || (head[comma] === '}' && from > at + 1);
    if (comma <= 0 || !listed) continue;
    const name = readWord(head.slice(0, comma), 0).plain;
    const second = head[comma + 1] ?? '';
    const known = UNIX_COMMANDS.has(name) || WORDY_COMMANDS.has(name);
    if (known && (UNIX_COMMANDS.has(name) || second === '}' || second === '/' || second === '-' || second === '$'))
      return { start: at, end: from + comma + 1, shape: 'brace-command' };
  }
  return null;
}

/** `/???/??t`, `/b?n/l?`, `/[a-z]in/`: a path of at least two parts with wildcards where a program's place is. */
function findWildcardPath(text: string): Recognition | null {
  if (!text.includes('?') && !text.includes('[') && !text.includes('*')) return null;
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) {
    const before = text[at - 1];
    if (before !== undefined && !' ;|&`(\t\n"\'={$,'.includes(before)) continue;
    const match =
      /^\/(?:[a-z]{0,8}(?:\?|\[[^\]\s/@=]{1,12}\])[a-z?*]{0,8}\/){1}(?:[\w?*[\]-]{1,16})/.exec(
        text.slice(at, at + 64),
      ) ??
      /^\/(?:usr\/)?s?bin\/(?:[\w]{0,8}[?*[][\w?*[\]-]{0,12})/.exec(text.slice(at, at + 64)) ??
      /^\/(?:etc|e\?c|\?tc|et\?|e\*)\/[\w]{0,8}[?*[][\w?*[\]-]{0,12}/.exec(text.slice(at, at + 64));
    if (match !== null) return { start: at, end: at + match[0].length, shape: 'wildcard-path' };
  }
  return null;
}

const MAX_ASSIGNMENTS = 64;

/** `a=c;b=at;$a$b`: names assigned, then expanded where a command stands. */
function findAssembled(text: string): Recognition | null {
  if (!text.includes('=') || !text.includes('$')) return null;
  const names = new Set<string>();
  for (let at = 0; at < text.length && names.size < MAX_ASSIGNMENTS; ) {
    const nameEnd = skipName(text, at);
    if (nameEnd > at && text[nameEnd] === '=' && isCommandStart(text, at)) names.add(text.slice(at, nameEnd));
    if (text[at] === '$' && names.size > 0 && isCommandStart(text, at)) {
      const brace = text[at + 1] === '{' ? 1 : 0;
      const end = skipName(text, at + 1 + brace);
      for (const name of names)
        if (name === text.slice(at + 1 + brace, end)) return { start: 0, end, shape: 'assembled-command' };
    }
    at = Math.max(nameEnd, at + 1);
  }
  return null;
}

function isCommandStart(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && before > at - 4 && (text[before] === ' ' || text[before] === '\t')) before -= 1;
  return before < 0 || ';|&\n\r('.includes(text[before] ?? ' ');
}

function skipName(text: string, from: number): number {
  let at = from;
  if (!isLetter(text.charCodeAt(at)) && text[at] !== '_') return from;
  while (isWord(text.charCodeAt(at))) at += 1;
  return at;
}

const POWERSHELL: readonly Mark[] = [
  {
    literal: 'iex',
    pattern: /(?:^|[\s;|&('"])iex\s{0,4}(?:[($"'[]|(?:irm|iwr|curl|wget)\s|(?:new|get|invoke)-)/,
    shape: 'powershell',
  },
  {
    literal: 'invoke-',
    pattern: /\binvoke-(?:expression|webrequest|restmethod|command|wmimethod|item)\b(?:\s|\(|$)/,
    shape: 'powershell',
  },
  { literal: 'downloadstring', pattern: /\.downloadstring\s{0,4}\(/, shape: 'powershell' },
  { literal: 'downloadfile', pattern: /\.downloadfile\s{0,4}\(/, shape: 'powershell' },
  { literal: 'net.webclient', pattern: /new-object\s{1,8}(?:system\.)?net\.webclient/, shape: 'powershell' },
  { literal: 'frombase64string', pattern: /::frombase64string\s{0,4}\(/, shape: 'powershell' },
  {
    literal: 'powershell',
    pattern: /powershell(?:\.exe)?["']?\s{1,8}(?:-\w|["'&({$]|iex|write|start)/,
    shape: 'powershell',
  },
  { literal: 'start-process', pattern: /(?:^|[;|&\s])start-process\s{1,8}["'\w]/, shape: 'powershell' },
  {
    literal: 'get-',
    pattern:
      /(?:^|[;|&(]\s{0,4})get-(?:childitem|content|process|service|wmiobject|host|location|itemproperty|ciminstance|credential|netipaddress|localuser|adusers?)(?:\s{1,4}[-$"'\w/]|\s{0,4}[|;)]|$)/,
    shape: 'powershell',
  },
  { literal: 'set-', pattern: /set-(?:mppreference|executionpolicy)\s/, shape: 'powershell' },
];

/** PowerShell that loads or runs something. */
export function findPowershell(text: string): Recognition | null {
  const lower = toLower(text);
  return findMark(lower, POWERSHELL) ?? (lower.includes('`') ? findMark(lower.replaceAll('`', ''), POWERSHELL) : null);
}
