import { expect, it } from 'vitest';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import type { LogLine } from '../../src/model/line.ts';
import { findFormat, isReject, ownEntry, parser } from '../../src/parse/parse.ts';

const LINES = [
  '192.0.2.1 - ann [10/Oct/2025:13:55:36 +0000] "GET /a?b=c HTTP/1.1" 200 5 "http://www.example.org/" "Mozilla/5.0"',
  '2001:db8::1 - - [10/Oct/2025:13:55:37 +0000] "POST /d HTTP/2.0" 404 - "-" "curl/8.5"',
];

/** The entries of the lines, as the parser gives them and as own ones, with the number of lines parsed for the latter. */
function setUp() {
  const format = findFormat('combined');
  const parse = parser({ format });
  const lines = LINES.map(
    (text, i): LogLine => ({ source: 'a.log', number: i + 1, offset: 0, length: text.length, text }),
  );
  const parsed = lines.map((line) => {
    const entry = parse(line);
    if (isReject(entry)) throw new Error(`${line.text}: ${entry.code}`);
    return entry;
  });
  const counted = { parses: 0 };
  const own = parsed.map((entry) =>
    ownEntry(entry, (line) => {
      counted.parses++;
      return parse(line);
    }),
  );
  return { parsed, own, counted };
}

const told = (entry: AccessLogEntry, parsed: AccessLogEntry) =>
  Object.fromEntries(
    Object.keys(parsed).map((key) => [key, key === 'line' ? null : entry[key as keyof AccessLogEntry]]),
  );

it('tells what the entry told that it was made of', () => {
  const { parsed, own } = setUp();
  for (const [i, entry] of parsed.entries()) {
    expect(own[i] && told(own[i], entry)).toEqual({ ...entry, line: null });
    expect(own[i]?.line).toMatchObject(entry.line);
  }
});

it('tells its own, whichever was asked before, and is parsed again only then', () => {
  const { own, counted } = setUp();
  const [first, second] = own;
  expect([first?.client, first?.stem, first?.status, counted.parses]).toEqual(['192.0.2.1', '/a', 200, 0]);
  expect([first?.method, first?.query, counted.parses]).toEqual(['GET', 'b=c', 1]);
  expect([second?.method, second?.query, counted.parses]).toEqual(['POST', null, 2]);
  expect([first?.userAgent, second?.userAgent, counted.parses]).toEqual(['Mozilla/5.0', 'curl/8.5', 4]);
});

it('says which line was parsed once but not twice', () => {
  const { parsed } = setUp();
  const [entry] = parsed;
  const own = entry && ownEntry(entry, (line) => ({ line, code: 'not-this-format' }));
  expect(() => own?.method).toThrow('line 1 parsed once but not twice');
});
