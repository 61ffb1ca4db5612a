import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeLine } from '../../src/commands/explain/describe-line.ts';
import { explainLine, isUnreadable } from '../../src/commands/explain/explain-line.ts';
import { countWindow, feedingsOf } from '../../src/commands/explain/feeding.ts';
import { matchLocator } from '../../src/commands/explain/locate-match.ts';
import { CORRELATOR_DEFAULTS } from '../../src/correlate/correlate.ts';
import { detector, type RuleSet, readRules } from '../../src/detect/detect.ts';
import { findFormat, parser } from '../../src/parse/parse.ts';
import { logLine, NOON } from '../support/logs.ts';
import { runCli } from '../support/run-cli.ts';

const RULES = `
title: Word
id: word
level: high
logsource: {category: webserver}
detection:
  word:
    FIELD|contains: 'evil "word"'
  ordinary:
    cs-user-agent|contains: Monitor
  condition: word and not ordinary
---
title: Words
id: words
level: critical
correlation: {type: event_count, rules: [word], group-by: [c-ip], timespan: 1m, condition: {gte: 4}}
---
title: Words and more
id: more
level: critical
correlation: {type: temporal, rules: [words, word], group-by: [cs-username], timespan: 1h}
`;

const ruleSet = (field: string) => readRules([{ path: 'a.yml', text: RULES.replace('FIELD', field) }]);
const lineOf = (text: string, number = 1) => ({ source: '-', number, offset: 0, length: text.length, text });
const toolsOf = (rules: RuleSet) => ({ rules, parse: parser({ format: findFormat('combined') }), allowed: () => null });

/** The explanation of a line that parses. */
function explained(text: string, field = 'x-input', allowed: string | null = null) {
  const result = explainLine(lineOf(text), { ...toolsOf(ruleSet(field)), allowed: () => allowed });
  if (isUnreadable(result)) throw new Error(`the line does not parse: ${result.code}`);
  return result;
}

describe('what matched is found in the line as it was logged', () => {
  it.each<[string, string, string, string]>([
    ['plain', 'x-query-value', String.raw`GET /?q=an+evil+\"word\"+here HTTP/1.1`, String.raw`evil+\"word\"`],
    ['encoded', 'x-query-value', 'GET /?q=an%20evil%20%22word%22%20here HTTP/1.1', 'evil%20%22word%22'],
    ['encoded twice', 'x-query-value', 'GET /?q=%2565vil%2520%2522word%2522 HTTP/1.1', '%2565vil%2520%2522word%2522'],
    ['in another case', 'cs-uri-query', 'GET /?q=EVIL%20%22WORD%22 HTTP/1.1', 'EVIL%20%22WORD%22'],
    ['in any field', 'x-input', 'GET /?q=evil%20%22word%22 HTTP/1.1', 'evil%20%22word%22'],
    ['in the whole line', 'x-line', String.raw`GET /?q=evil \"word\" HTTP/1.1`, String.raw`evil \"word\"`],
    [
      'escaped by the log',
      'c-uri',
      String.raw`GET /\xc3\xa9/\x65vil \"word\"/x HTTP/1.1`,
      String.raw`\x65vil \"word\"`,
    ],
  ])('%s', (_, field, request, bytes) => {
    const text = logLine({ request, referer: 'https://a.example/evil', userAgent: 'x' });
    const [rule] = explained(text, field).rules;
    const item = rule?.items.find(({ selection }) => selection === 'word');
    expect(rule?.matched).toBe(true);
    expect(text.slice(item?.bytes?.start, item?.bytes?.end)).toBe(bytes);
  });

  it('in its own field, not where the same text stands before', () => {
    const agent = String.raw`an evil \"word\"`;
    const text = logLine({ request: String.raw`GET /evil \"word\" HTTP/1.1`, userAgent: agent });
    const item = explained(text, 'cs-user-agent').rules[0]?.items.find(({ selection }) => selection === 'word');
    expect(item?.bytes).toEqual({
      start: text.length - 1 - String.raw`evil \"word\"`.length,
      end: text.length - 1,
      isExact: true,
    });
  });

  const base64 = Buffer.from('this is an evil "word" in base64').toString('base64');
  it.each<[string, string, string, boolean]>([
    [
      'entities',
      'GET /?q=an+evil%20%26quot;wo%26%23114;d%26quot;+here HTTP/1.1',
      'evil%20%26quot;wo%26%23114;d%26quot;',
      true,
    ],
    ['%uXXXX', 'GET /?q=an+%u0065vil+%u0022word%u0022+here HTTP/1.1', '%u0065vil+%u0022word%u0022', true],
    ['overlong UTF-8', 'GET /?q=an+%c1%a5vil+%22word%c0%a2+here HTTP/1.1', '%c1%a5vil+%22word%c0%a2', true],
    ['full-width forms', 'GET /?q=%ef%bd%85vil+%ef%bc%82word%22! HTTP/1.1', '%ef%bd%85vil+%ef%bc%82word%22', true],
    ['comments inside', 'GET /?q=evil/*%20%22word%22*/%22word%22 HTTP/1.1', 'evil/*%20%22word%22*/%22word%22', true],
    [
      'entities that were encoded',
      'GET /?q=e%2526%2523118;il%20%22word%22 HTTP/1.1',
      'e%2526%2523118;il%20%22word%22',
      true,
    ],
    [
      'base64, of which no less could be decoded',
      `GET /?evil=1&q=x,${base64}&r=2 HTTP/1.1`,
      base64.slice(0, 30),
      false,
    ],
  ])('through %s', (_, request, bytes, isExact) => {
    for (const field of ['x-query-value', 'cs-uri-query', 'c-uri', 'x-input', 'x-request']) {
      const text = logLine({ request, referer: 'https://a.example/evil' });
      const [item] = explained(text, field).rules[0]?.items.filter(({ selection }) => selection === 'word') ?? [];
      expect(item?.bytes?.isExact).toBe(isExact);
      expect(text.slice(item?.bytes?.start, item?.bytes?.end)).toBe(bytes);
    }
  });

  it('at its own place, not where the same text stands before', () => {
    const request = 'GET /evil%20%22word%22/?evil%20%22word%22=evil%20%22word%22x&b=%65vil%20%22word%22 HTTP/1.1';
    const text = logLine({ request });
    const [item] =
      explained(text, 'x-query-value').rules[0]?.items.filter(({ selection }) => selection === 'word') ?? [];
    expect(item?.bytes?.start).toBe(text.indexOf('=evil') + 1);
  });

  it.each([
    ['nowhere', '203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "-"', 'evil', -1],
    ['quoted', '- "evil" "evil" evil', 'evil', 3],
    ['between spaces', 'devil evil evils', 'evil', 6],
    ['anywhere, once', 'a=devil', 'evil', 3],
    ['in several places', 'devil evils', 'evil', -1],
  ])('where its value stands in the line: %s', (_, line, value, start) => {
    const place = { value, source: 'request', start: 0, end: value.length, isExact: true } as const;
    const found = start < 0 ? null : { start, end: start + value.length, isExact: true };
    expect(matchLocator(line)(place)).toEqual(found);
  });

  it('of quoted values the first for a referer, the last for a user agent, the only one for others', () => {
    const line = '1 "x \\xc3\\xa9\\xe9" "x \\xc3\\xa9\\xe9" x';
    const value = 'x \u00e9\u00e9';
    const find = (source: 'referer' | 'user-agent' | 'other') =>
      matchLocator(line)({ value, source, start: 2, end: 4, isExact: false })?.start;
    expect([find('referer'), find('user-agent'), find('other')]).toEqual([5, 22, undefined]);
  });
});

describe('the text', () => {
  const request = 'GET /?q=evil%20%22word%22%1b[2J HTTP/1.1';

  it('underlines what matched with carets', () => {
    const lines = describeLine(explained(logLine({ request })), [], null);
    const carets = lines.findIndex((line) => /^ +\^+$/.test(line));
    const [from, to] = [lines[carets]?.indexOf('^') ?? 0, lines[carets]?.length ?? 0];
    expect(lines[carets - 1]?.slice(from, to)).toBe('evil%20%22word%22');
    expect(lines).toContain('These rules match:');
  });

  it('says where all of a piece had to be marked', () => {
    const base64 = Buffer.from('this is an evil "word" in base64').toString('base64');
    const lines = describeLine(explained(logLine({ request: `GET /?q=${base64} HTTP/1.1` })), [], null);
    const carets = lines.findIndex((line) => /^ +\^+$/.test(line));
    expect(lines[carets + 1]).toBe('           (somewhere within what is marked)');
  });

  it('sets it off by the highlighter of a terminal', () => {
    const text = describeLine(explained(logLine({ request })), [], (marked) => `<${marked}>`).join('\n');
    expect(text).toContain('?q=<evil%20%22word%22>%1b[2J');
    expect(text).not.toContain('^');
  });

  it('keeps carets in place after bytes that are shown as escapes, and in long lines', () => {
    const long = `${'a'.repeat(500)}\xe9\x1b\xff${request.slice(8, 26)}${'b'.repeat(500)}`;
    const lines = describeLine(explained(logLine({ request: `GET /?q=${long} HTTP/1.1` })), [], null);
    const carets = lines.findIndex((line) => /^ +\^+$/.test(line));
    expect(lines[carets - 1]?.slice(lines[carets]?.indexOf('^'), lines[carets]?.length)).toBe('evil%20%22word%22');
    expect(lines[carets - 1]).toContain('\\xe9\\x1b\\xff');
    expect(lines[carets - 1]?.length).toBeLessThan(150);
  });

  it('tells why a rule that came near does not match', () => {
    const { rules } = explained(logLine({ request, userAgent: 'Monitor/1' }));
    expect(rules).toMatchObject([
      {
        matched: false,
        items: expect.arrayContaining([
          expect.objectContaining({ selection: 'ordinary', isTrue: true, isNegated: true }),
          expect.objectContaining({ selection: 'word', isTrue: true, isNegated: false }),
        ]),
      },
    ]);
    const text = describeLine(explained(logLine({ request, userAgent: 'Monitor/1' })), [], null).join('\n');
    expect(text).toContain('No rule matches.');
    expect(text).toContain('These rules come near:');
    expect(text).toMatch(/true {3}not ordinary: cs-user-agent\|contains/);
  });

  it('shows the filters of a rule apart from its own items', () => {
    const filter = (title: string, item: string) =>
      `title: ${title}\nfilter:\n  rules: any\n  own: {${item}}\n  condition: not own\n`;
    const text = [
      RULES.replace('FIELD', 'x-input'),
      filter('"Office \\e"', 'c-ip: 10.0.0.1'),
      filter('Probes', 'cs-user-agent|contains: probe'),
    ].join('---\n');
    const tools = toolsOf(readRules([{ path: 'a.yml', text }]));
    const linesOf = (userAgent: string) => {
      const result = explainLine(lineOf(logLine({ request, userAgent })), tools);
      return isUnreadable(result) ? [] : describeLine(result, [], null);
    };
    const suppressed = linesOf('our probe');
    expect(suppressed).toContain('No rule matches.');
    expect(suppressed.slice(suppressed.indexOf('Filters suppress these rules:'))).toEqual(
      expect.arrayContaining([
        '  high  Word  (a.yml)',
        '    filter "Office \\x1b" (a.yml) lets it pass:',
        '    false  not own: c-ip',
        '    filter "Probes" (a.yml) suppresses it:',
        '    true   not own: cs-user-agent|contains  raw: probe',
      ]),
    );
    expect(linesOf('x')).not.toContain('Filters suppress these rules:');
  });

  it('names the allow-list entry that applied', () => {
    const lines = describeLine(explained(logLine({ request }), 'x-input', 'our \x1b scanner'), [], null);
    expect(lines).toContain('Nothing of this is reported: allowed by our \\x1b scanner');
  });
});

describe('correlations', () => {
  const rules = ruleSet('x-input');
  const detect = detector(rules, { own: (entry) => entry });
  const linesOf = (count: number, everyMs: number) =>
    Array.from({ length: count }, (_, index) => {
      const text = logLine({ request: 'GET /?q=evil%20%22word%22 HTTP/1.1', time: NOON + index * everyMs });
      const entry = parser({ format: findFormat('combined') })(lineOf(text, index + 1));
      if ('code' in entry) throw new Error(entry.code);
      return { entry, hits: detect(entry) };
    });
  const [words] = rules.correlations;
  if (words === undefined) throw new Error('there is no correlation');

  it('that a line counts for are found through others, with their groups', () => {
    const [{ entry } = { entry: undefined }] = linesOf(1, 0);
    const feedings = entry === undefined ? [] : feedingsOf(rules, entry, new Set(['word']));
    expect(feedings.map(({ correlation, ...rest }) => ({ id: correlation.rule.id, ...rest }))).toEqual([
      { id: 'words', by: ['word'], group: { 'c-ip': '192.0.2.1' } },
      { id: 'more', by: ['word', 'words'], group: { 'cs-username': null } },
    ]);
  });

  it.each([
    [3, 1000, 3, false],
    [4, 1000, 4, true],
    [9, 1000, 9, true],
    [4, 30_000, 3, false],
    [4, 61_000, 1, false],
  ])('are measured: %i lines %i ms apart', (count, everyMs, reached, fired) => {
    expect(countWindow(rules, words, CORRELATOR_DEFAULTS, linesOf(count, everyMs))).toMatchObject({
      count: reached,
      fired,
    });
  });
});

describe('the configured correlation', () => {
  it('is that of the windows which explain measures, and of the proofs that rules check runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-windows-'));
    const request = 'GET /?q=evil%20%22word%22 HTTP/1.1';
    const proof = `    match: [[{request: '${request}', client: '2001:db8::{n}', repeat: 4}]]`;
    const [rules, config] = [join(folder, 'a.yml'), join(folder, 'sightline.yaml')];
    const [word, words = ''] = RULES.replace('FIELD', 'x-input').split('---');
    writeFileSync(rules, `${word}---${words}sightline:\n  proof:\n${proof}\n`);
    // Four addresses of one network are one attacker, unless addresses are grouped by all of their bits.
    writeFileSync(config, 'correlation: {ipv6_prefix: 128}\n');
    const input = Array.from({ length: 4 }, (_, index) =>
      logLine({ request, client: `2001:db8::${index}`, time: NOON + index }),
    ).join('\n');
    const explaining = ['explain', '-', '--no-default-rules', '--rules', rules];
    const [told, bounded, proven, refuted] = await Promise.all([
      runCli(explaining, { input }),
      runCli([...explaining, '--config', config], { input }),
      runCli(['rules', 'check', rules]),
      runCli(['rules', 'check', rules, '--config', config]),
    ]);
    expect(told.stdout).toContain('fires  Words: reached 4 of event_count >= 4');
    expect(bounded.stdout).toContain('quiet  Words: reached 1 of event_count >= 4');
    expect(proven).toMatchObject({ code: 0, stdout: '' });
    expect(refuted).toMatchObject({ code: 2, stdout: expect.stringContaining('"Words" must match and does not') });
  });
});

describe('sightline explain', () => {
  const attack = logLine({
    request: 'GET /item?id=1%27%20UNION%20SELECT%20user,password%20FROM%20users--%20- HTTP/1.1',
  });
  const folder = mkdtempSync(join(tmpdir(), 'sightline-explain-'));
  const own = join(folder, 'a.yml');
  writeFileSync(own, RULES.replace('FIELD', 'x-input'));

  it('explains a line given as an argument by the default rules', async () => {
    const { code, stdout, stderr } = await runCli(['explain', attack]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain("decoded: id=1' UNION SELECT user,password FROM users-- -");
    expect(stdout).toMatch(/ \^+\n/);
    expect(stdout).toContain('SQL injection');
  });

  it('gives all of it as JSON', async () => {
    const { stdout } = await runCli(['explain', attack, '--json']);
    const { format, lines, windows } = JSON.parse(stdout);
    expect(format).toContain('%h');
    expect(windows).toEqual([]);
    expect(lines).toMatchObject([
      { number: 1, text: attack, entry: { client: '192.0.2.1', status: 200 }, allowed: null },
    ]);
    expect(lines[0].rules[0]).toMatchObject({ matched: true });
    expect(lines[0].fields).toContainEqual(expect.objectContaining({ field: 'cs-uri-stem' }));
  });

  it('counts windows over the lines of standard input', async () => {
    const input = [0, 1, 2].map((index) =>
      logLine({ request: 'GET /?q=evil%20%22word%22 HTTP/1.1', time: NOON + index * 1000 }),
    );
    const options = ['--no-default-rules', '--rules', own];
    const [text, json] = await Promise.all([
      runCli(['explain', '-', ...options], { input: `${input.join('\n')}\n` }),
      runCli(['explain', '-', ...options, '--json'], { input: input.join('\r\n') }),
    ]);
    expect(text.stdout).toContain('quiet  Words: reached 3 of event_count >= 4 within 1m');
    expect(text.stdout).toContain('cs-username missing, so it does not count');
    expect(JSON.parse(json.stdout).windows).toMatchObject([
      { id: 'words', count: 3, fired: false },
      { id: 'more', count: 0 },
    ]);
  });

  it('says why a line does not parse and which format would fit', async () => {
    const [foreign, prefixed, prefixedJson, rubbish] = await Promise.all([
      runCli(['explain', `www.example.org ${attack}`]),
      runCli(['explain', `web_1  | ${attack}`]),
      runCli(['explain', `web_1  | ${attack}`, '--json']),
      runCli(['explain', 'no log line \x1b[2J', '--json']),
    ]);
    expect(foreign.stdout).toContain('not-this-format');
    expect(foreign.stdout).toContain("try --log-format '%v %h");
    expect(foreign.code).toBe(1);
    expect(prefixed.stdout).toContain('It looks like combined behind a prefix of syslog or a container: cut it off');
    expect(JSON.parse(prefixedJson.stdout).lines).toMatchObject([{ better: 'combined', prefix_words: 2 }]);
    expect(JSON.parse(rubbish.stdout).lines).toEqual([
      { number: 1, text: 'no log line \x1b[2J', rejected: 'not-this-format', better: null },
    ]);
    expect(rubbish.code).toBe(1);
  });

  it('cannot be made to drive the terminal', async () => {
    const hostile = logLine({
      request: 'GET /?q=%1b[2J\x1b[2J\u009b31m\u202e%e2%80%ae<script>alert(1)</script> HTTP/1.1',
      userAgent: '\x1b]0;owned\x07',
    });
    const [text, json] = await Promise.all([runCli(['explain', hostile]), runCli(['explain', hostile, '--json'])]);
    for (const { stdout, stderr } of [text, json]) {
      expect(`${stdout}${stderr}`.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
    expect(text.stdout).toContain('These rules match:');
  });

  it.each<[string, readonly string[], string | Buffer, string]>([
    ['nothing', ['explain', '-'], '\n\n', 'expected a log line'],
    ['too many lines', ['explain', '-'], `${attack}\n`.repeat(1001), 'at most 1000 lines'],
    ['a line without end', ['explain', '-'], 'x'.repeat(70_000), 'too-long'],
    ['an unknown format', ['explain', attack, '--log-format', 'nonsense'], '', 'nonsense'],
  ])('refuses %s', async (_, args, input, message) => {
    const { code, stderr, stdout } = await runCli(args, { input });
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
