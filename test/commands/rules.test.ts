import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRules } from '../../src/commands/rules/check.ts';
import { compareOutlines, type IncidentOutline } from '../../src/commands/rules/incident-outline.ts';
import { junitXml } from '../../src/commands/rules/junit.ts';
import { proofLines } from '../../src/commands/rules/proof-lines.ts';
import { proveRules } from '../../src/commands/rules/prove.ts';
import { CORRELATOR_DEFAULTS } from '../../src/correlate/correlate.ts';
import { readRules } from '../../src/detect/detect.ts';
import { describeFault } from '../../src/model/errors.ts';
import { findFormat, isReject, parser } from '../../src/parse/parse.ts';
import { logLine, NOON, sampleLog } from '../support/logs.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-rules-'));
const log = join(folder, 'access.log');
writeFileSync(log, `${sampleLog().join('\n')}\n`);

/** A rule that looks for `needle` in the target. */
const ruleText = (name: string, needle: string, more = '') =>
  `title: Rule ${name}\nid: ${name}\nstatus: test\nlevel: high\ntags: [attack.t1190]\nlogsource: {category: webserver}\n` +
  `detection:\n  selection:\n    c-uri|contains: ${needle}\n  condition: selection\n${more}`;
const sightline = (proof: string) => `sightline:\n  proof:\n${proof}`;
const COUNTING = [
  'title: Many',
  'id: many',
  'level: high',
  'correlation:',
  '  type: event_count',
  '  rules: [one]',
  '  group-by: [c-ip]',
  '  timespan: 1m',
  '  condition: {gte: 3}',
  '',
].join('\n');

let folders = 0;
/** A new rule folder with these files. */
function ruleFolder(files: Readonly<Record<string, string>>): string {
  const path = join(folder, `rules${folders++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

const prove = (...texts: string[]) =>
  proveRules(readRules(texts.map((text, index) => ({ path: `${index}.yml`, text }))), CORRELATOR_DEFAULTS, () => true);
const faultsOf = (...texts: string[]) => prove(...texts).map(({ fault }) => fault?.message ?? null);
const streamOf = (text: string) => {
  const [proof] = readRules([
    { path: 'a.yml', text: ruleText('one', 'x', sightline(`    match:\n      - ${text}\n`)) },
  ]).proofs.flatMap(({ cases }) => cases);
  if (proof === undefined) throw new Error('the rule has no proof');
  return proofLines(proof);
};

describe('the lines of a proof', () => {
  it.each([
    [
      'a request line',
      "'GET /x HTTP/1.1'",
      /^203\.0\.113\.9 - - \[10\/Oct\/2025:13:55:36 \+0000\] "GET \/x HTTP\/1\.1" 200 /,
    ],
    ['a host', "{request: 'GET /x HTTP/1.1', host: www.example.org}", /^www\.example\.org:80 203\.0\.113\.9 /],
    ['what was not sent', "{request: 'GET /x HTTP/1.1', user_agent: null, user: null}", / "-" "-"$/],
    ['facts', "{request: 'GET /x HTTP/1.1', status: 404, bytes: 7, user: bob, client: '::1'}", /^::1 - bob .* 404 7 /],
    ['quotes and controls', String.raw`{request: "GET /\"\\\n\x01 HTTP/1.1"}`, /"GET \/\\"\\\\\\n\\x01 HTTP\/1\.1"/],
    ['text beyond ASCII', "{request: 'GET /é HTTP/1.1'}", /"GET \/\\xc3\\xa9 HTTP/],
  ])('are as Apache writes %s', (_, request, line) => {
    expect(streamOf(request)[0]?.text).toMatch(line);
  });

  it('say the same again when they are parsed, whatever was sent', () => {
    const parse = parser({ format: findFormat('combined') });
    const proof = (userAgent: string) => ({
      expects: 'match' as const,
      stream: [
        {
          request: 'GET /x HTTP/1.1',
          userAgent,
          referer: undefined,
          status: undefined,
          client: undefined,
          host: undefined,
          user: undefined,
          bytes: undefined,
          repeat: 1,
          everyMs: 1000,
          afterMs: 0,
        },
      ],
      path: 'a.yml',
      line: 1,
      col: 1,
    });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 2 }), (agent) => {
        const sent = agent.toWellFormed();
        fc.pre(!/\{(?:n|word)\}/.test(sent));
        const [line] = proofLines(proof(sent));
        const entry = line === undefined ? undefined : parse(line);
        expect(entry).toMatchObject({ userAgent: sent });
      }),
    );
  });

  it('of a stream follow one another by every and after, numbered', () => {
    const text = `${COUNTING}${sightline(
      "    match:\n      - [{request: 'GET /{n} HTTP/1.1', repeat: 2, every: 5s}, {request: 'GET /b HTTP/1.1', after: 10m}]\n",
    )}`;
    const { proofs } = readRules([
      { path: 'a.yml', text: ruleText('one', 'x') },
      { path: 'b.yml', text },
    ]);
    const [proof] = proofs.flatMap(({ cases }) => cases);
    const lines = proof === undefined ? [] : proofLines(proof);
    expect(lines.map(({ text: line }) => /(\d\d:\d\d:\d\d) .*?"GET (\S+)/.exec(line)?.slice(1))).toEqual([
      ['13:55:36', '/0'],
      ['13:55:41', '/1'],
      ['14:05:46', '/b'],
    ]);
    const parse = parser({ format: findFormat('combined') });
    expect(lines.map(parse).some(isReject)).toBe(false);
    expect(lines.map(({ number, offset }) => [number, offset])).toEqual(
      lines.map((_, index) => [index + 1, lines.slice(0, index).reduce((sum, { length }) => sum + length + 1, 0)]),
    );
  });
});

it('a proof may have another word in each repetition', () => {
  const lines = streamOf("{request: 'GET /{word}/{n} HTTP/1.1', repeat: 703}");
  const paths = lines.map(({ text }) => /"GET (\S+)/.exec(text)?.[1]);
  expect(paths.slice(0, 3)).toEqual(['/a/0', '/b/1', '/c/2']);
  expect([paths[25], paths[26], paths[702]]).toEqual(['/z/25', '/ba/26', '/bba/702']);
  expect(new Set(paths.map((path) => path?.replace(/\d/g, ''))).size).toBe(703);
});

describe('a proof', () => {
  const stream = (status: number) => `{request: 'GET /evil HTTP/1.1', status: ${status}, repeat: 3, every: 1s}`;

  it.each<[string, string, string | null]>([
    ['that matches', "    match: ['GET /evil HTTP/1.1']\n", null],
    ['that is ignored', "    ignore: ['GET /good HTTP/1.1']\n", null],
    ['that does not match', "    match: ['GET /good HTTP/1.1']\n", 'must match and does not'],
    [
      'that is not ignored',
      "    ignore: ['GET /%65vil HTTP/1.1']\n",
      'must ignore and matches (c-uri, decoded: "evil")',
    ],
    [
      'that is a whole line of another format',
      `    match: ['{"client": "192.0.2.1", "time": "2025-10-10T13:55:36Z [10/Oct/2025:", "request": "GET /evil"}']\n`,
      'is no log line',
    ],
    ['that is a whole line', `    match: ['${logLine({ request: 'GET /evil HTTP/1.1' })}']\n`, null],
  ])('%s', (_, proof, message) => {
    const [fault, ...others] = faultsOf(ruleText('one', 'evil', sightline(proof)));
    expect(others).toEqual([]);
    if (message === null) expect(fault).toBeNull();
    else expect(fault).toContain(message);
  });

  it.each<[string, string, string, string | null]>([
    ['counts', COUNTING, `    match: [[${stream(200)}]]\n`, null],
    ['counts too few', COUNTING, `    match: [[{request: 'GET /evil HTTP/1.1', repeat: 2}]]\n`, 'must match'],
    [
      'counts within the time span',
      COUNTING,
      "    ignore: [[{request: 'GET /evil HTTP/1.1', repeat: 3, every: 40s}]]\n",
      null,
    ],
    ['does not alert in earnest', COUNTING, `  alerts: false\n    match: [[${stream(200)}]]\n`, null],
    [
      'builds on another',
      `${COUNTING.replace('id: many', 'id: most').replace('rules: [one]', 'rules: [many]').replace('gte: 3', 'gte: 1')}`,
      `    match: [[${stream(200)}]]\n    ignore: [[{request: 'GET /evil HTTP/1.1'}]]\n`,
      null,
    ],
  ])('of a correlation that %s', (_, correlation, proof, message) => {
    const more = correlation.includes('id: most') ? [COUNTING] : [];
    const key = proof.startsWith('  alerts')
      ? proof.replace('  alerts: false\n', 'sightline:\n  alerts: false\n  proof:\n')
      : sightline(proof);
    const faults = faultsOf(ruleText('one', 'evil'), ...more, `${correlation}${key}`);
    expect(faults.length).toBeGreaterThan(0);
    if (message === null) expect(faults.filter((fault) => fault !== null)).toEqual([]);
    else expect(faults).toEqual([expect.stringContaining(message)]);
  });
});

describe('sightline rules check', () => {
  it('is content with sound rules and tells how many there are', async () => {
    const dir = ruleFolder({ 'a.yml': ruleText('one', 'evil', sightline("    match: ['GET /evil HTTP/1.1']\n")) });
    const { code, stdout, stderr } = await runCli(['rules', 'check', dir]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: '1 rule, 1 proof, 0 faults, 0 warnings\n',
    });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'a proof that fails',
      { 'a.yml': ruleText('one', 'evil', sightline("    match:\n      - 'GET / HTTP/1.1'\n")) },
      'a.yml:14:9: "Rule one" must match',
    ],
    [
      'an id twice',
      { 'a.yml': ruleText('one', 'a'), 'b.yml': ruleText('one', 'b') },
      'b.yml:2:5: the id "one" is already',
    ],
    [
      'an unknown modifier',
      { 'a.yml': ruleText('one', 'a').replace('contains', 'contain') },
      'a.yml:9:5: unknown modifier',
    ],
    ['a pattern that would backtrack', { 'a.yml': ruleText('one', "'(a)\\1'").replace('contains', 're') }, 'a.yml:9:'],
    ['bad YAML', { 'a.yml': 'title: [' }, 'a.yml:1:'],
    [
      'an empty text that matches everything',
      { 'a.yml': ruleText('one', "''") },
      'a.yml:9:5: an empty text matches everything: name what c-uri must hold',
    ],
  ])('finds %s', async (_, files, message) => {
    const { faults, proofs } = await checkRules([ruleFolder(files)], [], findFormat('combined'), CORRELATOR_DEFAULTS);
    const all = [...faults, ...proofs.flatMap(({ fault }) => fault ?? [])].map(describeFault);
    expect(all).toEqual([expect.stringContaining(message)]);
  });

  it('warns of a folder without rules, and is not content where there are none at all', async () => {
    const [empty, filled] = [ruleFolder({ 'notes.txt': '' }), ruleFolder({ 'a.yml': ruleText('one', 'evil') })];
    const warning = `${empty}: warning: no rules are here: no file below it ends in .yml or .yaml\n`;
    expect(await runCli(['rules', 'check', empty])).toMatchObject({ code: 2, stdout: warning });
    expect(await runCli(['rules', 'check', empty, filled])).toMatchObject({ code: 0, stdout: warning });
  });

  it('prints faults and warnings by their places, and exits 2', async () => {
    const proof = sightline("    match:\n      - 'GET / HTTP/1.1'\n");
    const dir = ruleFolder({
      'a.yml': ruleText('one', 'evil', proof),
      'b.yml': ruleText('two', 'x').replace('c-uri', 'cs-cookie'),
    });
    const { code, stdout, stderr } = await runCli(['rules', 'check', dir]);
    expect(stdout).toContain(`${join(dir, 'b.yml')}:9:5: warning: "Rule two" can never match`);
    expect(stdout).toContain(`\n${join(dir, 'a.yml')}:14:9: "Rule one" must match and does not`);
    expect(stderr).toBe('2 rules, 1 proof, 1 fault, 1 warning\n');
    expect(code).toBe(2);
  });

  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      'a rule that cannot match',
      { 'a.yml': ruleText('one', 'x').replace('c-uri', 'cs-cookie') },
      'combined',
      'a.yml:9:5: "Rule one" can never match in combined: the log has no cs-cookie; log it with %{Cookie}i',
    ],
    [
      'a rule that cannot match in another format',
      { 'a.yml': ruleText('one', 'x').replace('c-uri', 'cs-user-agent') },
      'common',
      'can never match in common',
    ],
    [
      'a rule for other logs',
      { 'a.yml': ruleText('one', 'x').replace('webserver', 'process_creation') },
      'combined',
      'a.yml:6:12: never evaluated',
    ],
    [
      'a rule that no text, status or method can select',
      { 'a.yml': ruleText('one', '500').replace('c-uri|contains', 'sc-status|gte') },
      'combined',
      'a.yml:10:14: "Rule one" is evaluated on every line',
    ],
    [
      'a number that is to be a text',
      { 'a.yml': ruleText('one', 'x\n    sc-status: [404, abc]') },
      'combined',
      'a.yml:10:5: sc-status is a number and can never be "abc"',
    ],
    [
      'a filter that says what it means to deny',
      {
        'a.yml': ruleText('one', 'x'),
        'b.yml': 'title: F\nlogsource: {category: webserver}\nfilter:\n  rules: any\n  s: {c-uri: y}\n  condition: s\n',
      },
      'combined',
      'b.yml:6:14: the rules match only where',
    ],
  ])('warns of %s, which is no fault', async (_, files, format, message) => {
    const { faults, warnings } = await checkRules([ruleFolder(files)], [], findFormat(format), CORRELATOR_DEFAULTS);
    expect(faults).toEqual([]);
    expect(warnings.map(describeFault)).toEqual([expect.stringContaining(message)]);
  });

  it('does not warn of a format that logs what is asked for', async () => {
    const dir = ruleFolder({ 'a.yml': ruleText('one', 'x').replace('c-uri', 'cs-cookie') });
    const { code, stdout } = await runCli(['rules', 'check', dir, '--log-format', '%h %t "%r" "%{Cookie}i"']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });

  it('refuses the id of a default rule, with which batch could not load it', async () => {
    const dir = ruleFolder({ 'a.yml': ruleText('bf558153-c273-4d34-872a-87df78718987', 'x') });
    const beside = await runCli(['rules', 'check', dir]);
    expect(beside).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(
        /a\.yml:10:14: the id "bf558153-c273-4d34-872a-87df78718987" is that of a rule that comes along/,
      ),
    });
    expect((await runCli(['batch', log, '--dry-run', '--rules', dir])).code).toBe(2);
    expect(await runCli(['rules', 'check', dir, '--no-default-rules'])).toMatchObject({ code: 0, stdout: '' });
  });

  it('has nothing against the default rules themselves', async () => {
    const { code, stdout } = await runCli(['rules', 'check', join(import.meta.dirname, '..', '..', 'rules')]);
    expect([code, stdout]).toEqual([0, expect.not.stringMatching(/the id|empty text|can never be/)]);
  });

  it('lets rules refer to the default ones with --default-rules, and checks only the folder', async () => {
    const dir = ruleFolder({ 'a.yml': COUNTING.replace('[one]', '[wordpress-login-attempt]') });
    const [alone, together] = await Promise.all([
      runCli(['rules', 'check', dir]),
      runCli(['rules', 'check', dir, '--default-rules']),
    ]);
    expect(alone).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('there is no rule "wordpress-login-attempt"'),
    });
    expect(together).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining(' 0 proofs, 0 faults') });
  });

  it('writes JUnit with a case for each proof', async () => {
    const path = join(folder, 'report.xml');
    const dir = ruleFolder({
      'a.yml': ruleText(
        'one',
        'evil',
        sightline("    match: ['GET /evil HTTP/1.1']\n    ignore: ['GET /evil?<&\">\\ HTTP/1.1']\n"),
      ),
    });
    const { code } = await runCli(['rules', 'check', dir, '--junit', path]);
    const xml = readFileSync(path, 'utf8');
    expect(code).toBe(2);
    expect(xml).toContain('tests="2" failures="1"');
    expect(xml.match(/<testcase /g)).toHaveLength(2);
    expect(xml).toContain('/evil?&lt;&amp;');
  });

  it('says so when JUnit cannot be written', async () => {
    const { code, stderr } = await runCli([
      'rules',
      'check',
      ruleFolder({ 'a.yml': ruleText('one', 'x') }),
      '--junit',
      join(folder, 'none', 'x.xml'),
    ]);
    expect(stderr).toContain('cannot write');
    expect(code).not.toBe(0);
  });

  it.each([
    [['rules', 'check', '--log-format', 'nonsense'], 'nonsense'],
    [['rules'], 'rules --help'],
    [['rules', 'list', '--level', 'awful'], 'awful'],
    [['rules', 'test', 'x', '--log', log, '--examples', 'two'], '--examples'],
  ])('sightline %j is wrong usage', async (args, named) => {
    const { code, stderr } = await runCli(args);
    expect(stderr).toContain(named);
    expect(code).toBe(2);
  });
});

describe('JUnit', () => {
  it('holds nothing that XML does not allow, whatever a line says', () => {
    const rule = readRules([{ path: 'a.yml', text: ruleText('one', 'x') }]).rules[0];
    if (rule === undefined) throw new Error('no rule');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const place = { path: 'a.yml', line: 1, col: 1 };
        const proof = { ...place, expects: 'match' as const, stream: [] };
        const xml = junitXml([{ rule, proof, fault: { ...place, message: text } }], [{ ...place, message: text }]);
        expect(xml).not.toMatch(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
        expect(xml.replace(/<\/?(?:testsuites?|testcase|failure)(?: [a-z]+="[^"<]*")*\/?>/g, '')).not.toMatch(
          /<(?!\?xml)/,
        );
      }),
    );
  });
});

describe('sightline rules list', () => {
  const dir = ruleFolder({
    'one/a.yml': ruleText('one', 'evil'),
    'two/b.yml': ruleText('two', 'odd').replace('high', 'low').replace('t1190', 't1595'),
    'two/c.yml': COUNTING,
  });

  it.each<[readonly string[], readonly string[]]>([
    [[], ['one', 'two', 'many']],
    [
      ['--level', 'high'],
      ['one', 'many'],
    ],
    [
      ['--family', 'two'],
      ['two', 'many'],
    ],
    [['--tag', 'ATTACK.T1190'], ['one']],
    [['--tag', 'attack.t1190', '--tag', 'attack.t1595'], []],
  ])('keeps to %j', async (options, ids) => {
    const { stdout } = await runCli(['rules', 'list', dir, '--format', 'json', ...options]);
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual(ids);
  });

  it('prints a table', async () => {
    const [some, none] = await Promise.all([
      runCli(['rules', 'list', dir]),
      runCli(['rules', 'list', dir, '--tag', 'none']),
    ]);
    expect(some.stdout.split('\n')).toEqual([
      'LEVEL  TITLE     ID    STATUS  TAGS          PATH',
      'high   Rule one  one   test    attack.t1190  one/a.yml',
      'low    Rule two  two   test    attack.t1595  two/b.yml',
      'high   Many      many  -       -             two/c.yml',
      '',
    ]);
    expect(none.stdout).toBe('No rules.\n');
  });

  it('lists the default rules without a folder', async () => {
    const { stdout } = await runCli(['rules', 'list']);
    expect(stdout.split('\n').length).toBeGreaterThan(200);
  });
});

describe('sightline rules test', () => {
  const dir = ruleFolder({
    'a.yml': ruleText('one', 'phpmyadmin'),
    'b.yml': ruleText('two', 'nobody-asks-for-this'),
    'c.yml': COUNTING,
  });

  it('tells which rules fired, how often and where, those that only feed correlations included', async () => {
    const { code, stdout, stderr } = await runCli(['rules', 'test', dir, '--log', log, '--examples', '2', '--json']);
    expect(code).toBe(0);
    const { fired, silent, lines } = JSON.parse(stdout);
    expect(lines).toBe(sampleLog().length);
    expect(silent).toEqual(['two']);
    expect(fired).toMatchObject([
      { id: 'many', hits: 14, alerts: true, examples: [{ file: log }, { file: log }] },
      { id: 'one', hits: 14, alerts: false },
    ]);
    for (const { line, text } of fired[1].examples) expect(sampleLog()[line - 1]).toBe(text);
    expect(stderr).toContain('2 of 3 rules fired');
  });

  it('shows hostile lines harmlessly, and says how much was not parsed', async () => {
    const hostile = join(folder, 'hostile.log');
    writeFileSync(hostile, `${logLine({ request: 'GET /phpmyadmin\x1b[2J\xff HTTP/1.1' })}\nrubbish\n`, 'latin1');
    const { stdout, stderr } = await runCli(['rules', 'test', dir, '--log', hostile]);
    expect(stdout).toContain('/phpmyadmin\\x1b[2J\\xff');
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toContain('for correlations only');
    expect(stderr).toContain('50.0% of them not parsed');
  });
});

describe('sightline rules diff', () => {
  const old = ruleFolder({ 'a.yml': ruleText('one', 'phpmyadmin'), 'b.yml': ruleText('two', 'SELECT') });
  const fresh = ruleFolder({
    'a.yml': ruleText('one', 'pma_password').replace('high', 'critical'),
    'c.yml': ruleText('three', 'page').replace('high', 'critical'),
  });

  it('finds no difference between a folder and its copy', async () => {
    const copy = join(folder, 'copy');
    cpSync(old, copy, { recursive: true });
    const { code, stdout, stderr } = await runCli(['rules', 'diff', old, copy, '--log', log]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('0 appeared, 0 vanished, 0 changed, 2 stayed the same');
    rmSync(copy, { recursive: true });
  });

  it('lists what appears, vanishes and changes', async () => {
    const [json, text] = await Promise.all([
      runCli(['rules', 'diff', old, fresh, '--log', log, '--json']),
      runCli(['rules', 'diff', old, fresh, '--log', log]),
    ]);
    const { appeared, vanished, changed } = JSON.parse(json.stdout);
    expect(appeared.map(({ attacker }: IncidentOutline) => attacker)).toContain('192.0.2.10');
    expect(vanished).toMatchObject([{ attacker: '203.0.113.5', rules: [{ id: 'two', count: 3 }] }]);
    expect(changed).toMatchObject([
      { before: { attacker: '198.51.100.7', level: 'high' }, after: { level: 'critical' } },
    ]);
    expect(text.stdout).toMatch(/^\+ 192\.0\.2\.10 /m);
    expect(text.stdout).toMatch(/^- 203\.0\.113\.5 .*Rule two \(3\)/m);
    expect(text.stdout).toMatch(/^~ 198\.51\.100\.7 .*: level high -> critical/m);
  });

  it('refuses standard input, which cannot be read twice', async () => {
    const { code, stderr } = await runCli(['rules', 'diff', old, fresh, '--log', '-']);
    expect(stderr).toContain('read twice');
    expect(code).toBe(2);
  });

  it('exits 1 when a log could not be read to its end', async () => {
    const cut = join(folder, 'cut.gz');
    writeFileSync(cut, gzipSync(readFileSync(log)).subarray(0, 200));
    const { code, stderr } = await runCli(['rules', 'diff', old, fresh, '--log', log, cut]);
    expect(stderr).toContain('not read in full');
    expect(code).toBe(1);
  });
});

describe('two runs', () => {
  const at = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString();
  const incident = (attacker: string, first: number, last: number, hits = 1): IncidentOutline => ({
    attacker,
    first: at(first),
    last: at(last),
    level: 'high',
    outcome: 'attempt',
    score: 100,
    hits,
    rules: [],
  });

  it.each<[string, IncidentOutline[], IncidentOutline[], readonly [number, number, number, number]]>([
    ['the same', [incident('a', 0, 5)], [incident('a', 0, 5)], [0, 0, 0, 1]],
    ['other counts', [incident('a', 0, 5)], [incident('a', 0, 5, 2)], [0, 0, 1, 0]],
    ['another attacker', [incident('a', 0, 5)], [incident('b', 0, 5)], [1, 1, 0, 0]],
    ['seen earlier', [incident('a', 3, 5)], [incident('a', 0, 4)], [0, 0, 1, 0]],
    ['another time', [incident('a', 0, 5)], [incident('a', 60, 65)], [1, 1, 0, 0]],
    ['two in place of one', [incident('a', 0, 60)], [incident('a', 0, 5), incident('a', 50, 60)], [1, 0, 1, 0]],
    ['equal beginnings first', [incident('a', 10, 60)], [incident('a', 0, 20), incident('a', 10, 60)], [1, 0, 0, 1]],
  ])('%s', (_, old, fresh, expected) => {
    const { appeared, vanished, changed, same } = compareOutlines(old, fresh);
    expect([appeared.length, vanished.length, changed.length, same]).toEqual(expected);
  });
});
