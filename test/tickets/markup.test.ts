import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Document } from '../../src/tickets/document.ts';
import { addressOf, linesOf, titleOf } from '../../src/tickets/markup/text.ts';
import { MARKUPS } from '../../src/tickets/markup.ts';
import { CONSOLE, HOSTILE, HOSTILE_DOCUMENTS, livePartsOf } from './hostile.ts';

const REPORT: Document = [
  { kind: 'heading', text: 'What happened' },
  { kind: 'paragraph', spans: ['Seen ', { strong: '3 times' }, ' at ', { code: '/a|b' }, '.'] },
  { kind: 'list', items: ['one', [{ link: CONSOLE, text: 'console' }], [{ link: CONSOLE }]] },
  { kind: 'table', head: ['Time', 'What'], rows: [['noon', [{ code: 'x|y' }]]] },
  { kind: 'code', text: 'GET /\n\n  two' },
];

it.each([
  [
    'html',
    `<h3>What happened</h3>
<p>Seen <strong>3 times</strong> at <span style="font-family: monospace">/a|b</span>.</p>
<ul><li>one</li><li><a href="https://visibility.example.com/incidents/1?a=1&amp;b=2">console</a></li><li><a href="https://visibility.example.com/incidents/1?a=1&amp;b=2">https<span>:</span>//visibility.example.com/incidents/1?a=1&amp;b=2</a></li></ul>
<table border="1" cellpadding="3"><tr><th align="left">Time</th><th align="left">What</th></tr><tr><td>noon</td><td><span style="font-family: monospace">x|y</span></td></tr></table>
<pre>GET /

  two</pre>`,
  ],
  [
    'textile',
    `h3. What happened

Seen *3 times* at @&#47;a&#124;b@&#46;

* one
* "console":https://visibility.example.com/incidents/1?a=1&b=2
* "https&#58;&#47;&#47;visibility&#46;example&#46;com&#47;incidents&#47;1&#63;a&#61;1&#38;b&#61;2":https://visibility.example.com/incidents/1?a=1&b=2

|_. Time|_. What|
| noon | @x&#124;y@ |

@GET &#47;@
@&#160;@
@&#160; two@`,
  ],
  [
    'markdown',
    `### What happened

Seen **3 times** at \`/a|b\`\\.

- one
- [console](<https://visibility.example.com/incidents/1?a=1&b=2>)
- [\`https://visibility.example.com/incidents/1?a=1&b=2\`](<https://visibility.example.com/incidents/1?a=1&b=2>)

| Time | What |
| --- | --- |
| noon | \`x\\|y\` |

\`\`\`
GET /

  two
\`\`\``,
  ],
  [
    'plain',
    `What happened
--------------------

Seen 3 times at /a|b.

- one
- console <https://visibility.example.com/incidents/1?a=1&b=2>
- https://visibility.example.com/incidents/1?a=1&b=2

Time | What
noon | x|y

    GET /
    
      two`,
  ],
] as const)('%s shows every kind of block', (markup, expected) => {
  expect(MARKUPS[markup](REPORT)).toBe(expected);
});

describe('hostile text', () => {
  it.each(['html', 'textile', 'markdown', 'plain'] as const)(
    'drives no terminal and reorders nothing as %s',
    (markup) => {
      for (const document of HOSTILE_DOCUMENTS) {
        expect(MARKUPS[markup](document)).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2028\ufeff]/,
        );
      }
    },
  );

  it('has no life in HTML, whatever it is', () => {
    const text = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'<>&"\'/a!-=') }),
    );
    fc.assert(
      fc.property(text, (it) => {
        const spans = [it, { code: it }, { strong: it }, { link: `javascript:${it}` }];
        const html = MARKUPS.html([
          { kind: 'heading', text: it },
          { kind: 'paragraph', spans },
          { kind: 'table', head: [it], rows: [[spans]] },
          { kind: 'code', text: it },
        ]);
        expect(livePartsOf(html)).toEqual([]);
        expect(html).not.toContain('javascript:"');
      }),
    );
  });

  it('leaves nothing in Textile but letters, digits, spaces and references', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const textile = MARKUPS.textile([{ kind: 'paragraph', spans: text }]);
        expect(textile.replace(/&#\d+;/g, '')).toMatch(/^[A-Za-z0-9 ]*$/);
      }),
    );
  });

  it('stands in Markdown as escapes, or in code', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab1 <>[]()!*_#@:/.`~|\\-&"') }), (text) => {
        const markdown = MARKUPS.markdown([{ kind: 'paragraph', spans: text }]);
        const outside = markdown
          .replace(/(?<![\\`])(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')
          .replace(/\\[!-/:-@[-`{-~]/g, '');
        expect(outside).toMatch(/^[ab1 ]*$/);
      }),
    );
  });

  it('ends no fence in Markdown', () => {
    const markdown = MARKUPS.markdown([{ kind: 'code', text: '```\nx\n`````' }]);
    expect(markdown).toBe('``````\n```\nx\n`````\n``````');
  });

  it('is no HTML in a journal of ServiceNow', () => {
    const plain = MARKUPS.plain([{ kind: 'paragraph', spans: '[code]<b>x</b>[/CODE] [ / code ]' }]);
    expect(plain).not.toMatch(/\[\/?code\]/i);
    expect(plain).toBe('[ code]<b>x</b>[ /CODE] [  / code ]');
  });
});

it.each([
  ['https://host.example/a b', null],
  ['https://host.example/a\nb', null],
  ['javascript:alert(1)', null],
  ['ftp://host.example/', null],
  ['nonsense', null],
  ['https://host.example/"><b>', 'https://host.example/%22%3E%3Cb%3E'],
  ["https://host.example/a(b)'*!", 'https://host.example/a%28b%29%27%2A%21'],
  ['HTTPS://Host.Example/ä', 'https://host.example/%C3%A4'],
])('the address of a link to %j is %j', (link, expected) => {
  expect(addressOf(link)).toBe(expected);
});

it.each([
  ['short', 10, 'short'],
  [' two\r\nlines\t', 20, 'two lines'],
  ['0123456789', 10, '0123456789'],
  ['01234567890', 10, '0123456…'],
  ['012345é7890', 10, '012345…'],
  ['01234567890😀', 12, '012345678…'],
])('a title of %j in %i bytes is %j', (text, maxBytes, expected) => {
  expect(titleOf(text, maxBytes)).toBe(expected);
  expect(Buffer.byteLength(expected)).toBeLessThanOrEqual(maxBytes);
});

it('lines end at each kind of line end, and tabs are spaces', () => {
  expect(linesOf('a\r\nb\rc\n\td\u2028e')).toEqual(['a', 'b', 'c', '    d\\u{2028}e']);
});
