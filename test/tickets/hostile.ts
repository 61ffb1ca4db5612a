import type { Document } from '../../src/tickets/document.ts';

/** What attackers write into requests so that a ticket system does something with it. Each says `evil` somewhere. */
export const HOSTILE = [
  '<script>alert("evil")</script>',
  '<img src=http://evil.example/x.png onerror=alert(1)>',
  '</pre></code></span></td></table><b>evil</b>',
  '<!-- evil --><notextile><b>evil</b></notextile> ==<b>evil</b>==',
  '!http://evil.example/pixel.png!',
  '![evil](http://evil.example/pixel.png) [evil](http://evil.example/ "x") [evil][1] <http://evil.example>',
  '"evil":http://evil.example/ "(class)evil":mailto:evil@evil.example',
  'http://evil.example/path?a=1&b=2#c https://evil.example www.evil.example ftp://evil.example',
  'mailto:evil@evil.example evil@evil.example',
  'javascript:alert("evil")',
  '#1 #1-2 ##1 evil r1 commit:abcdef0 issue#1 note-1',
  '[[Secret]] [[incidents:Secret|evil]] wiki:Secret source:evil.rb attachment:bundle.json message#1 project:other evil',
  '{{toc}} {{include(Secret)}} {{thumbnail(evil.png)}} {{child_pages}} {{macro_list}} {{macro(0)}} evil',
  '@alice @bob user:alice user#5 evil',
  'h1. evil',
  '* evil',
  '# evil',
  '1. evil',
  '> evil',
  '--- evil ---',
  '|evil|evil|',
  '*evil* _evil_ **evil** __evil__ ~~evil~~ -evil- +evil+ ^evil^ ~evil~ ??evil?? %{color:red}evil% @evil@ `evil`',
  '```\nevil\n```\n<b>evil</b>\n~~~',
  'HTML(evil title) fn1. evil [1] (c) (tm) 2 x 3',
  '&lt;b&gt;evil&lt;/b&gt; &#60;b&#62;evil&#60;/b&#62;',
  '\u202egnp.live\u202c evil \u0000\u0007\u001b[31m\u009b31m\u200b\ufeff',
  'evil\r\nBcc: evil@evil.example\r\n\r\nh1. evil\n\n<b>evil</b>\u2028evil',
  '[code]<b>evil</b>[/code]',
  ':evil: :warning: $evil$ \\(evil\\) \\evil',
] as const;

export const CONSOLE = 'https://visibility.example.com/incidents/1?a=1&b=2';
export const [BEGIN, END] = ['Beginning of what may be hostile', 'End of what may be hostile'];

/** Each hostile text in each place where a document takes text. */
function documentOf(texts: readonly string[]): Document {
  return [
    { kind: 'paragraph', spans: BEGIN },
    ...texts.flatMap(
      (text): Document => [
        { kind: 'heading', text },
        { kind: 'paragraph', spans: text },
        { kind: 'paragraph', spans: ['Words ', text, ' and ', { code: text }, ' and ', { strong: text }, '.'] },
        {
          kind: 'paragraph',
          spans: [{ strong: 'Seen: ' }, { link: CONSOLE, text }, ' ', { link: text, text: 'not a link' }],
        },
        { kind: 'list', items: [text, [{ code: text }], 'ordinary'] },
        {
          kind: 'table',
          head: ['Kind', text],
          rows: [
            [text, [{ code: text }]],
            [[{ strong: text }], 'ordinary'],
          ],
        },
        { kind: 'code', text: `first line\n  ${text}\n\n\tlast line` },
      ],
    ),
    { kind: 'paragraph', spans: END },
  ];
}

/** A few texts each: Request Tracker shows no more than 12,000 bytes of a message. */
export const HOSTILE_DOCUMENTS: readonly Document[] = [0, 1, 2, 3, 4, 5].map((n) =>
  documentOf(HOSTILE.slice(n * 5, n * 5 + 5)),
);

/** What stands between the marks that each of the documents starts and ends with. */
export function regionsOf(page: string): string[] {
  return page.split(BEGIN).flatMap((part) => (part.includes(END) ? [part.slice(0, part.indexOf(END))] : []));
}

/** Elements that the markups use. None of them does anything by itself. */
const HARMLESS = [
  'p',
  'h3',
  'ul',
  'li',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'pre',
  'code',
  'span',
  'strong',
  'br',
  'div',
];

/** What lives in a piece of HTML, but for our own link. */
export function livePartsOf(html: string): string[] {
  const tags = [...html.matchAll(/<(\/?)([a-zA-Z!?][^\s/>]*)([^>]*)>/g)];
  return tags
    .filter(([tag, , name = '', attributes = '']) => {
      if (/\bon\w+\s*=|javascript:/i.test(attributes)) return true;
      if (name !== 'a') return !HARMLESS.includes(name.toLowerCase()) || /evil/.test(attributes);
      const href = /\bhref="([^"]*)"/.exec(attributes)?.[1];
      const ours = href === undefined || decodeEntities(href) === CONSOLE;
      // Redmine's own anchors at headings lead to the heading.
      return tag.startsWith('</') ? false : !ours && !/class="wiki-anchor"/.test(attributes);
    })
    .map(([tag]) => tag);
}

/** The text that a reader sees, without its spaces. */
export function seenTextOf(html: string): string {
  return decodeEntities(html.replace(/<[^>]*>/g, '')).replace(/\s+/g, '');
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', para: '¶' }[String(name)] ?? whole;
  });
}
