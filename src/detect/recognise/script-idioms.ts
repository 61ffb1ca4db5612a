import { isDigit, isWord, skipSpace, skipWord } from './characters.ts';
import type { Recognition } from './recogniser.ts';
import { findBracketScript, findBrokenString } from './script-breaks.ts';

const DIALOGS = new Set([
  'alert',
  'confirm',
  'prompt',
  'eval',
  'expression',
  'settimeout',
  'setinterval',
  'importscripts',
  'print',
  'atob',
  'execscript',
]);

const GLOBALS = new Set(['window', 'self', 'top', 'parent', 'frames', 'globalthis', 'this', 'document']);

const MEMBERS: ReadonlyMap<string, RegExp> = new Map([
  ['cookie', /^document$/],
  ['domain', /^document$/],
  ['write', /^document$/],
  ['writeln', /^document$/],
  ['location', /^(?:document|window|self|top|parent|this|globalthis)$/],
  ['href', /^location$/],
  ['assign', /^location$/],
  ['replace', /^location$/],
  ['hash', /^location$/],
  ['search', /^location$/],
  ['referrer', /^document$/],
  ['name', /^window$/],
  ['open', /^window$/],
  ['body', /^document$/],
  ['getelementbyid', /^document$/],
  ['getelementsbytagname', /^document$/],
  ['queryselector', /^document$/],
  ['createelement', /^document$/],
  ['fromcharcode', /^string$/],
  ['fromcodepoint', /^string$/],
  ['sendbeacon', /^navigator$/],
  ['getitem', /^(?:localstorage|sessionstorage)$/],
  ['constructor', /^(?:constructor|tostring|sort|filter|map|find|at|concat|join|slice|charat)$/],
]);

/** What stands in the brackets is put together or hidden, or what they give is used at once. */
const COMPUTED =
  /^(?:\d{1,12}\.\.(?:tostring|constructor)|['"`][^'"`\]]{0,48}(?:\\|['"`]\s?(?:\+|\]\s?(?:\(|\[|`|=|\?\.)))|\/\w{1,32}\/|\(|\+|\\|['"`](?:alert|cookie|eval|location|document|constructor))/;

/**
 * Calls that show a script in an already lower-cased text: `alert(1)`, alert`1`, `(alert)(1)`, `top['al'+'ert'](1)`,
 * `document.cookie` in an expression, `x.constructor('..')()`, and a string broken by a call: `'-x()-'`.
 */
export function findScript(lower: string): Recognition | null {
  for (let at = 0; at < lower.length; ) {
    if (!isWord(lower.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const end = skipWord(lower, at);
    if (end - at <= 24) {
      const found = judgeName(lower, at, end);
      if (found !== null) return found;
    }
    at = end;
  }
  return findBrokenString(lower) ?? findBracketScript(lower);
}

function judgeName(lower: string, at: number, end: number): Recognition | null {
  const name = lower.slice(at, end);
  if (DIALOGS.has(name)) return judgeDialog(lower, at, end, name);
  if (GLOBALS.has(name)) {
    const bracket = skipSpace(lower, skipOptionalDot(lower, end));
    const inside = skipSpace(lower, bracket + 1);
    if (lower[bracket] === '[' && COMPUTED.test(lower.slice(inside, inside + 96)))
      return { start: at, end: inside + 1, shape: 'computed-member' };
  }
  const owners = MEMBERS.get(name);
  if (owners !== undefined && lower[at - 1] === '.') return judgeMember(lower, at, end, owners);
  return null;
}

function judgeDialog(lower: string, at: number, end: number, name: string): Recognition | null {
  const before = lower[at - 1];
  if (before === '-' && isWord(lower.charCodeAt(at - 2))) return null;
  const open = skipCallJunk(lower, end);
  const mark = lower[open];
  if (mark === '`' && name !== 'print') return { start: at, end: open + 1, shape: 'tagged-template' };
  if (mark === ')' && before === '(' && /^\s{0,4}(?:\?\.)?[(`]/.test(lower.slice(open + 1, open + 8)))
    return { start: at - 1, end: open + 2, shape: 'call' };
  if (
    mark !== undefined &&
    ',);'.includes(mark) &&
    before !== undefined &&
    '(,='.includes(before) &&
    isPassedOn(lower, at)
  )
    return { start: at, end, shape: 'call' };
  if (mark === '.' && /^\.(?:call|apply|bind)\b/.test(lower.slice(open, open + 8)))
    return { start: at, end: open + 5, shape: 'call' };
  if (mark !== '(') return null;
  const argument = skipSpace(lower, open + 1);
  const sign = lower[argument];
  if (sign === undefined) return null;
  if (name === 'print' || name === 'expression') {
    const css = name === 'expression' && /:\s{0,8}$/.test(lower.slice(Math.max(0, at - 9), at));
    return css ? { start: at, end: open + 1, shape: 'style-expression' } : null;
  }
  if (sign === ')')
    return /['"`;>=:/{(,]\s{0,2}$/.test(lower.slice(Math.max(0, at - 3), at))
      ? { start: at, end: argument + 1, shape: 'call' }
      : null;
  const glued = open === end;
  const known =
    isDigit(lower.charCodeAt(argument)) ||
    '"\'`/\\-+!~[({&'.includes(sign) ||
    /^(?:document|window|location|self|this|top|string|atob|unescape|xss|name|origin|parent|null|true|new)\b/.test(
      lower.slice(argument, argument + 12),
    );
  return known || glued ? { start: at, end: argument + 1, shape: 'call' } : null;
}

/** `map(alert)`, `(0,alert)(1)`, `onerror=alert`: a dialog given to a function or a handler; `Glass_(alert)` is a title. */
function isPassedOn(lower: string, at: number): boolean {
  return /(?:[a-z0-9$]\(|[\w\]]\s?,|on\w{3,20}\s?=)$/.test(lower.slice(Math.max(0, at - 24), at));
}

function judgeMember(lower: string, at: number, end: number, owners: RegExp): Recognition | null {
  let ownerEnd = at - 1;
  if (lower[ownerEnd - 1] === '?') ownerEnd -= 1;
  let ownerAt = ownerEnd;
  while (ownerAt > ownerEnd - 16 && isWord(lower.charCodeAt(ownerAt - 1))) ownerAt -= 1;
  if (!owners.test(lower.slice(ownerAt, ownerEnd))) return null;
  const next = skipSpace(lower, end);
  const sign = lower[next] ?? '';
  const used = sign !== '' && '=()[]+;,`\'"<>}?%*'.includes(sign) && !isSearched(lower, ownerAt, next);
  const using = ownerAt > 0 && '=(+,`"\'>{[!;-'.includes(lower[ownerAt - 1] ?? '');
  return used || using ? { start: ownerAt, end: Math.min(next + 1, lower.length), shape: 'dom-access' } : null;
}

/** Words joined by `+` after a name that begins the text: an undecoded search for it. */
function isSearched(lower: string, ownerAt: number, next: number): boolean {
  return ownerAt === 0 && /^(?:\+[a-z]{1,24}){1,12}$/.test(lower.slice(next, next + 300));
}

/** Skips what may stand between a function's name and its call: white space, an optional-chaining mark, a comment. */
function skipCallJunk(lower: string, from: number): number {
  let at = skipSpace(lower, from);
  if (lower.startsWith('/*', at)) {
    const end = lower.slice(at, at + 64).indexOf('*/', 2);
    if (end >= 0) at = skipSpace(lower, at + end + 2);
  }
  return skipOptionalDot(lower, at);
}

function skipOptionalDot(lower: string, at: number): number {
  return lower.startsWith('?.', at) ? at + 2 : at;
}
