import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { logLine, NOON, sampleLog } from './support/logs.ts';
import { runCli } from './support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-batch-'));
const lines = sampleLog();
const log = join(folder, 'access.log');
writeFileSync(log, `${lines.join('\n')}\n`);
const ATTACKERS = ['198.51.100.7', '2001:db8:5::/64', '203.0.113.5'];

interface Bundle {
  readonly type: string;
  readonly incidents: readonly { readonly external_ids: readonly string[]; readonly title: string }[];
  readonly sightings: readonly { readonly external_ids: readonly string[]; readonly count: number }[];
  readonly relationships: readonly { readonly external_ids: readonly string[] }[];
}

const bundlesOf = (stdout: string): Bundle[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const attackersOf = (stdout: string) =>
  bundlesOf(stdout)
    .flatMap(({ incidents }) =>
      incidents.map(({ title }) => ATTACKERS.find((attacker) => title.includes(attacker)) ?? title),
    )
    .sort();
const idsOf = (stdout: string) =>
  bundlesOf(stdout)
    .flatMap(({ incidents, sightings, relationships }) => [...incidents, ...sightings, ...relationships])
    .flatMap(({ external_ids }) => external_ids)
    .sort();
const dryRun = (...args: string[]) => runCli(['batch', '--dry-run', ...args]);

describe('sightline batch --dry-run', () => {
  it('prints one bundle a line for each attacker, and tells people about it on stderr', async () => {
    const { code, stdout, stderr } = await dryRun(log);
    expect(code).toBe(0);
    expect(attackersOf(stdout)).toEqual(ATTACKERS);
    expect(bundlesOf(stdout).every(({ type }) => type === 'bundle')).toBe(true);
    expect(stderr).toContain(`Read ${lines.length} lines in 1 file as combined`);
    expect(stderr).toContain('Incidents: 3');
    expect(stderr).not.toContain('\x1b');
  });

  it('says nothing but the bundles with --quiet', async () => {
    const { stdout, stderr } = await dryRun(log, '--quiet');
    expect(attackersOf(stdout)).toEqual(ATTACKERS);
    expect(stderr).toBe('');
  });

  it('gives the same bytes again', async () => {
    const [one, two] = await Promise.all([dryRun(log), dryRun(log)]);
    expect(one.stdout).toBe(two.stdout);
  });

  it.each([
    ['gzip', 'log.gz', (data: Buffer) => gzipSync(data)],
    ['zstd', 'log.zst', (data: Buffer) => zstdCompressSync(data)],
    ['CRLF', 'crlf.log', (data: Buffer) => Buffer.from(data.toString().replaceAll('\n', '\r\n'))],
    ['no last newline', 'cut.log', (data: Buffer) => data.subarray(0, -1)],
  ])('finds the same in %s', async (_, name, change) => {
    const path = join(folder, name);
    writeFileSync(path, change(readFileSync(log)));
    const [plain, changed] = await Promise.all([dryRun(log), dryRun(path)]);
    expect(changed.code).toBe(0);
    expect(idsOf(changed.stdout)).toEqual(idsOf(plain.stdout));
  });

  it('prints, writes and tells the same with workers as without', async () => {
    const path = join(folder, 'workers.log');
    writeFileSync(path, `${lines.join('\n')}\nno log line\n`);
    const run = async (count: number) => {
      const [hits, rejects] = ['hits', 'rejects'].map((name) => join(folder, `workers-${count}-${name}.jsonl`));
      const files = ['--hits', String(hits), '--rejects', String(rejects)];
      const { code, stdout, stderr } = await dryRun(path, '--workers', String(count), ...files);
      const told = stderr.replace(/read in .*/, '');
      return { code, stdout, told, hits: readFileSync(String(hits)), rejects: readFileSync(String(rejects)) };
    };
    const [without, ...others] = await Promise.all([0, 1, 3].map(run));
    expect(without).toMatchObject({ code: 0, told: expect.stringContaining('Incidents: 3') });
    expect(without?.rejects.toString()).toContain('no log line');
    for (const other of others) expect(other).toEqual(without);
  });

  it('finds the same on standard input', async () => {
    const [plain, piped] = await Promise.all([
      dryRun(log),
      runCli(['batch', '-', '--dry-run'], { input: readFileSync(log) }),
    ]);
    expect(idsOf(piped.stdout)).toEqual(idsOf(plain.stdout));
  });

  it.each([
    ['one after another', (index: number) => Math.floor((index * 7) / lines.length)],
    ['in turns, as seven virtual hosts would', (index: number) => index % 7],
  ])('finds the same incidents in seven files that hold the lines %s', async (title, fileOf) => {
    const parts = join(folder, title.slice(0, 3));
    mkdirSync(parts);
    for (let part = 0; part < 7; part++) {
      const own = lines.filter((_, index) => fileOf(index) === part);
      writeFileSync(join(parts, `part${6 - part}.log`), `${own.join('\n')}\n`);
    }
    const [whole, split] = await Promise.all([dryRun(log), dryRun(join(parts, '*.log'))]);
    expect(split.stderr).toContain('in 7 files');
    expect(idsOf(split.stdout)).toEqual(idsOf(whole.stdout));
    const counts = (stdout: string) =>
      bundlesOf(stdout).flatMap(({ sightings }) => sightings.map(({ count }) => count));
    expect(counts(split.stdout)).toEqual(counts(whole.stdout));
  });

  it('writes every detected line to --hits, with the lines that a correlation counted', async () => {
    const path = join(folder, 'hits.jsonl');
    await dryRun(log, '--hits', path);
    const hits = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const hit of hits) expect(lines[hit.line - 1]).toContain(hit.client);
    const guesses = hits.filter(({ client }) => client === '198.51.100.7');
    expect(new Set(guesses.map(({ line }) => line)).size).toBe(14);
    expect(new Set(hits.map(({ rule_id, line }) => `${rule_id} ${line}`)).size).toBe(hits.length);
  });

  it('keeps what does not parse in --rejects and says loudly when it is much', async () => {
    const path = join(folder, 'broken.log');
    const rejects = join(folder, 'rejects.jsonl');
    writeFileSync(path, [...lines.slice(0, 20), ...Array(5).fill('no log line\x1b[2J'), 'x'.repeat(70_000)].join('\n'));
    const { code, stderr } = await dryRun(path, '--rejects', rejects);
    expect(code).toBe(0);
    expect(stderr).toContain('5 not-this-format');
    expect(stderr).toContain('1 too-long');
    expect(stderr).toContain('could not be parsed');
    expect(stderr).not.toContain('\x1b');
    const kept = readFileSync(rejects, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(kept.map(({ code: why }) => why).sort()).toEqual([...Array(5).fill('not-this-format'), 'too-long']);
  });

  it('skips what lies outside --since and --until', async () => {
    const since = new Date(NOON + 500_000).toISOString();
    const { stdout, stderr } = await dryRun(log, '--since', since, '--until', '2026-11-22 12:15');
    expect(attackersOf(stdout)).toEqual(['2001:db8:5::/64', '203.0.113.5']);
    expect(stderr).toMatch(/\d+ skipped/);
  });

  it('never reports what the configuration allows', async () => {
    const config = join(folder, 'allow.yaml');
    writeFileSync(config, 'allow:\n  - cidr: [203.0.113.0/24]\n    reason: our scanner\n');
    const { stdout, stderr } = await dryRun(log, '--config', config);
    expect(attackersOf(stdout)).toEqual(['198.51.100.7', '2001:db8:5::/64']);
    expect(stderr).toContain('Allowed: 3 lines by our scanner');
  });

  it('counts the lines that a Sigma filter suppressed', async () => {
    const filter = join(folder, 'filter.yml');
    const condition = 'filter:\n  rules: any\n  office: {c-ip|cidr: 203.0.113.0/24}\n  condition: not office\n';
    writeFileSync(filter, `title: Our own scanner\n${condition}`);
    const { stdout, stderr } = await dryRun(log, '--rules', filter);
    expect(attackersOf(stdout)).toEqual(['198.51.100.7', '2001:db8:5::/64']);
    expect(stderr).toMatch(/Allowed: \d+ lines by Our own scanner/);
  });

  it('warns of rules that can never match in the format of the log, with the place of each item', async () => {
    const rule = join(folder, 'cookie.yml');
    const head = 'title: Cookie\nlogsource: {category: webserver}\ndetection:\n';
    writeFileSync(rule, `${head}  own:\n    cs-cookie: x\n    cs-host: y\n  condition: own\n`);
    const run = (...args: string[]) => dryRun(log, '--no-default-rules', '--rules', rule, ...args);
    const [told, quiet] = await Promise.all([run(), run('--quiet')]);
    expect(told.stderr.split('\n').slice(0, 2)).toEqual([
      `${rule}:5:5: warning: "Cookie" can never match in combined: the log has no cs-cookie; log it with %{Cookie}i`,
      `${rule}:6:5: warning: "Cookie" can never match in combined: the log has no cs-host; log it with %v`,
    ]);
    expect(quiet.stderr).toBe('');
  });

  it('names the web server that it was told of', async () => {
    const { stdout } = await dryRun(log, '--target', 'hostname=www.example.org', '--target', 'ip=192.0.2.80');
    expect(stdout).toContain('"Connected_To"');
    expect(stdout).toContain('"Resolved_To"');
    expect(stdout).toContain('www.example.org');
  });

  it.each([
    ['Nov 22 02:34:16 web1 httpd[123]: ', 5],
    ['web_1  | ', 2],
  ])('blames nobody for lines behind the prefix %j, and tells how to cut it off', async (prefix, words) => {
    const path = join(folder, `prefix-${words}.log`);
    writeFileSync(path, lines.map((line) => `${prefix}${line}\n`).join(''));
    const { stdout, stderr } = await dryRun(path);
    expect(stdout).toBe('');
    const command = `sed -E 's/^([^ ]+ +){${words}}//'`;
    expect(stderr).toContain(
      `cut it off, for example with ${command} FILE | sightline batch - --log-format 'combined'`,
    );
    const cut = execFileSync('sh', ['-c', `${command} ${path}`], { encoding: 'utf8' });
    expect(cut).toBe(readFileSync(log, 'utf8'));
  });

  it.each(['vhost_combined', 'common'])(
    'says by its name which format fits, when it is to read as %s',
    async (name) => {
      const { stderr } = await dryRun(log, '--log-format', name);
      expect(stderr).toContain("They look like combined: try --log-format 'combined'.");
    },
  );

  it('processes what is readable of a broken archive and exits 1', async () => {
    const path = join(folder, 'truncated.log.gz');
    const packed = gzipSync(readFileSync(log), { level: 1 });
    writeFileSync(path, packed.subarray(0, Math.floor(packed.length * 0.8)));
    const { code, stdout, stderr } = await dryRun(path);
    expect(code).toBe(1);
    expect(attackersOf(stdout)).toContain('203.0.113.5');
    expect(stderr).toContain('Not read in full');
    expect((await dryRun(path, '--quiet')).stderr).toMatch(new RegExp(`^sightline: ${path}: .+\\n$`));
  });

  it('writes to --out in one piece, indented with --pretty', async () => {
    const path = join(folder, 'bundles.json');
    const { code, stdout } = await runCli(['batch', log, '--out', path, '--pretty']);
    expect(code).toBe(0);
    expect(stdout).toBe('');
    expect(readFileSync(path, 'utf8')).toMatch(/^\{\n {2}"type": "bundle"/);
  });
});

describe('hostile lines', () => {
  it('cannot forge terminal output, Markdown structure or JSON', async () => {
    const path = join(folder, 'hostile.log');
    const attack = 'GET /?q=%27%20UNION%20SELECT%20password%20FROM%20users--%20-';
    writeFileSync(
      path,
      Buffer.concat(
        [
          logLine({ request: `${attack}\x1b[2J\u009b31m\u202e HTTP/1.1`, client: '203.0.113.6' }),
          logLine({
            request: `${attack}\`\`\` # Heading\\n# All clear\\n[x](http://evil.example) HTTP/1.1`,
            client: '203.0.113.6',
          }),
          logLine({
            request: `${attack} HTTP/1.1`,
            userAgent: '"},{"type":"incident"}\\x0a# Forged',
            client: '203.0.113.6',
          }),
          logLine({ request: `${attack}\x00\xff\xfe HTTP/1.1`, client: '203.0.113.6' }),
        ].map((line) => Buffer.from(`${line}\n`)),
      ),
    );
    const { code, stdout, stderr } = await dryRun(path);
    expect(code).toBe(0);
    expect(`${stdout}${stderr}`.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    const [bundle, ...more] = bundlesOf(stdout);
    expect(more).toEqual([]);
    const [incident] = JSON.parse(JSON.stringify(bundle)).incidents;
    const headings = incident.description.split('\n').filter((line: string) => /^#/.test(line));
    expect(headings[0]).toContain('203.0.113.6');
    expect(headings.filter((line: string) => /clear|Forged/.test(line))).toEqual([]);
    expect(incident.description).not.toMatch(/^[^`]*\[x\]\(/m);
  });
});

describe('wrong usage', () => {
  const config = join(folder, 'bad.yaml');
  writeFileSync(config, 'logs: {formt: x}\nbundle: {tlp: white}\n');
  const rules = join(folder, 'bad-rules');
  mkdirSync(rules);
  writeFileSync(
    join(rules, 'a.yml'),
    'title: A\nlogsource: {category: webserver}\ndetection:\n  s:\n    cs-uri-stem|contain: x\n  condition: s or t\n',
  );

  it.each([
    [['batch', 'none.log', '--dry-run'], 'none.log'],
    [['batch', log, '--dry-run', '--log-format', 'nonsense'], 'nonsense'],
    [['batch', log, '--dry-run', '--log-format', '%h %Z'], '%Z'],
    [['batch', log, '--dry-run', '--config', config], 'bad.yaml:1:8'],
    [['batch', log, '--dry-run', '--config', config], 'bad.yaml:2:15'],
    [['batch', log, '--dry-run', '--rules', rules], 'a.yml:5:'],
    [['batch', log, '--dry-run', '--since', 'yesterday'], '--since'],
    [['batch', log, '--dry-run', '--target', 'colour=red'], '--target'],
    [['batch', log, '--dry-run', '--target', 'constructor=x'], '--target'],
    [['batch', log, '--dry-run', '--out', 'x'], 'dry-run'],
    [['batch', log, '--dry-rum'], 'dry-rum'],
    [['batch', log, '--dry-run', '--config'], 'config'],
    [['batch', log, '--dry-run', '--rules', '/no/such/folder'], '/no/such/folder'],
    [['batch', log, '--pretty'], '--pretty'],
    [['batch', log, '--dry-run', '--workers', '-1'], '--workers'],
    [['batch', log, '--dry-run', '--workers', '65'], '--workers'],
    [['batch', log, '--dry-run', '--workers', '1.5'], '--workers'],
    [['batch', log, '--dry-run', '--workers', 'many'], '--workers'],
    [['batch', log, '--dry-run', '--workers', '2', '--state', 'x.db'], '--workers'],
    [['batch', log], 'SIGHTLINE_CLIENT_ID'],
    [['batsh', log], 'batch'],
    [[], 'command'],
  ])('sightline %j exits 2 and names %s', async (args, named) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toContain(named);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(stderr).not.toContain('    at ');
  });
});

it('--help shows examples, --version the version, completion a script', async () => {
  const [help, version, completion] = await Promise.all([
    runCli(['batch', '--help']),
    runCli(['--version']),
    runCli(['completion']),
  ]);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('--dry-run');
  expect(help.stdout).toContain('Examples:');
  expect(version.stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
  expect(completion.stdout).toContain('sightline');
});

it.each(['--hits', '--rejects'])('says where the file of %s cannot be, and leaves no other behind', async (option) => {
  const out = join(mkdtempSync(join(tmpdir(), 'sightline-out-')), 'out.jsonl');
  const { code, stderr } = await runCli(['batch', log, '--out', out, option, '/no/such/folder/lines']);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^sightline: cannot write \/no\/such\/folder\/lines: .*\n$/),
  ]);
  expect(readdirSync(dirname(out))).toEqual([]);
});
