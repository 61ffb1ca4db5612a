import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECOGNISERS } from '../../../src/detect/recognise/recognise.ts';
import { shell } from '../../../src/detect/recognise/shell.ts';
import { sqli } from '../../../src/detect/recognise/sqli.ts';
import { xss } from '../../../src/detect/recognise/xss.ts';

describe('RECOGNISERS', () => {
  it('have names that are modifiers, each once', () => {
    const names = RECOGNISERS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z]+$/.test(name))).toEqual([]);
  });

  it.each(RECOGNISERS.map((recogniser) => [recogniser.name, recogniser] as const))(
    '%s has lower-case needles, none empty',
    (_name, { needles }) => {
      expect(needles.filter((needle) => needle === '' || needle !== needle.toLowerCase())).toEqual([]);
    },
  );
});

/** Pieces that open, close or nest something in one of the languages. */
const PIECES = [
  ...[
    "'",
    '"',
    '`',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '<',
    '>',
    '/',
    '\\',
    ';',
    '|',
    '&',
    '$',
    '%',
    '#',
    '@',
    '^',
    '*',
    '?',
    '.',
    ',',
    ':',
    '=',
    '-',
    '+',
    '!',
    '~',
  ],
  ...[' ', '\t', '\n', '\r', '\0', '\u00a0', '\ud800', '\udfff', 'é', '１', '\u017f', '\u0130'],
  ...[
    '/*',
    '*/',
    '--',
    '$$',
    '0x',
    '1.',
    '1e',
    '@@',
    "' or ",
    '1 or ',
    'select ',
    'select a,',
    '(select ',
    'union all ',
    'case when ',
    'cast(',
  ],
  ...[
    '<a ',
    '</',
    '<x on',
    'onload',
    'javascript:',
    'data:',
    'alert(',
    'document.',
    "'-a(",
    'window[',
    '![]',
    '<!doctype a ',
  ],
  ...[
    '$(',
    '${',
    '$a',
    'a=$a;',
    '{a,',
    '``',
    '\\n',
    'cat a ',
    ';cat;',
    'x;cat a ',
    'sudo ',
    "w''",
    '/?',
    '/bin/',
    '() {',
    'for %',
  ],
  ...[
    '{{',
    '}}',
    '<%',
    '%>',
    '#{',
    '[[',
    'eval(',
    '$a[',
    '(#a',
    'o:1:"a',
    '[$',
    '{$',
    'this.',
    ')(',
    '*)(',
    '../',
    './',
    'a..',
    '://',
    'http://a@',
  ],
];

describe('every recogniser', () => {
  it('answers anything with null or a range inside the text', () => {
    const text = fc.oneof(
      fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    fc.assert(
      fc.property(text, (input) => {
        for (const { recognise } of RECOGNISERS) {
          const found = recognise(input);
          if (found === null) continue;
          expect(found.start).toBeGreaterThanOrEqual(0);
          expect(found.end).toBeGreaterThanOrEqual(found.start);
          expect(found.end).toBeLessThanOrEqual(input.length);
          expect(found.shape).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps its promise of needles and a hint: what it finds holds both', () => {
    const words = [...RECOGNISERS.flatMap(({ needles }) => needles), ...'/.,:-_%?~!1xt'];
    const piece = fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(...words));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        for (const { name, needles, hint, recognise } of RECOGNISERS) {
          const input = fewest(pieces, (text) => recognise(text) !== null);
          const found = recognise(input);
          if (found === null) continue;
          const lower = input.toLowerCase();
          const holds = { needle: needles.some((needle) => lower.includes(needle)), hint: hint?.test(input) ?? true };
          expect({ name, input, shape: found.shape, ...holds }).toMatchObject({ needle: true, hint: true });
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([sqli, shell, xss])(
    'finds nothing in words that plain punctuation joins, which its hint leaves unread: $name',
    (one) => {
      const words = one.needles.map((needle) => needle.replace(/[^a-z_]/g, '')).filter((word) => word !== '');
      const more = [
        'or',
        'union',
        'from',
        '1',
        '.1',
        'id',
        'cat',
        'etc',
        'alert',
        'document.cookie',
        'window.open',
        'x.call',
      ];
      const marks = [...'/.,:-%? ', ''];
      const word = fc.oneof(fc.constantFrom(...words), fc.constantFrom(...more));
      const text = fc.array(fc.tuple(word, fc.constantFrom(...marks)), { maxLength: 12 });
      fc.assert(
        fc.property(text, (pieces) => {
          const plain = pieces.flat().join('');
          expect(one.hint?.test(plain) === false ? one.recognise(plain) : null).toBeNull();
        }),
        { numRuns: 700 },
      );
    },
  );

  // A quadratic step would take minutes at this size, and the test's limit is seconds.
  it.each(PIECES)('gets through 48 KiB of %j', (piece) => {
    const text = piece.repeat(Math.ceil((48 * 1024) / piece.length));
    for (const { recognise } of RECOGNISERS)
      for (const lead of ['', "'", '<a ']) expect(recognise(lead + text)).not.toBe(undefined);
  });

  it('is silent on prose made of the words its languages share with English', () => {
    const words =
      'select from the list union square committee drop table lamp insert into update your set of values where you like order by name group or and not having fun in between is true case when then cast count char sleep cat food time find kill sort head tail more less echo type date host mail who set net start copy move script alert prompt confirm window document top self parent location on click load error style form image body frame system exec print include require open class process self config';
    const prose = fc
      .array(fc.constantFrom(...words.split(' ')), { minLength: 1, maxLength: 14 })
      .map((picked) => picked.join(' '));
    fc.assert(
      fc.property(prose, (text) => {
        fc.pre(!/union select \w+ from/.test(text)); // the grammar of an attack, whatever its words
        expect(RECOGNISERS.flatMap(({ name, recognise }) => (recognise(text) === null ? [] : [name]))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

/** The text of the pieces that it takes to be found: more of them would hold needles by chance. */
function fewest(pieces: readonly string[], isFound: (text: string) => boolean): string {
  let kept = pieces;
  for (let at = pieces.length - 1; at >= 0; at--) {
    const without = kept.toSpliced(at, 1);
    if (isFound(without.join(''))) kept = without;
  }
  return kept.join('');
}
