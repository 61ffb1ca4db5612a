import { isWord, toLower } from './characters.ts';
import type { Mark } from './marks.ts';
import { findMark } from './marks.ts';
import type { Recogniser, Recognition } from './recogniser.ts';

/** LDAP filters and XPath expressions broken into. */
export const ldap: Recogniser = {
  name: 'ldap',
  needles: [
    ')(',
    ') (',
    ')\t(',
    ')\n(',
    '*(',
    '(|',
    '(&',
    '(!',
    '::',
    'string-length',
    'text()',
    'node()',
    'position()',
    'last()',
    'comment()',
    '(/',
    'name(',
    '//*',
    '[last',
  ],
  hint: null,
  recognise,
};

const XPATH: readonly Mark[] = [
  {
    literal: '::',
    pattern:
      /(?:^|[/[|(\s])(?:child|parent|ancestor|descendant|self|following|preceding|attribute|ancestor-or-self|descendant-or-self|following-sibling|preceding-sibling)::(?:node\(|text\(|\*|[a-z])/,
    shape: 'xpath-axis',
  },
  {
    literal: '()',
    pattern: /(?:\/|\[|=|\bor\b\s?|\band\b\s?)(?:text|node|position|last|comment)\(\)\s?(?:[\]=|<>]|$)/,
    shape: 'xpath-node',
  },
  {
    literal: '(/',
    pattern: /\b(?:count|name|string-length|substring|local-name|doc|string)\s?\(\s?(?:name\s?\(\s?)?\/{1,2}[*a-z]/,
    shape: 'xpath-call',
  },
  { literal: 'name(', pattern: /\b(?:string-length|substring)\s?\(\s?(?:local-)?name\s?\(/, shape: 'xpath-call' },
];

function recognise(text: string): Recognition | null {
  const lower = toLower(text);
  return findFilterBreak(lower) ?? findMark(lower, XPATH);
}

/** `)(uid=*`, `*)(|(cn=*`, `*)(&`: a filter is closed that the text did not open, and another begins. */
function findFilterBreak(lower: string): Recognition | null {
  let depth = 0;
  for (let at = 0; at < lower.length; at += 1) {
    const character = lower[at];
    if (character === '(') {
      depth += 1;
      if (/^\([|&!]\s?\(\s?[\w-]{1,32}\s?[~<>]?=/.test(lower.slice(at, at + 48)))
        return { start: at, end: at + 2, shape: 'filter' };
    }
    if (character !== ')') continue;
    depth -= 1;
    if (depth >= 0) continue;
    const tail = lower.slice(at + 1, at + 49);
    const opens =
      /^\s?\(\s?(?:[|&!]\s?(?:\(|\))|[\w-]{1,32}\s?[~<>]?=|[|&]$)/.test(tail) ||
      (lower[at - 1] === '*' && /^\s?\(/.test(tail));
    if (opens)
      return {
        start: isWord(lower.charCodeAt(at - 1)) || at === 0 ? at : at - 1,
        end: at + 2,
        shape: 'filter-breakout',
      };
    depth = 0;
  }
  return null;
}
