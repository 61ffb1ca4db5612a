import { isSpace, isWord } from './characters.ts';
import type { Recognition } from './recogniser.ts';

const BREAKS = '-+*^|&;,/%<>?:';

/** `'-f(1)-'`, `";f();//`, `\'};f()//`: a quote, an operator, a call with parentheses, then an operator and a quote, or a comment. */
export function findBrokenString(lower: string): Recognition | null {
  let closes = lower.lastIndexOf(')');
  if (closes < 0) return null;
  for (let at = 0; at < closes; at += 1) {
    const quote = lower[at];
    if (quote !== '"' && quote !== "'" && quote !== '`') continue;
    let next = at + 1;
    while (next < at + 9 && (isSpace(lower.charCodeAt(next)) || `${BREAKS})}]`.includes(lower[next] ?? 'x'))) next += 1;
    if (!BREAKS.includes(lower[at + 1] ?? 'x') && !')}]'.includes(lower[at + 1] ?? 'x')) continue;
    const nameEnd = skipMember(lower, next);
    if (nameEnd === next || lower[nameEnd] !== '(') continue;
    const close = findClose(lower, nameEnd);
    if (close < 0) continue;
    const tail = lower.slice(close + 1, close + 12);
    if (
      new RegExp(`^\\s*(?:[-+*^|&;,/%<>?:]\\s*${quote === '`' ? '`' : quote}|;?\\s*//|;\\s*$|;[^'"]*=\\s*['"])`).test(
        tail,
      )
    )
      return { start: at, end: close + 1, shape: 'string-breakout' };
    closes = Math.max(closes, close);
    at = next - 1;
  }
  return null;
}

function skipMember(lower: string, from: number): number {
  let at = from;
  while (at < from + 64 && (isWord(lower.charCodeAt(at)) || lower[at] === '.' || lower[at] === '$')) at += 1;
  return at;
}

/** Index of the parenthesis that closes the call, looked for a bounded way. */
function findClose(lower: string, open: number): number {
  let depth = 0;
  for (let at = open; at < open + 256 && at < lower.length; at += 1) {
    if (lower[at] === '(') depth += 1;
    else if (lower[at] === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

const MIN_BRACKET_RUN = 24;

/** A long run of `[]()!+`, in which a script can be written without letters. */
export function findBracketScript(lower: string): Recognition | null {
  let start = 0;
  let kinds = 0;
  for (let at = 0; at <= lower.length; at += 1) {
    const kind = '[]()!+'.indexOf(lower[at] ?? 'x');
    if (kind >= 0) {
      kinds |= 1 << kind;
      continue;
    }
    if (at - start >= MIN_BRACKET_RUN && (kinds & 0b110011) === 0b110011)
      return { start, end: at, shape: 'bracket-script' };
    start = at + 1;
    kinds = 0;
  }
  return null;
}
