import { toLower } from './characters.ts';
import type { Mark } from './marks.ts';
import { findMark } from './marks.ts';
import type { Recogniser } from './recogniser.ts';

/** Interfaces offer ranges by them as well: as a subscript they say nothing without their value. */
const RANGES = 'gte?|lte?';
const OTHERS =
  'eq|ne|n?in|exists|regex|options|where|n?or|and|not|expr|type|mod|size|all|elemmatch|text|search|jsonschema|function|accumulator|lookup|match|func|slice|set|unset|push|inc|rename';

const MARKS: readonly Mark[] = [
  { literal: '[$', pattern: new RegExp(`\\[\\$(?:${OTHERS})\\]`), shape: 'operator-subscript' },
  {
    literal: '$',
    pattern: new RegExp(`[{,]\\s{0,4}["']?\\$(?:${RANGES}|${OTHERS})["']?\\s{0,4}:`),
    shape: 'operator-key',
  },
  { literal: '$where', pattern: /\$where(?!\w)/, shape: 'operator-key' },
  {
    literal: 'db.',
    pattern:
      /(?:^|[^\w.])db\.[a-z]\w{0,32}\.(?:insert|find|findone|drop|remove|update|save|aggregate|count|mapreduce|getcollection)(?:one|many)?\s?\(/,
    shape: 'collection-call',
  },
  {
    literal: 'this.',
    pattern:
      /(?:&&|\|\||^|[;({!])\s{0,4}this\.\w{1,32}(?:\.(?:match|length|substring|indexof|startswith)\b|\s?(?:[=!]==?|\[\d))/,
    shape: 'document-field',
  },
  { literal: 'return', pattern: /["'][;})\s]{1,6}return\s{0,4}(?:\(?\s?(?:true|1|'|"|!))/, shape: 'script-breakout' },
  {
    literal: '==',
    pattern: /["']\s{0,4}(?:\|\||&&)\s{0,4}(?:["']?\w{0,8}["']?)\s{0,2}={2,3}\s{0,2}["']?\w{0,8}/,
    shape: 'script-condition',
  },
  { literal: 'sleep(', pattern: /["'][;})\s]{1,6}sleep\s?\(\s?\d/, shape: 'script-delay' },
  {
    literal: 'new date',
    pattern: /\(new date\(?\)?.{0,64}while\s?\(|while\s?\(.{0,48}new date/,
    shape: 'script-delay',
  },
];

/** MongoDB operators as keys or subscripts, server-side scripts broken into, calls on a collection. */
export const nosql: Recogniser = {
  name: 'nosql',
  needles: [
    '[$',
    '{$',
    '{ $',
    '{"$',
    "{'$",
    '{ "$',
    "{ '$",
    ',$',
    ', $',
    ',"$',
    ', "$',
    ",'$",
    ", '$",
    '$where',
    'db.',
    'this.',
    'return',
    '||',
    '&&',
    'sleep(',
    'new date',
    '{\t',
    '{\n',
    ',\n',
    ',\t',
    '{  ',
    ',  ',
  ],
  hint: null,
  recognise: (text) => findMark(toLower(text), MARKS),
};
