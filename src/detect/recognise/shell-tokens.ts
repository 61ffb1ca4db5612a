import { isDigit, isLetter, isSpace, isWord } from './characters.ts';

const MAX_WORD = 128;

/** One word of a command line as the shell would run it. */
export interface ShellWord {
  /** Quotes, escapes and empty expansions taken out. */
  readonly plain: string;
  readonly start: number;
  readonly end: number;
  /** Quotes, escapes or expansions stood inside the word: nobody writes so but to hide it. */
  readonly broken: boolean;
}

export function isSeparator(character: string | undefined): boolean {
  return character !== undefined && ';|&\n\r'.includes(character);
}

/** First index at or after `from` that holds neither blank nor tab. */
export function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at)) && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return at;
}

/** Reads the word at `from`, at most {@link MAX_WORD} characters of it. */
export function readWord(text: string, from: number): ShellWord {
  let plain = '';
  let singles = 0;
  let doubles = 0;
  let inside = 0;
  let at = from;
  const drive = text[from + 1] === ':' && isLetter(text.charCodeAt(from));
  const limit = Math.min(text.length, from + MAX_WORD);
  while (at < limit) {
    const character = text[at] ?? '';
    if (isSpace(text.charCodeAt(at)) || ';|&()<>'.includes(character)) break;
    if (character === '`') {
      if (text[at + 1] !== '`' || at === from) break;
      at += 2;
      inside += 1;
      continue;
    }
    if (character === "'" || character === '"') {
      if (character === "'") singles += 1;
      else doubles += 1;
      if (isInside(text, at, from)) inside += 1;
      at += 1;
      continue;
    }
    if (isWrittenNewline(text, at)) break;
    if (character === '\\' && !drive && !isSpace(text.charCodeAt(at + 1)) && text[at + 1] !== undefined) {
      if (isLetter(text.charCodeAt(at + 1))) inside += 1;
      at += 1;
      continue;
    }
    if (character === '^') {
      if (isLetter(text.charCodeAt(at + 1)) && at > from) inside += 1;
      at += 1;
      continue;
    }
    if (character === '$') {
      const end = skipExpansion(text, at);
      if (end > at) {
        if (at > from || isWord(text.charCodeAt(end))) inside += 1;
        at = end;
        continue;
      }
    }
    plain += character;
    at += 1;
  }
  return { plain, start: from, end: at, broken: inside > 0 && singles % 2 === 0 && doubles % 2 === 0 };
}

/** A quote with a letter on its left and anything of the word on its right. */
function isInside(text: string, at: number, from: number): boolean {
  const next = text.charCodeAt(at + 1);
  return (
    at > from &&
    (isWord(text.charCodeAt(at - 1)) || text[at - 1] === '/') &&
    (isWord(next) || next === 39 || next === 34)
  );
}

/** A backslash and `n` or `r`, spelled out, where a word ends. */
export function isWrittenNewline(text: string, at: number): boolean {
  const next = text[at + 1];
  if (text[at] !== '\\' || (next !== 'n' && next !== 'r')) return false;
  const after = text[at + 2];
  return after === undefined || after === '\\' || after === '"' || after === "'" || isSeparator(after);
}

/** End of `$x`, `$@`, `${x}`, `$()`; `at` itself when there is no expansion. Only `$IFS` and one-character names are cut short. */
function skipExpansion(text: string, at: number): number {
  const next = text[at + 1];
  if (next === undefined) return at;
  if ('@*#?!-$'.includes(next) || isDigit(text.charCodeAt(at + 1))) return at + 2;
  if (next === '(' && text[at + 2] === ')') return at + 3;
  if (next === '{') {
    const end = text.slice(at, at + 32).search(/[}\s]/);
    return end > 0 && text[at + end] === '}' ? at + end + 1 : at;
  }
  if (text.startsWith('IFS', at + 1)) return at + 4;
  let end = at + 1;
  while (end < at + 16 && isWord(text.charCodeAt(end))) end += 1;
  return end > at + 1 ? end : at;
}

/** What a shell's argument looks like; `word` is what prose has too. */
export type ArgumentKind =
  | 'none'
  | 'word'
  | 'option'
  | 'path'
  | 'file'
  | 'url'
  | 'address'
  | 'expansion'
  | 'redirect'
  | 'quoted'
  | 'drive'
  | 'number';

/** Judges the argument at `from` (blanks skipped). */
export function classifyArgument(text: string, from: number): ArgumentKind {
  const character = text[from];
  if (
    character === undefined ||
    isSeparator(character) ||
    isWrittenNewline(text, from) ||
    character === ')' ||
    character === '`' ||
    character === '}' ||
    (character === '#' && isSpace(text.charCodeAt(from - 1)) && !isWord(text.charCodeAt(from + 1)))
  )
    return 'none';
  const head = text.slice(from, from + 64);
  if (character === '<' || character === '>')
    return /^(?:<<<|<<-?\s?\w|>>?\s?[/&\w.]|<\s?\/|<\(|>\()/.test(head) ? 'redirect' : 'word';
  if (/^\w{1,16}=\/\w/.test(head)) return 'file';
  if (/^\d?>{1,2}\s?[/&\w.]/.test(head)) return 'redirect';
  if (/^--?[a-z][\w-]*(?:[=\s;|&'")`]|$)/i.test(head) || /^\/[a-z?](?:[:\s;|&]|$)/i.test(head)) return 'option';
  if (/^['"]?[a-z]:(?:[\\/]|\s|$)/i.test(head)) return 'drive';
  if (/^['"]?(?:\/|~\/|\.{1,2}\/)[\w.*?[{$\\'"-]/.test(head) || /^\/(?:\s?(?:[;|&-]|$))/.test(head)) return 'path';
  if (/^['"]?(?:https?|ftp|tftp|gopher|file):/i.test(head)) return 'url';
  if (/^\d{1,3}(?:\.\d{1,3}){3}(?!\w)/.test(head)) return 'address';
  if (/^\$[\w{(@]|^`|^%\w+%/.test(head)) return 'expansion';
  if (/^['"]/.test(head)) return 'quoted';
  if (/^-?\d+(?:\.\d+)?(?:[\s;|&)`'"]|$)/.test(head)) return 'number';
  const first = /^\S*/.exec(head)?.[0] ?? '';
  if (/[*?]|\\|\w(?:''|"")\w|\w'\w*'\S*[/.]|[/.]\S*\w'\w*'|\$/.test(first)) return 'path';
  return FILE_NAME.test(first) ? 'file' : 'word';
}

const FILE_NAME = /^\w[\w-]*\.(?:txt|php|sh|conf|log|ini|html?|py|pl|exe|bat|ps1|key|pem|xml|json|gz|zip|asp|jsp)\b/;
