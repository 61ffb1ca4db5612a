import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHtml, toJson, toMarkdownCode, toTerminal } from '../../src/escape/escape.ts';

const hostile = fc.string({ unit: 'binary', maxLength: 40 });
/** What could drive a terminal or reorder its text. */
const DRIVES = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('toTerminal', () => {
  it.each([
    ['plain é 漢 😀', 'plain é 漢 😀'],
    ['\x1b[31mred', '\\x1b[31mred'],
    ['a\u009b2Jb', 'a\\x9b2Jb'],
    ['user\u202egnp.exe', 'user\\u{202e}gnp.exe'],
    ['line\nbreak\r\t', 'line\\x0abreak\\x0d\\x09'],
    ['lone \ud800 surrogate', 'lone \\u{d800} surrogate'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
  ])('%j is shown as %j', (text, expected) => {
    expect(toTerminal(text)).toBe(expected);
  });

  it('leaves nothing that drives a terminal, and is the same when done twice', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(toTerminal(text)).not.toMatch(DRIVES);
        expect(toTerminal(toTerminal(text))).toBe(toTerminal(text));
      }),
    );
  });
});

describe('toJson', () => {
  it('loses nothing and holds nothing that drives a terminal', () => {
    fc.assert(
      fc.property(hostile, fc.dictionary(hostile, hostile), (text, record) => {
        const json = toJson({ text, record });
        expect(JSON.parse(json)).toEqual({ text, record: { ...record } });
        expect(json).not.toMatch(DRIVES);
      }),
    );
  });

  it('escapes DEL, the one character of ASCII that it has to look for', () => {
    expect(toJson('a\u007f')).toBe('"a\\u007f"');
  });

  it('escapes tag characters, which are two code units each, and no other such character', () => {
    expect(toJson('\u{e0000}\u{e007f}\u{e0080}\u{1f600}')).toBe('"\\udb40\\udc00\\udb40\\udc7f\u{e0080}\u{1f600}"');
  });

  it('indents on request', () => {
    expect(toJson({ a: '\u009b' }, 2)).toBe('{\n  "a": "\\u009b"\n}');
  });
});

describe('toMarkdownCode', () => {
  it.each([
    ['GET /', '`GET /`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['', '` `'],
    ['# h\n# h', '`# h\\x0a# h`'],
    ['a``b`c', '```a``b`c```'],
  ])('%j becomes %j', (text, expected) => {
    expect(toMarkdownCode(text)).toBe(expected);
  });

  it('is one line whose fence occurs only at its ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', ' ', 'a', '\n', '*', '\u0000'), maxLength: 20 }), (text) => {
        const code = toMarkdownCode(text);
        const fence = /^`+/.exec(code)?.[0] ?? '';
        const inner = code.slice(fence.length, -fence.length);
        expect(code.endsWith(fence)).toBe(true);
        expect((inner.match(/`+/g) ?? []).some((run) => run.length === fence.length)).toBe(false);
        expect(code).not.toContain('\n');
      }),
    );
  });
});

describe('toHtml', () => {
  it.each([
    ['plain text', 'GET /index.html', 'GET /index.html'],
    ['markup', '<b onclick="x">', '&lt;b onclick=&quot;x&quot;&gt;'],
    ['an end of an attribute', "' onload=x", '&#39; onload=x'],
    ['an entity', '&lt;', '&amp;lt;'],
    ['line ends and tabs', 'a\n\tb', 'a\n\tb'],
    ['other controls', 'a\u0000\r\u001b[2J', 'a\\x00\\x0d\\x1b[2J'],
    ['text direction', 'a\u202eb', 'a\\u{202e}b'],
  ])('shows %s', (_, text, expected) => {
    expect(toHtml(text)).toBe(expected);
  });

  it('leaves nothing that could begin markup or end an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(toHtml(text).replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[<>"'&]/);
      }),
    );
  });
});
