import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64Runs } from '../../../src/detect/view/base64.ts';
import { foldText } from '../../../src/detect/view/fold.ts';
import { decodePercent } from '../../../src/detect/view/percent.ts';
import { squeezeText } from '../../../src/detect/view/squeeze.ts';
import { Subject } from '../../../src/detect/view/subject.ts';
import { DEFAULT_LIMITS } from '../../../src/detect/view/text-maker.ts';
import { unescapeLine } from '../../../src/detect/view/unescape.ts';
import { decodeUtf8 } from '../../../src/detect/view/utf8.ts';
import { marksOf } from '../../../src/detect/view/view.ts';
import { arbitraryRequest, encodeURIComponentLossless } from '../arbitrary-request.ts';
import { entryOf, type Request } from '../entry.ts';

const wellFormed = fc.string({ unit: 'binary' });

function subjectOf(request: Request, limits = DEFAULT_LIMITS, counts = { cut: 0 }): Subject {
  return new Subject(entryOf(request), limits, counts);
}

/** Name and text of each view of the target. */
function viewsOf(target: string): readonly (readonly [string, string])[] {
  return (
    subjectOf({ target })
      .target?.views()
      .map(({ name, text }) => [name, text] as const) ?? []
  );
}

describe('decodePercent', () => {
  it('undoes what a client encodes', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        expect(decodePercent(encodeURIComponentLossless(text), false)).toBe(text.toWellFormed());
      }),
    );
  });

  it('undoes the encoding of every byte', () => {
    const encode = (text: string) => [...Buffer.from(text)].map((b) => `%${b.toString(16).padStart(2, '0')}`).join('');
    fc.assert(
      fc.property(wellFormed, (text) => {
        expect(decodePercent(encode(text), true)).toBe(text.toWellFormed());
      }),
    );
  });

  it('never makes a text longer', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (text, plus) => {
        expect(decodePercent(text, plus).length).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it.each([
    ['keeps what is no escape', '100%, %g1 %4', false, '100%, %g1 %4'],
    ['goes on after what is no escape', '%%41%4%42', false, '%A%4B'],
    ['reads both cases', '%2f%2F', false, '//'],
    ['keeps + in a path', 'a+b', false, 'a+b'],
    ['reads + as a space in a query, an encoded + as itself', 'a+b%2B', true, 'a b+'],
    ['keeps bytes that are no UTF-8', '%c0%ae%ff', false, '\xc0\xae\xff'],
    ['joins UTF-8', '%C3%A9%F0%9F%98%80', false, 'é😀'],
    ['decodes once only', '%2541', false, '%41'],
  ])('%s', (_, text, plus, expected) => {
    expect(decodePercent(text, plus)).toBe(expected);
  });
});

describe('marksOf', () => {
  const holds = (text: string, part: string) => {
    const [all, some] = [marksOf(text), marksOf(part)];
    return (some.low & ~all.low) === 0 && (some.high & ~all.high) === 0;
  };

  it.each([
    ['a/b?c=1', '?C=', true],
    ['abc', '=', false],
    ['abc', 'd', false],
    ['abc', '`', false],
    ['', '', true],
  ])('tells whether %j may hold %j', (text, part, expected) => {
    expect(holds(text, part)).toBe(expected);
  });

  it('has the marks of all that a text holds, in any case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.string(), (before, part, after) => {
        expect(holds(before + part + after, part)).toBe(true);
        expect(holds((before + after).toUpperCase(), after.toLowerCase())).toBe(true);
      }),
    );
  });
});

describe('decodeUtf8', () => {
  it('reads what is UTF-8', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        const formed = text.toWellFormed();
        expect(decodeUtf8([...Buffer.from(formed)])).toBe(formed);
      }),
    );
  });

  it.each([
    ['overlong', [0xc0, 0xaf], '\xc0\xaf'],
    ['overlong of three bytes', [0xe0, 0x80, 0xaf], '\xe0\x80\xaf'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\xed\xa0\x80'],
    ['cut short', [0xe2, 0x82], '\xe2\x82'],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80], '\xf4\x90\x80\x80'],
  ])('keeps bytes that are none: %s', (_, bytes, expected) => {
    expect(decodeUtf8(bytes)).toBe(expected);
  });
});

describe('foldText', () => {
  it.each([
    ['%u escapes', '%u003c%U003E', '<>'],
    ['overlong UTF-8 of two bytes', '\xc0\xae\xc0\xaf\xc1\x9c', './\\'],
    ['overlong UTF-8 of three and four bytes', '\xe0\x80\xae\xf0\x80\x80\xaf', './'],
    ['full-width forms', '＜ｓｃｒｉｐｔ＞', '<script>'],
    ['look-alikes', '\u2215etc\u2216 \u2018or\u2019 \u201cx\u201d\u3000\u3008\u3009\u2024', '/etc\\ \'or\' "x" <>.'],
    ['HTML entities', '&lt;a&GT;&quot;&apos;&colon;&Tab;&nosuch;', '<a>"\':\t&nosuch;'],
    ['numeric entities, with and without ;', '&#60;&#0000060&#x3c;&#x003Cx', '<<<<x'],
    ['escapes of scripts', '\\x3c\\u003E\\u{3c}\\x3', '<><\\x3'],
    ['numbers beyond Unicode stay', '&#9999999;\\u{ffffff}', '&#9999999;\\u{ffffff}'],
    ['nothing', 'plain text', 'plain text'],
  ])('folds %s', (_, text, expected) => {
    expect(foldText(text)).toBe(expected);
  });
});

describe('squeezeText', () => {
  it.each([
    ['NUL and control characters', 'p\0as\x01swd\x7f', 'passwd'],
    ['invisible characters', 'scr\u200bi\xadpt', 'script'],
    ['a comment becomes a space', 'union/**/select/*x*/1', 'union select 1'],
    ['the content of an executed comment stays', '/*!50000union*/ select', ' union select'],
    ['an open comment stays', 'a/*b', 'a/*b'],
    ['a comment to the end of a line becomes a space', '1#x\nand--y\n2=2', '1 and 2=2'],
    ['a comment that ends the text stays', "admin'--\nx -- y", "admin' x -- y"],
    ['a mark of a comment without a line break stays', 'a#b--c/*d*/', 'a#b--c '],
    ['runs of white space', 'a \t\r\n b', 'a b'],
    ['one line break stays', 'a\nb', 'a\nb'],
    ['runs of slashes', '/a//b///c/./././d', '/a/b/c/d'],
    ['the slashes of a scheme stay', 'http://a//b', 'http://a/b'],
    ['two backslashes stay', 'c:\\\\d', 'c:\\\\d'],
  ])('squeezes %s', (_, text, expected) => {
    expect(squeezeText(text)).toBe(expected);
  });
});

describe('decodeBase64Runs', () => {
  it('decodes what was encoded, in either alphabet', () => {
    const printable = fc.string({ minLength: 12 }).filter((text) => /^[\x20-\x7e]+$/.test(text));
    fc.assert(
      fc.property(printable, (text) => {
        expect(decodeBase64Runs(Buffer.from(text).toString('base64'))).toBe(text);
        expect(decodeBase64Runs(Buffer.from(text).toString('base64url'))).toBe(text);
      }),
    );
  });

  it.each([
    [
      'within other text',
      'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==',
      'data:text/html;base64,<script>alert(1)</script>',
    ],
    ['when + was read as a space', 'PD9waHAgZWNobyAxPj4 Pj4 Pj4+', '<?php echo 1>>>>>>>>>'],
    ['not what is no text', 'd41d8cd98f00b204e9800998ecf8427e', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['not what is short', 'c2hvcnQ=', 'c2hvcnQ='],
    ['not words', 'a sentence of ordinary words', 'a sentence of ordinary words'],
    ['powershell text', Buffer.from('IEX download', 'utf16le').toString('base64'), 'IEX download'],
  ])('%s', (_, text, expected) => {
    expect(decodeBase64Runs(text)).toBe(expected);
  });
});

describe('unescapeLine', () => {
  it.each([
    ['quotes and backslashes', String.raw`\"a\\b\"`, String.raw`"a\b"`],
    ['bytes, as UTF-8', String.raw`\xc3\xa9 \xff`, 'é \xff'],
    ['control characters', String.raw`\n\t\r\v\x00`, '\n\t\r\v\0'],
    ['a JSON line', String.raw`{"u":"\u003cscript\u003e\/"}`, '{"u":"<script>/"}'],
    ['bytes above 0x7f that were not escaped', '\xc3\xa9', 'é'],
    ['an escaped backslash before x', String.raw`\\x41`, String.raw`\x41`],
    ['no backslash before a capital', String.raw`..\Temp\Boot.ini \X41 \xAF`, `..\\Temp\\Boot.ini \\X41 \xaf`],
    ['nothing to undo', 'GET / HTTP/1.1', 'GET / HTTP/1.1'],
  ])('undoes %s', (_, line, expected) => {
    expect(unescapeLine(line)).toBe(expected);
  });
});

describe('the views of a target', () => {
  it.each([
    ['a plain one', '/a/b.html?c=d', [['raw', '/a/b.html?c=d']]],
    [
      'encoded once',
      '/%61?b=%20c+d',
      [
        ['raw', '/%61?b=%20c+d'],
        ['decoded', '/a?b= c d'],
        ['squeezed', '/a?b= c d'],
      ].slice(0, 2),
    ],
    [
      'encoded twice',
      '/%2561',
      [
        ['raw', '/%2561'],
        ['decoded', '/%61'],
        ['decoded-twice', '/a'],
      ],
    ],
    [
      'four times',
      '/%25252561',
      [
        ['raw', '/%25252561'],
        ['decoded', '/%252561'],
        ['decoded-twice', '/%2561'],
        ['decoded-fully', '/a'],
      ],
    ],
    [
      'overlong',
      '/%c0%ae',
      [
        ['raw', '/%c0%ae'],
        ['decoded', '/\xc0\xae'],
        ['folded', '/.'],
      ],
    ],
    [
      '%u',
      '/%u002e%u002E',
      [
        ['raw', '/%u002e%u002E'],
        ['folded', '/..'],
      ],
    ],
    [
      'an entity that completes an escape',
      '/&#37;61;',
      [
        ['raw', '/&#37;61;'],
        ['folded', '/a;'],
      ],
    ],
    [
      'comments',
      '/?q=a/**/b',
      [
        ['raw', '/?q=a/**/b'],
        ['squeezed', '/?q=a b'],
      ],
    ],
    [
      'a comment that does not reach into the next parameter',
      '/?a=/*&b=x//y&c=*/',
      [
        ['raw', '/?a=/*&b=x//y&c=*/'],
        ['squeezed', '/?a=/*&b=x/y&c=*/'],
      ],
    ],
    [
      'an encoded & that stays in its value',
      '/?a=x%26lt;y&b=1',
      [
        ['raw', '/?a=x%26lt;y&b=1'],
        ['decoded', '/?a=x&lt;y&b=1'],
        ['folded', '/?a=x<y&b=1'],
      ],
    ],
    [
      'base64',
      '/?a=L2Jpbi9zaCAtYyBpZA==',
      [
        ['raw', '/?a=L2Jpbi9zaCAtYyBpZA=='],
        ['base64', '/?a=/bin/sh -c id'],
      ],
    ],
  ])('%s', (_, target, expected) => {
    expect(viewsOf(target)).toEqual(expected);
  });

  it('hold the views of each part', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        const subject = subjectOf(request);
        const wholes =
          (subject.request ?? subject.target)
            ?.views()
            .map(({ text }) => text)
            .join('\u0001') ?? '';
        const { names, values } = subject.parameters;
        for (const part of [
          subject.target,
          subject.query,
          subject.stem,
          subject.extension,
          ...names,
          ...values,
          ...subject.segments,
        ]) {
          for (const { text } of part?.views() ?? []) expect(wholes.includes(text)).toBe(true);
        }
      }),
    );
  });

  it('decode a number of times that is bounded', () => {
    const views = viewsOf(`/${'%25'.repeat(3)}${'25'.repeat(40)}41`);
    expect(views.length).toBeLessThanOrEqual(7);
  });

  it('look at the beginning of a text that is too long, and count it', () => {
    const counts = { cut: 0 };
    const subject = subjectOf({ target: `/?a=${'%41'.repeat(10)}` }, { maxTextLength: 6, maxParameters: 4 }, counts);
    expect(subject.query?.views().map(({ text }) => text)).toEqual([`a=${'%41'.repeat(10)}`, 'a=A%']);
    expect(counts.cut).toBeGreaterThan(0);
  });

  it('take what is beyond the last parameter as one', () => {
    const subject = subjectOf({ target: '/?a=1&b=2&c=3&d=4' }, { maxTextLength: 100, maxParameters: 2 }, { cut: 0 });
    expect(subject.parameters.values.map(({ raw }) => raw)).toEqual(['1', '2', '3&d=4']);
  });
});

describe('Subject', () => {
  it('makes the line a text whose query is decoded as one', () => {
    const line = String.raw`192.0.2.1 - - [x] "GET /%61?b=c+d%26 HTTP/1.1" 200 5 "-" "\"q\""`;
    const views = subjectOf({ line })
      .line.views()
      .map(({ text }) => text);
    expect(views[0]).toBe('192.0.2.1 - - [x] "GET /%61?b=c+d%26 HTTP/1.1" 200 5 "-" ""q""');
    expect(views[1]).toBe('192.0.2.1 - - [x] "GET /a?b=c d& HTTP/1.1" 200 5 "-" ""q""');
  });

  it('makes a request line that does not end in its target a text of one piece', () => {
    const subject = subjectOf({ target: '/a', request: 'GET /%62 HTTP/1.1' });
    expect(subject.request?.views().map(({ text }) => text)).toEqual(['GET /%62 HTTP/1.1', 'GET /b HTTP/1.1']);
  });

  it('has no texts of what was not logged', () => {
    const subject = subjectOf({ target: null, request: null });
    expect([subject.stem, subject.query, subject.target, subject.request, subject.absoluteTarget]).toEqual(
      Array(5).fill(null),
    );
    expect([subject.referer, subject.userAgent, subject.host, subject.user, subject.extra('x')]).toEqual(
      Array(5).fill(null),
    );
    expect(subject.segments).toEqual([]);
    expect(subject.extension).toBeNull();
  });
});
