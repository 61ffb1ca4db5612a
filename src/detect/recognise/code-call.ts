import { isDigit, isSpace, isWord, skipSpace, skipWord } from './characters.ts';
import { NAMED_FUNCTIONS, TELLING_FUNCTIONS } from './code-words.ts';
import type { Recognition } from './recogniser.ts';
import { RECONNAISSANCE, UNIX_COMMANDS } from './shell-words.ts';

/** A call of a function that runs, reads or decodes: by its name alone, or by a name and an argument that is code. */
export function findCall(lower: string): Recognition | null {
  for (let at = 0; at < lower.length; ) {
    const symbol = lower[at];
    if (symbol === '$') {
      const found = judgeVariableCall(lower, at);
      if (found !== null) return found;
    }
    if (!isWord(lower.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const end = skipWord(lower, at);
    if (end - at <= 32) {
      const found = judgeCall(lower, at, end);
      if (found !== null) return found;
    }
    at = end;
  }
  return null;
}

function judgeCall(lower: string, at: number, end: number): Recognition | null {
  const name = lower.slice(at, end);
  const telling = TELLING_FUNCTIONS.has(name);
  if (!telling && !NAMED_FUNCTIONS.has(name)) return null;
  const before = lower[at - 1];
  if (before === '-' || (before === '.' && !telling) || before === '/') if (!telling || before === '-') return null;
  let open = end;
  while (open < end + 8 && (isSpace(lower.charCodeAt(open)) || '"\'@'.includes(lower[open] ?? 'x'))) open += 1;
  if (lower[open] !== '(') {
    const direct =
      /^(?:echo|print|include|require|include_once|require_once|return|eval)$/.test(name) &&
      /^\s{1,4}(?:\$_|@?(?:md5|system|shell_exec|phpinfo|base64_decode)\s?\(|["'](?:php|data|phar|zip|http):)/.test(
        lower.slice(end, end + 24),
      );
    return direct ? { start: at, end, shape: 'statement' } : null;
  }
  const argument = skipSpace(lower, open + 1);
  const first = lower[argument];
  if (telling) {
    const spaced = open > end && isSpace(lower.charCodeAt(end));
    if (name.length <= 4 && first !== '"' && first !== "'" && first !== '$') return null;
    return spaced && (first === undefined || first === ')') && !name.includes('_')
      ? null
      : { start: at, end: open + 1, shape: 'call' };
  }
  if (first === undefined || open > end + 1) return null;
  const window = lower.slice(argument, argument + 48);
  if (/^["'`$@\\]/.test(window) && !/^(?:log|file|open|mail|header|return|chr|ord)$/.test(name))
    return { start: at, end: open + 1, shape: 'call' };
  const nested =
    /^[@\s]{0,2}(?:md5|sha1|chr|system|base64_decode|phpinfo|crc32|strrev|hex2bin|pi|pow|rand|shell_exec|compile|request|input|gzinflate|file_get_contents)\s?\(/.test(
      window,
    );
  if (nested) return { start: at, end: open + 1, shape: 'call' };
  if (name === 'system' || name === 'exec' || name === 'eval' || name === 'assert') {
    const command = window.slice(0, skipWord(window, 0));
    if (UNIX_COMMANDS.has(command) || RECONNAISSANCE.has(command)) return { start: at, end: open + 1, shape: 'call' };
  }
  return name === 'md5' && (isDigit(window.charCodeAt(0)) || /^\w{3,40}\)\s?[;)]/.test(window))
    ? { start: at, end: open + 1, shape: 'call' }
    : null;
}

/** `$f(1)`, `$x[0]('id')`, `${f}(1)`: PHP calls what a variable names. */
function judgeVariableCall(lower: string, at: number): Recognition | null {
  const window = lower.slice(at, at + 96);
  const match =
    /^\$+(?:\{[@$'"\w[\]]{1,32}\}|[a-z_]\w{0,32})(?:\s?(?:\[[^\]\s]{0,24}\]|\{[^}\s]{1,24}\})){0,3}\s{0,4}(?:\/\*[^*]{0,24}\*\/)?\s{0,2}\(\s{0,4}["'$\d@\w)]/.exec(
      window,
    );
  // `type:$in('a','b')`: an operator of a query language.
  const isOperator = lower[at - 1] === ':' && lower[at - 2] !== ':';
  if (match === null || isOperator) return null;
  const subscripted =
    match[0].includes('[') || match[0].includes('{') || match[0].includes('_') || match[0].includes('/*');
  const argued = /\(\s{0,4}["'$@\d]$/.test(match[0]) || (subscripted && !match[0].endsWith(')'));
  return argued ? { start: at, end: at + match[0].length, shape: 'variable-call' } : null;
}
