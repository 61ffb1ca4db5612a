import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox } from '../src/sandbox/sandbox.ts';
import { openState } from '../src/state/state.ts';
import { RULES } from './pipeline/live-bench.ts';
import { LiveWorld, storedIn } from './support/live-world.ts';
import { logLine, NOON, sampleLog } from './support/logs.ts';
import { runCli } from './support/run-cli.ts';
import { type TailOptions, TailProcess } from './support/tail-process.ts';

const DRIVING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;
const SECRET = `${logLine({ client: '203.0.113.9', request: 'GET /.env HTTP/1.1' })}\n`;
/** A request half an hour later: what was before is over. */
const LATER = `${logLine({ time: NOON + 7_200_000 })}\n`;
const DEAD = { SIGHTLINE_CLIENT_ID: 'client-x', SIGHTLINE_CLIENT_PASSWORD: 'x' };

let folder: string;
let log: string;
let state: string;
const running: TailProcess[] = [];
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-tail-'));
  log = join(folder, 'access.log');
  state = join(folder, 'state.db');
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules', 'rules.yml'), RULES);
});

afterEach(async () => {
  for (const process of running.splice(0)) if (!process.hasEnded) await process.end('SIGKILL');
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});

const OWN_RULES = ['--no-default-rules', '--rules', 'rules'];

function start(args: readonly string[], options: Partial<TailOptions> = {}): TailProcess {
  const process = new TailProcess(args, { cwd: folder, ...options });
  running.push(process);
  return process;
}

/** A server that says nothing, and what it was asked. */
async function openSilence(): Promise<{ env: Record<string, string>; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer(({ url }) => requests.push(url ?? '')).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { env: { ...DEAD, SIGHTLINE_IROH_URL: url, SIGHTLINE_PRIVATE_INTEL_URL: url }, requests };
}

function isRead(lines: number): boolean {
  const read = existsSync(state) ? openState(state, { access: 'read' }) : null;
  const rows = read?.load().ledger ?? [];
  read?.close();
  return rows[0]?.lines === lines;
}

const hitsIn = (name: string) => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
};

describe('sightline tail', () => {
  it('follows a log, stops when it is told to, and goes on where it was', async () => {
    const world = await LiveWorld.open();
    try {
      const lines = sampleLog().map((line) => `${line}\n`);
      world.write(lines.slice(0, 80).join(''));
      world.start();
      await world.settle(30_000);
      world.write(lines.slice(80).join(''));
      await world.settle(30_000);
      expect(await world.end('SIGTERM')).toBe(0);
      world.write(LATER);
      world.start();
      await world.settle(30_000);
      expect([await world.end('SIGINT'), world.stderr]).toEqual([0, '']);
      const batch = await world.batch();
      expect(storedIn(world.sandbox).size).toBeGreaterThan(10);
      expect(storedIn(world.sandbox)).toEqual(storedIn(batch));
      await batch.close();
    } finally {
      await world.close();
    }
  }, 60_000);

  it('wants to know which logs of a folder are to be followed', async () => {
    const { code, stderr } = await runCli(['tail', folder, join(folder, 'missing.log'), '--dry-run']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `${folder} is a folder: name the logs to follow, such as '${join(folder, '*access.log')}'`,
    );
    expect(stderr).not.toContain('missing.log');
  });

  it('quits at once at a second signal, and nothing is lost', async () => {
    const silence = await openSilence();
    writeFileSync(log, SECRET + LATER);
    const process = start(['access.log', '--state', state, ...OWN_RULES], { env: silence.env });
    await process.until('a request', () => silence.requests.length > 0);
    process.child.kill('SIGTERM');
    await process.until('the end of reading', async () => {
      const { stdout } = await runCli(['status', '--state', state, '--json']);
      return JSON.parse(stdout).outbox.waiting.parcels > 0;
    });
    process.child.kill('SIGTERM');
    expect(await process.exit()).toEqual({ code: null, signal: 'SIGTERM' });
    const kept = openState(state);
    expect(kept.load().ledger).toMatchObject([{ lines: 2, parsed: 2 }]);
    expect(kept.outbox.counts().waiting.parcels).toBeGreaterThan(0);
    kept.close();
  });

  it('begins at the end of a file if told so, and at the beginning of one that comes later', async () => {
    writeFileSync(log, SECRET);
    const process = start(['*.log', '--from', 'end', '--dry-run', '--state', state, '--hits', 'hits', ...OWN_RULES]);
    await process.said('"reading"');
    appendFileSync(log, SECRET.replace('.env HTTP', '.env?2 HTTP'));
    await process.until('the first hit', () => hitsIn('hits').length > 0);
    writeFileSync(join(folder, 'other.log'), SECRET);
    await process.until('the second hit', () => hitsIn('hits').length > 1);
    expect(await process.end()).toBe(0);
    expect(hitsIn('hits').map((line) => JSON.parse(line).target)).toEqual(['/.env?2', '/.env']);
  });

  it('reads standard input to its end, and gives out all it found', async () => {
    const args = ['tail', '-', '--dry-run', '--no-default-rules', '--rules', join(folder, 'rules')];
    const { code, stdout, stderr } = await runCli(args, { input: SECRET.trimEnd(), cwd: folder });
    expect(code).toBe(0);
    const bundles = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(bundles.flatMap(({ sightings = [] }) => sightings)).toHaveLength(1);
    expect(stderr).toContain('"lines":1');
  });

  it('says with its exit code that bundles of standard input wait', async () => {
    const silence = await openSilence();
    servers.splice(0)[0]?.close().closeAllConnections();
    const args = ['tail', '-', '--state', state, '--no-default-rules', '--rules', join(folder, 'rules')];
    const { code, stderr } = await runCli(args, { input: SECRET, cwd: folder, env: silence.env });
    expect([code, stderr]).toEqual([1, expect.stringContaining('not delivered, tried again at')]);
    expect(stderr).toMatch(/bundles are left: \d+ not delivered, which the next start with this state file sends;/);
  });

  it('sends what waits by another route, and warns of what waits for another tenant', async () => {
    const sandbox = await openSandbox({ faults: ['bad-gateway,times=99,path=/iroh/private-intel'] });
    const tail = (input: string, more: Record<string, string> = {}, ...args: string[]) =>
      runCli(['tail', '-', '--state', state, '--no-default-rules', '--rules', join(folder, 'rules'), ...args], {
        input,
        cwd: folder,
        env: { ...sandbox.environment, ...more },
      });
    writeFileSync(join(folder, 'sightline.yaml'), 'deliver: {max_wait: 1ms}\n');
    expect((await tail(SECRET)).code).toBe(1);
    const elsewhere = await tail('', { SIGHTLINE_PRIVATE_INTEL_URL: 'http://localhost:9' });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([
      0,
      expect.stringContaining(`2 bundles wait for ${sandbox.url}, not for http://localhost:9: start with`),
    ]);
    const retry = await runCli(['outbox', 'retry', '--all', '--state', state]);
    expect(retry.code).toBe(0);
    const sent = await tail('', {}, '--route', 'direct');
    expect([sent.code, sandbox.entities('incident').length]).toEqual([0, 1]);
    expect(sent.stderr).not.toContain('bundles wait');
    await sandbox.close();
  });

  it('says with its exit code that bundles of standard input were refused', async () => {
    const sandbox = await openSandbox({ faults: [{ kind: 'store-failure', times: 100 }] });
    const args = ['tail', '-', '--state', state, '--no-default-rules', '--rules', join(folder, 'rules')];
    const { code, stderr } = await runCli(args, { input: SECRET, cwd: folder, env: sandbox.environment });
    await sandbox.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining('refused, and parked')]);
    expect(stderr).toMatch(/bundles are left: \d+ refused, which sightline outbox retry sends again/);
  });

  it('goes on in another format when the format of a log changes, and says so', async () => {
    const lines = Array.from({ length: 250 }, () => `${logLine({})}\n`).join('');
    const others = Array.from({ length: 60 }, () => `www.example.org:443 ${SECRET}`).join('');
    const args = ['tail', '-', '--dry-run', '--quiet', '--no-default-rules', '--rules', join(folder, 'rules')];
    const { code, stdout, stderr } = await runCli(args, { input: lines + others, cwd: folder });
    expect(code).toBe(0);
    expect(stderr).toContain('50 lines in a row of - are not of the format that it is read in: from the first of them');
    expect(stdout).toContain('"count":60');
  });

  it('says once that lines are of no format that it can tell', async () => {
    const lines = Array.from({ length: 250 }, () => `${logLine({})}\n`).join('');
    const args = ['tail', '-', '--dry-run', '--quiet', '--no-default-rules', '--rules', join(folder, 'rules')];
    const { stderr } = await runCli(args, { input: lines + 'rubbish\n'.repeat(120), cwd: folder });
    expect(stderr.split('\n').filter((line) => line.includes('nor of one that can be told'))).toHaveLength(1);
  });

  it('finds a rotated file in the folder that it was told of', async () => {
    writeFileSync(log, `${logLine({})}\n`);
    const args = ['access.log', '--dry-run', '--state', state, '--hits', 'hits', ...OWN_RULES, '--rotated-to', 'away'];
    const first = start(args);
    await first.until('the line', () => isRead(1));
    expect(await first.end()).toBe(0);
    appendFileSync(log, SECRET);
    mkdirSync(join(folder, 'away'));
    renameSync(log, join(folder, 'away', 'access.log.1'));
    writeFileSync(log, '');
    const second = start(args);
    await second.until('the hit', () => hitsIn('hits').length === 1);
    expect(await second.end()).toBe(0);
  });

  it('ends quietly when nobody reads what a dry run prints any more', async () => {
    const process = start(['-', '--dry-run', ...OWN_RULES]);
    process.child.stdout?.destroy();
    await process.said('"reading"');
    process.child.stdin?.write(SECRET + LATER);
    expect((await process.exit()).code).toBe(1);
    expect(process.stderr).not.toContain('Error');
  });

  it('leaves no file behind after a dry run', async () => {
    writeFileSync(log, SECRET);
    for (const name of ['home', 'tmp']) mkdirSync(join(folder, name));
    const env = { XDG_STATE_HOME: join(folder, 'home'), HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp') };
    const process = start(['access.log', '--dry-run', ...OWN_RULES], { env });
    await process.said('"reading"');
    await process.until('a temporary state', () => readdirSync(join(folder, 'tmp')).length > 0);
    expect(await process.end()).toBe(0);
    expect(process.stdout).toContain('"sightings"');
    expect([readdirSync(join(folder, 'home')), readdirSync(join(folder, 'tmp'))]).toEqual([[], []]);
  });

  it('warns of the rules that can never match, once for a format', async () => {
    const line = (time: number) => `${logLine({ time }).replace(/ "-" ".*/, '')}\n`;
    writeFileSync(log, line(NOON));
    writeFileSync(join(folder, 'other.log'), line(NOON));
    const agent = RULES.split('---')[0]?.replace('cs-uri-stem: /.env', 'cs-user-agent: x') ?? '';
    writeFileSync(join(folder, 'rules', 'rules.yml'), agent);
    const process = start(['*.log', '--dry-run', '--state', state, '--quiet', ...OWN_RULES]);
    await process.said('can never match in common');
    await process.until('both logs', () => {
      const read = openState(state, { access: 'read' });
      const rows = read.load().ledger.filter(({ parsed }) => parsed === 1);
      read.close();
      return rows.length === 2;
    });
    await process.end();
    expect(process.logs()).toEqual([expect.objectContaining({ level: 'warn' })]);
  });
});

it('warns when there is no file for its patterns yet', async () => {
  const process = start([join(folder, 'nothing*.log'), '--dry-run', '--quiet']);
  await process.said('no file is there yet');
  expect(await process.end()).toBe(0);
});

describe('a failure that ends it', () => {
  it.each([
    ['usage', ['--metrics', 'nonsense']],
    ['faults', ['--config', 'bad.yaml']],
    ['not-a-state', ['--state', 'access.log']],
  ])('is one event of the log: %s', async (code, args) => {
    writeFileSync(log, SECRET);
    writeFileSync(join(folder, 'bad.yaml'), 'one: 1\ntwo: 2\n');
    const run = await runCli(['tail', 'other.log', '--dry-run', ...args], { cwd: folder });
    const events = run.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([run.code, events.at(-1)]).toEqual([2, expect.objectContaining({ level: 'error', code })]);
  });
});

describe.skipIf(!existsSync('/dev/full'))('a file of hits on a full disk', () => {
  it('makes reading pause, until it is told to stop', async () => {
    const process = start(['-', '--dry-run', '--hits', '/dev/full', ...OWN_RULES]);
    process.child.stdin?.end(SECRET);
    await process.said('reading pauses: no room to write /dev/full: ENOSPC');
    expect(await process.end()).toBe(1);
    expect(process.logs().at(-1)).toMatchObject({
      level: 'error',
      code: 'state-full',
      msg: expect.stringContaining('no room to write /dev/full: ENOSPC'),
    });
  });

  it('ends a batch', async () => {
    writeFileSync(log, SECRET);
    const run = await runCli(['batch', log, '--dry-run', '--quiet', '--hits', '/dev/full'], { cwd: folder });
    expect([run.code, run.stderr]).toEqual([1, expect.stringMatching(/^sightline: no room to write .*\n$/)]);
  });
});

describe('SIGHUP', () => {
  it('reads the rules again; a set with a fault changes nothing', async () => {
    const rules = join(folder, 'rules', 'rules.yml');
    writeFileSync(log, '');
    const process = start(['access.log', '--dry-run', '--state', state, '--hits', 'hits', ...OWN_RULES]);
    await process.said('"reading"');

    writeFileSync(rules, RULES.replaceAll('level: high', 'level: hgih'));
    process.child.kill('SIGHUP');
    await process.said('stay as they were');
    expect(process.logs().at(-1)).toMatchObject({ level: 'error', msg: expect.stringMatching(/rules\.yml:\d+:\d+: /) });
    appendFileSync(log, SECRET);
    await process.until('a hit of the old rules', () => hitsIn('hits').length > 0);

    const dead = join(folder, 'rules', 'dead.yml');
    symlinkSync('gone', dead);
    process.child.kill('SIGHUP');
    await process.until('word of the file', () =>
      process.logs().some(({ msg }) => String(msg).includes('dead.yml: cannot be')),
    );
    rmSync(dead);

    writeFileSync(rules, RULES.replace('/.env', '/.git/config').replace('Secret file', 'Repository'));
    process.child.kill('SIGHUP');
    await process.said('were read again');
    expect(process.logs().at(-1)).toMatchObject({ level: 'info', rules: 2 });
    appendFileSync(log, SECRET + SECRET.replace('/.env', '/.git/config'));
    await process.until('a hit of the new rules', () => hitsIn('hits').length > 1);
    expect(await process.end()).toBe(0);
    expect(hitsIn('hits').map((line) => JSON.parse(line).rule)).toEqual(['Secret file', 'Repository']);
  });
});

describe('--metrics', () => {
  const fetchText = async (process: TailProcess, path: string, method = 'GET') => {
    const url = process.logs().find((it) => it.url !== undefined)?.url;
    const response = await fetch(`${url}${path}`, { method });
    return { status: response.status, text: await response.text() };
  };

  it('serves Prometheus metrics without the address of any client, and says that it reads', async () => {
    writeFileSync(log, SECRET + SECRET.replace('203.0.113.9', '2001:db8::7'));
    appendFileSync(log, 'rubbish\n');
    const process = start(['access.log', '--dry-run', '--metrics', '127.0.0.1:0', '--hits', 'hits', ...OWN_RULES]);
    await process.until('the hits', () => hitsIn('hits').length === 2);
    const { status, text } = await fetchText(process, '/metrics');
    expect(status).toBe(200);
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const sample =
      /^[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (?:[-+]?[0-9.e+-]+|NaN|[-+]Inf)$/;
    expect(samples.filter((line) => !sample.test(line))).toEqual([]);
    expect(text).not.toMatch(/203\.0\.113|2001:db8/);
    expect(samples).toEqual(
      expect.arrayContaining([
        'sightline_lines_total 3',
        'sightline_parsed_total 2',
        'sightline_rejected_total{code="not-this-format"} 1',
        'sightline_hits_total{rule="Secret file"} 2',
        'sightline_lag_bytes{source="access.log"} 0',
        'sightline_paused 0',
      ]),
    );
    expect(await fetchText(process, '/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await fetchText(process, '/readyz?full')).toEqual({ status: 200, text: 'ok\n' });
    expect(await fetchText(process, '/else')).toMatchObject({ status: 404 });
    expect(await fetchText(process, '/metrics', 'POST')).toMatchObject({ status: 405 });
    expect(await process.end()).toBe(0);
  });

  it('is not ready while the outbox is full, and lives nevertheless', async () => {
    const silence = await openSilence();
    writeFileSync(join(folder, 'sightline.yaml'), 'state: {outbox_max_bytes: 1000000}\n');
    const destination = String(silence.env.SIGHTLINE_PRIVATE_INTEL_URL);
    const filled = openState(state);
    const parcel = { key: 'k', body: JSON.stringify('x'.repeat(1_000_000)), incident: 'i' };
    filled.commit({ parcels: [{ parcel, destination, aftermath: null }] });
    filled.close();
    writeFileSync(log, SECRET);
    const args = ['access.log', '--state', state, '--metrics', ':0', ...OWN_RULES];
    const process = start(args, { env: silence.env });
    await process.said('reading pauses: the outbox is full');
    expect(await fetchText(process, '/readyz')).toEqual({ status: 503, text: expect.stringContaining('full') });
    expect(await fetchText(process, '/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect((await fetchText(process, '/metrics')).text).toContain('sightline_paused 1\n');
    const { code } = await runCli(['outbox', 'drop', '1', '--yes', '--state', state]);
    expect(code).toBe(0);
    await process.said('"reading goes on"');
    expect(await fetchText(process, '/readyz')).toEqual({ status: 200, text: 'ok\n' });
  });

  it.each([
    ['nowhere', 2, 'expected host:port'],
    ['127.0.0.1:99999', 2, 'expected host:port'],
    ['192.0.2.1:9464', 1, 'cannot serve metrics at 192.0.2.1:9464'],
  ])('refuses %s', async (where, expected, message) => {
    const args = [
      'tail',
      'access.log',
      '--dry-run',
      '--metrics',
      where,
      '--no-default-rules',
      '--rules',
      join(folder, 'rules'),
    ];
    const { code, stderr } = await runCli(args, { cwd: folder });
    expect([code, stderr]).toEqual([expected, expect.stringContaining(message)]);
  });
});

describe('the state file', () => {
  it('is for one process: a second one is refused', async () => {
    writeFileSync(log, '');
    const args = ['access.log', '--dry-run', '--state', state, ...OWN_RULES];
    const process = start(args);
    await process.said('"reading"');
    const { code, stderr, stdout } = await runCli(['tail', ...args], { cwd: folder });
    expect([code, stdout]).toEqual([1, '']);
    expect(JSON.parse(stderr)).toMatchObject({
      code: 'state-locked',
      msg: `another Sightline works on the state file ${state} (its lock is ${state}.lock); stop that one first, or give this one a state file of its own with --state`,
    });
    expect(await process.end()).toBe(0);
  });

  it.each([
    ['damaged', 1, /is damaged [\s\S]*Stop Sightline and keep a copy/],
    ['of another program', 2, /is an SQLite file of another program/],
  ])('that is %s is said to be so, and left as it is', async (kind, expected, message) => {
    if (kind === 'damaged') {
      openState(state).close();
      const bytes = readFileSync(state);
      writeFileSync(state, bytes.fill(0xff, 4096));
    } else {
      const { DatabaseSync } = await import('node:sqlite');
      const other = new DatabaseSync(state);
      other.exec('CREATE TABLE t (x)');
      other.close();
    }
    const before = readFileSync(state);
    const { code, stderr } = await runCli(['tail', log, '--dry-run', '--state', state]);
    expect([code, stderr]).toEqual([expected, expect.stringMatching(message)]);
    expect(stderr).not.toContain('    at ');
    expect(readFileSync(state)).toEqual(before);
  });
});

describe('what a service says', () => {
  it('is one JSON object a line where no person reads along, whatever files are called', async () => {
    const hostile = 'a\u001b[2J\u009b31m\u202eb.log';
    writeFileSync(join(folder, hostile), SECRET);
    const process = start([hostile, 'missing.log', '--dry-run', '--state', state, ...OWN_RULES]);
    await process.said('"reading"');
    rmSync(join(folder, hostile));
    await process.said(String.raw`a\\x1b[2J\\x9b31m\\u{202e}b.log is missing`);
    expect(await process.end()).toBe(0);
    expect(process.stderr).not.toMatch(DRIVING);
    for (const entry of process.logs()) {
      expect(entry).toMatchObject({ level: expect.stringMatching(/^(?:info|warn|error)$/), msg: expect.any(String) });
      expect(new Date(String(entry.time)).toISOString()).toBe(entry.time);
    }
    expect(process.logs().map(({ msg }) => msg)).toEqual(expect.arrayContaining(['reading', 'stopped']));
  });

  it('is nothing with --quiet as long as there is nothing to warn of', async () => {
    writeFileSync(log, SECRET);
    const process = start(['access.log', '--dry-run', '--state', state, '--hits', 'hits', '--quiet', ...OWN_RULES]);
    await process.until('the hit', () => hitsIn('hits').length === 1);
    expect(await process.end()).toBe(0);
    expect(process.stderr).toBe('');
  });
});
