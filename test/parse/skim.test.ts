import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientName } from '../../src/parse/client.ts';
import { splitHost } from '../../src/parse/host.ts';
import { parseLogFormat } from '../../src/parse/layout.ts';
import { findFormat, isReject, type LogFormat, parser, SKIMMED, type Skimmer } from '../../src/parse/parse.ts';
import { skimmer } from '../../src/parse/skim.ts';

const COMMON = '%h %l %u %t "%r" %>s %b';
const AGENTS = '"%{Referer}i" "%{User-Agent}i"';
const FORMATS = [
  'common',
  'combined',
  'vhost_combined',
  `${COMMON} ${AGENTS} %D`,
  `%a %v ${AGENTS.split(' ')[1]} - %u %t %k/%p %>s "%r" %O`,
].map((name) => findFormat(name, {}));

/** By directive: first what every server writes, then what should make a line one for the parser, or none at all. */
const ORDINARY: Readonly<Record<string, readonly string[]>> = {
  h: ['192.0.2.1', '2001:DB8::1', 'Host.example'],
  a: ['192.0.2.1', '::ffff:192.0.2.7'],
  l: ['-'],
  u: ['-', 'bob'],
  v: ['www.example', 'A.example.'],
  p: ['80', '-'],
  t: ['[10/Oct/2025:13:55:36 -0700]', '[29/Feb/2024:00:00:00 +0000]'],
  r: ['GET / HTTP/1.1', '-', '', 'POST /a?b=1\t2 HTTP/1.0', 'GET http://other.example/ HTTP/1.1'],
  s: ['200', '-', '7'],
  b: ['512', '-', '0', '123456789012345'],
  O: ['512', '-'],
  D: ['1500', '-'],
  k: ['0'],
  i: ['-', 'curl/8 (x; y)', '', 'https://www.example/?a=[b]'],
};
const HOSTILE: typeof ORDINARY = {
  h: ['-', '', '192.0.2.1 ', '"', 'a!b', 'ä', '\\x41', 'a\tb', '192.0.2.1:80'],
  a: ['-', '\x7f', '[::1]'],
  l: ['192.0.2.9', 'ident', ''],
  u: ['""', 'a b', 'b: 192.0.2.3 - -', 'a" b', 'ä', 'x [y', '\0'],
  v: ['a b', '2001:db8::1', '[::1]', '', '-'],
  p: ['', '443x', '-5', '80:80'],
  t: [
    '[30/Feb/2025:13:55:36 -0700]',
    '[10/Oct/2025:13:55:36 -0700',
    '10/Oct/2025:13:55:36 -0700]',
    '[10/Oct/2025]',
    '-',
  ],
  r: ['GET /\\"x HTTP/1.1', 'GET /"x HTTP/1.1', '\xc3\xa4', '\\x16\\x03', 'GET /" 200 5 "', '\x7f', '\x01'],
  s: ['2000', '-200', '20x', ''],
  b: ['1234567890123456', '-1', '1.5', '', '9'.repeat(40)],
  O: ['1234567890123456', '--'],
  D: ['-5', ''],
  k: ['x'],
  i: ['a"b', 'a\\', '\xff', '"', '" "', '\n'],
};

const anyFormat = fc.constantFrom(...FORMATS);
const ending = fc.constantFrom('\n', '\r\n');
const pick = (pools: readonly (typeof ORDINARY)[]) =>
  fc.record(
    Object.fromEntries(
      Object.keys(ORDINARY).map((letter) => [
        letter,
        fc.oneof(
          { weight: 14, arbitrary: fc.constantFrom(...(pools[0]?.[letter] ?? [])) },
          fc.constantFrom(...pools.flatMap((pool) => pool[letter] ?? [])),
        ),
      ]),
    ),
  );

/** What Apache would write in that format, if these were its values. */
function write({ directive }: LogFormat, values: Readonly<Record<string, string | undefined>>): string {
  return (directive ?? '').replace(/%>?(?:\{[^}]*\})?([a-zA-Z])/g, (_, letter: string) => values[letter] ?? '');
}

function open(format: LogFormat): Skimmer {
  const opened = format.openSkimmer();
  if (opened === null) throw new Error(`${format.name} cannot be skimmed`);
  return opened;
}

/** The text of a value, null for none. */
function textOf({ words, places }: Skimmer, value: (typeof SKIMMED)[number]): string | null {
  const index = 2 * SKIMMED.indexOf(value);
  const [from = -1, to] = [places[index], places[index + 1]];
  const bytes = Buffer.from(words.slice(Math.max(0, from), to).buffer);
  const text = from < 0 ? '-' : bytes.toString('latin1').replace(/\0{0,3}$/, '');
  return text === '-' ? null : text;
}

/** Holds what was found in a line that the skimmer took against what the parser finds. */
function compare(format: LogFormat, skimmed: Skimmer, bytes: Buffer, from: number, to: number): void {
  const text = bytes.toString('latin1', from, to);
  const entry = parser({ format })({ source: 'x', number: 2, offset: from, length: text.length, text });
  const value = (name: (typeof SKIMMED)[number]) => textOf(skimmed, name);
  const spanned = SKIMMED.map((name, index) => {
    const { spans } = skimmed;
    return value(name) === null ? null : bytes.toString('latin1', spans[2 * index], spans[2 * index + 1]);
  });
  expect(spanned).toEqual(SKIMMED.map(value));
  const client = value('client');
  if (isReject(entry)) {
    // It is not the skimmer's to know what is a client.
    expect([entry.code, client === null ? null : clientName(client)]).toEqual(['not-this-format', null]);
    return;
  }
  expect(entry).toMatchObject({
    time: skimmed.time,
    status: skimmed.status < 0 ? null : skimmed.status,
    bytes: skimmed.bytes < 0 ? null : skimmed.bytes,
    client: clientName(client ?? ''),
    user: value('user'),
    request: value('request'),
    referer: value('referer'),
    userAgent: value('userAgent'),
    extra: null,
  });
  const host = value('host');
  if (host !== null) expect(entry.host).toBe(splitHost(host).host);
}

describe('a skimmer', () => {
  it('finds in lines that it takes what the parser finds, whatever they hold', () => {
    const damage = fc.oneof(
      { weight: 8, arbitrary: fc.constant((text: string) => text) },
      fc.constantFrom(
        (text: string) => `${text} more`,
        (text: string) => `${text}\r`,
        (text: string) => text.replace(/ \S+$/, ''),
      ),
      fc
        .tuple(
          fc.nat(150),
          fc.constantFrom(
            ...['', ' ', '!', '"', '\\', '-', '\0', '9', '\t', '\x1f', '~', '\x7f', '\x80', '\x9f', '\xa0', '\xff'],
          ),
        )
        .map(
          ([at, put]) =>
            (text: string) =>
              text.slice(0, at) + put + text.slice(at + 1),
        ),
    );
    fc.assert(
      fc.property(anyFormat, pick([ORDINARY, HOSTILE]), damage, ending, (format, values, change, end) => {
        const line = change(write(format, values));
        const [before, after] = ['192.0.2.8 - -\n', '\n192.0.2.9 - "'];
        const bytes = Buffer.from(before + line + end + after, 'latin1');
        const skimmed = open(format);
        const newline = skimmed.skim(bytes, before.length, bytes.length);
        if (newline < 0) return;
        expect(newline).toBe(bytes.indexOf('\n', before.length));
        compare(format, skimmed, bytes, before.length, newline - (bytes[newline - 1] === 0x0d ? 1 : 0));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes all ordinary lines, one after the other, and none of which the end is not there', () => {
    fc.assert(
      fc.property(anyFormat, fc.array(pick([ORDINARY]), { minLength: 1, maxLength: 4 }), ending, (format, all, end) => {
        const skimmed = open(format);
        const bytes = Buffer.from(all.map((values) => write(format, values) + end).join(''), 'latin1');
        for (let from = 0; from < bytes.length; ) {
          const newline = skimmed.skim(bytes, from, bytes.length);
          expect(newline).toBe(bytes.indexOf('\n', from));
          compare(format, skimmed, bytes, from, newline + 1 - end.length);
          for (let cut = from; cut <= newline; cut++) expect(skimmed.skim(bytes, from, cut)).toBe(-1);
          from = newline + 1;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves lines that are longer than ordinary ones to the parser', () => {
    const format = findFormat('combined', {});
    const skimmed = open(format);
    const values = { h: '192.0.2.1', l: '-', t: '[10/Oct/2025:13:55:36 -0700]', r: 'GET / HTTP/1.1', s: '200' };
    const lineOf = (user: number) => `${write(format, { ...values, b: '1', u: 'a'.repeat(user), i: '-' })}\n`;
    const taken = [8192, 8193].map((length) => {
      const line = Buffer.from(lineOf(length - lineOf(0).length) + lineOf(1), 'latin1');
      return skimmed.skim(line, 0, line.length);
    });
    expect(taken).toEqual([8191, -1]);
  });

  it('gives one text one hash, wherever it stands, and other texts others', () => {
    const hashOf = (format: string, text: string, before: string, value: (typeof SKIMMED)[number]) => {
      const skimmed = open(findFormat(format, {}));
      const values = { h: '192.0.2.1', u: text, v: text, p: '80', t: '[10/Oct/2025:13:55:36 -0700]', r: text, i: text };
      const line = write(findFormat(format, {}), { ...values, l: '-', s: '200', b: '1', O: '1' });
      const bytes = Buffer.from(`${before}${line}\n`, 'latin1');
      expect(skimmed.skim(bytes, before.length, bytes.length)).toBe(bytes.length - 1);
      return skimmed.hashes[SKIMMED.indexOf(value)];
    };
    const texts = Array.from({ length: 60 }, (_, n) => `/${'path'.repeat(n % 4)}${n}`);
    const hashes = texts.map((text) => {
      const found = (['user', 'host', 'request', 'referer', 'userAgent'] as const).map((value, n) =>
        hashOf('vhost_combined', text, '#'.repeat(n), value),
      );
      found.push(hashOf(`${COMMON} "%{Referer}i"`, text, '', 'referer'), hashOf('%h %t %v "%r"', text, '##', 'host'));
      expect(new Set(found).size).toBe(1);
      return found[0];
    });
    expect(new Set(hashes).size).toBe(texts.length);
  });

  it.each([
    ['logged headers', 'combinedio'],
    ['JSON', 'json'],
    ['several formats', 'mixed'],
    ['a header that is no value of its own', '%h %t "%r" "%{Cookie}i"'],
    ['text before the first value', '%t %h "%r" %b'],
    ['text behind the last value', '%h %t "%r" %b;'],
    ['another time', '%h %{sec}t "%r"'],
    ['two directives for one value', '%h %t "%r" %s %>s'],
    ['numbers that nothing parts', '%h %t "%r" %>s%b'],
    ['no request line', '%h %t %>s'],
    ['a request in parts', '%h %t "%r" %m %b'],
    ['a request without quotes', '%h %t %r %b'],
    ['a client before a colon', '%h:%p %t "%r"'],
    ['an ident without a blank behind it', '%h %l|%u %t "%r"'],
    ['a word at the end', '%h %t "%r" %v'],
    ['a word of another kind', '%h %P %t "%r"'],
    ['a user in quotes', '%h "%u" %t "%r"'],
  ])('there is none for lines with %s', (_, name) => {
    expect(findFormat(name, {}).openSkimmer()).toBeNull();
  });

  it('there is none for lines without a client', () => {
    const { before, pieces } = parseLogFormat('%h %t "%r"');
    expect(skimmer({ before, pieces: pieces.slice(1) })).toBeNull();
  });
});
