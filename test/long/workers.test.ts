import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { makeLog } from '../../bench/make-log.ts';
import { DEFAULT_RULES, loadRules } from '../../src/detect/detect.ts';
import { BATCH_DEFAULTS } from '../../src/index.ts';
import { emptyTally } from '../../src/model/tally.ts';
import { findFormat } from '../../src/parse/parse.ts';
import type { Findings, Task } from '../../src/pipeline/apart/findings.ts';
import { player } from '../../src/pipeline/apart/play.ts';
import { segmentScanner } from '../../src/pipeline/apart/segment-scanner.ts';
import { segmentTexts } from '../../src/pipeline/apart/segment-texts.ts';
import { openWorkers } from '../../src/pipeline/apart/workers.ts';
import { openDetection } from '../../src/pipeline/detection.ts';
import { type ApartPlan, type BatchPlan, runBatch } from '../../src/pipeline/pipeline.ts';
import { quietMemory } from '../../src/pipeline/quiet-lines.ts';
import { openScan } from '../../src/pipeline/scan.ts';
import { ticker } from '../../src/pipeline/ticker.ts';
import { findSources } from '../../src/read/read.ts';
import { hitLine, rejectLine } from '../../src/report/report.ts';
import { logLine, NOON, sampleLog } from '../support/logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-workers-'));
const filter = join(folder, 'filter.yml');
const condition =
  'filter:\n  rules: [sqli-structure]\n  office: {c-ip|cidr: 203.0.113.128/25}\n  condition: not office\n';
writeFileSync(filter, `title: Our own scanner\n${condition}`);
const ruleFolders = [
  ...[
    'injection-sql',
    'scanners',
    'brute-force',
    'denial-of-service',
    'reconnaissance/any-request.yml',
    'reconnaissance/not-found.yml',
  ].map((name) => join(DEFAULT_RULES, name)),
  filter,
];
const rules = await loadRules(ruleFolders);
const SAMPLES = join(import.meta.dirname, '..', '..', 'samples', '*.log');

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Everything that a run tells anybody, in the order in which it does. */
async function run(patterns: readonly string[], apart: ApartPlan | null, given: Partial<BatchPlan> = {}) {
  const told: string[] = [];
  const { tally, formats, faults, correlator } = await runBatch({
    ...BATCH_DEFAULTS,
    sources: await findSources(patterns),
    rules,
    sink: {
      name: 'nowhere',
      async send({ key, body }) {
        told.push(`parcel ${body}`);
        return { key, verdict: 'delivered', entities: [], reason: null };
      },
      close: async () => {},
    },
    onHit: (hit) => told.push(`hit ${hitLine(hit)}`),
    onReject: (reject) => told.push(`reject ${rejectLine(reject)}`),
    ...given,
    ...(apart === null ? {} : { apart }),
  });
  const names = Array.from(formats, ([{ name }, files]) => [name, files]);
  return { told, tally, names, faults, counts: correlator.counts, attackers: correlator.attackers(100) };
}

const apart = (workers: number, segmentBytes: number): ApartPlan => ({ workers, ruleFolders, segmentBytes });

const lines = sampleLog();
const text = `${lines.join('\n')}\n`;
const generated = [...makeLog({ lines: 2500, seed: 7, attackShare: 0.05 })].join('');
const long = `${logLine({ request: `GET /${'x'.repeat(3000)} HTTP/1.1` })}\n`;
const tooLong = `${logLine({ request: `GET /${'y'.repeat(70_000)} HTTP/1.1` })}\n`;
const mixed = [
  '\xef\xbb\xbf',
  text,
  'no log line\n\n\n',
  long,
  tooLong,
  logLine({ client: '203.0.113.200', request: "GET /?id=1'%20UNION%20SELECT%20a%20FROM%20b-- HTTP/1.1" }),
  '\n',
  logLine({ time: NOON - 7_200_000, request: 'GET /late HTTP/1.1' }),
  '\r\n  \r\n',
  logLine({ request: 'GET /caf\\xc3\\xa9 HTTP/1.1', userAgent: 'caf\xe9' }),
].join('');

describe('a batch with workers', () => {
  it.each([
    ['the samples', () => [SAMPLES], 2, 4096],
    ['a generated log', () => [write('generated.log', generated)], 2, 64 * 1024],
    ['many small segments', () => [write('small.log', text)], 2, 300],
    ['carriage returns', () => [write('crlf.log', text.replaceAll('\n', '\r\n'))], 1, 1000],
    ['no last newline', () => [write('cut.log', text.slice(0, -1))], 1, 1000],
    ['rejects, long lines and blank ones', () => [write('mixed.log', Buffer.from(mixed, 'latin1'))], 2, 700],
    ['archives', () => [write('a.gz', gzipSync(generated)), write('b.zst', zstdCompressSync(text))], 2, 10_000],
    ['a broken archive', () => [write('broken.gz', gzipSync(generated).subarray(0, 40_000))], 1, 10_000],
    ['an empty file', () => [write('empty.log', '')], 1, 1000],
  ])('tells the same of %s', async (_, files, workers, segmentBytes) => {
    const patterns = files();
    const without = await run(patterns, null);
    expect(without.tally.files).toBeGreaterThan(0);
    expect(await run(patterns, apart(workers, segmentBytes))).toEqual(without);
  });

  it('tells the same whatever the number of workers', async () => {
    const path = write('numbers.log', generated);
    const without = await run([path], null);
    expect(without.told.some((one) => one.startsWith('parcel'))).toBe(true);
    expect(without.told.some((one) => one.startsWith('hit'))).toBe(true);
    for (const workers of [1, 2, 3]) expect(await run([path], apart(workers, 20_000))).toEqual(without);
  });

  it('tells the same of some lines of a time', async () => {
    const given = { sinceMs: NOON + 200_000, untilMs: NOON + 800_000 };
    const path = write('window.log', Buffer.from(mixed, 'latin1'));
    const without = await run([path], null, given);
    expect(without.tally.skipped).toBeGreaterThan(20);
    expect(await run([path], apart(2, 500), given)).toEqual(without);
  });

  it('tells the same of what is allowed and what is filtered', async () => {
    const allow = [{ name: 'ours', cidrs: ['198.51.100.7'], paths: null, hosts: null, userAgents: null }];
    const path = write('allowed.log', Buffer.from(mixed, 'latin1'));
    const without = await run([path], null, { allow });
    expect([...without.tally.allowed.keys()].sort()).toEqual(['Our own scanner', 'ours']);
    expect(await run([path], apart(2, 500), { allow })).toEqual(without);
  });

  it('tells the same of more files side by side than segments are held', async () => {
    const many = join(folder, 'many');
    mkdirSync(many);
    const all = generated.split('\n').filter(Boolean);
    for (let file = 0; file < 70; file++) {
      const own = all.filter((_, index) => index % 70 === file);
      writeFileSync(join(many, `${file}.log`), `${own.join('\n')}\n`);
    }
    const without = await run([join(many, '*.log')], null);
    expect(without.tally).toMatchObject({ files: 70, lines: all.length });
    expect(await run([join(many, '*.log')], apart(3, 4000))).toEqual(without);
  });

  it('tells the same of files of several formats, some of which have no bytes to be told by', async () => {
    const json = JSON.stringify({ time: '2026-11-22T12:00:00Z', remote_addr: '192.0.2.1', request: 'GET / HTTP/1.1' });
    const host = `www.example.org:80 ${logLine({ request: 'GET /v HTTP/1.1' })}\n`;
    const patterns = [write('x.json', `${json}\n`), write('vhost.log', host.repeat(20)), write('plain.log', text)];
    const without = await run(patterns, null);
    expect(without.names.map(([name]) => name)).toEqual(['json', 'vhost_combined', 'combined']);
    expect(await run(patterns, apart(2, 500))).toEqual(without);
  });

  it('tells the same of a format of its own', async () => {
    const format = findFormat('%t %h "%r" %>s %b %v');
    const line = (minute: number) =>
      `[22/Nov/2026:12:${10 + minute}:00 +0000] 192.0.2.1 "GET /${minute} HTTP/1.1" 200 5 www\n`;
    const path = write('own.log', Array.from({ length: 40 }, (_, index) => line(index)).join(''));
    const without = await run([path], null, { format });
    expect(without.tally.parsed).toBe(40);
    expect(await run([path], apart(2, 400), { format })).toEqual(without);
  });

  it('takes a last line without a newline for itself, not for the new line before it', async () => {
    const condition =
      'correlation:\n  type: event_count\n  rules: [any-request]\n  group-by: [c-ip]\n  timespan: 10s\n';
    const often = write('often.yml', `title: Often\n${condition}  condition: {gt: 10}\nlevel: high\n`);
    const few = [join(DEFAULT_RULES, 'reconnaissance/any-request.yml'), often];
    const given = { rules: await loadRules(few) };
    const head = Array.from({ length: 20 }, (_, index) => `${logLine({ request: `GET /${index} HTTP/1.1` })}\n`).join(
      '',
    );
    const path = write('last.log', `${head}${logLine({ request: 'GET /last HTTP/1.1' })}`);
    const without = await run([path], null, given);
    const last = without.told.filter((one) => one.startsWith('hit')).map((one) => JSON.parse(one.slice(4)));
    expect(last.map(({ line }) => line).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    );
    expect(last.find(({ line }) => line === 21).target).toBe('/last');
    expect(await run([path], { ...apart(1, 400), ruleFolders: few }, given)).toEqual(without);
  });

  it('goes on with new numbers for texts when a worker knows too many', async () => {
    const line = (index: number) => `${logLine({ time: NOON + index, request: `GET /page/${index} HTTP/1.1` })}\n`;
    const path = write('texts.log', Array.from({ length: 70_000 }, (_, index) => line(index)).join(''));
    const few = [join(DEFAULT_RULES, 'reconnaissance/any-request.yml')];
    const given = { rules: await loadRules(few) };
    const without = await run([path], null, given);
    expect(await run([path], { ...apart(1, 256 * 1024), ruleFolders: few }, given)).toEqual(without);
  });
});

describe('workers', () => {
  const plan = { ...BATCH_DEFAULTS, read: { maxLineBytes: 1000 } };
  const combined = findFormat('combined');
  const segmentOf = (content: string) => {
    const bytes = Buffer.allocUnsafeSlow(content.length);
    bytes.write(content, 'latin1');
    return { bytes, offset: 0, elisions: [] };
  };
  const segment = () => segmentOf(text);
  const refuse = (): Findings => {
    throw new Error('nothing is to be scanned here');
  };
  const scanner = () => {
    const detection = openDetection(rules, (entry) => entry);
    return segmentScanner(plan, { ...detection, mayAllow: () => false }, quietMemory());
  };

  it('tell quiet lines in numbers, and the others one by one', async () => {
    const workers = openWorkers(apart(1, 1000), plan, refuse);
    const [first, second] = await Promise.all([
      workers.scan(segment(), 'log', combined),
      workers.scan(segment(), 'log', combined),
    ]);
    await workers.close();
    expect(first.findings.quiet.count + first.findings.told.length).toBe(lines.length);
    expect(first.findings.quiet.count).toBeGreaterThan(100);
    expect(first.findings.told.length).toBeGreaterThan(3);
    expect(second.findings.texts).toEqual([]);
    expect(second.texts.map((one) => one.text)).toContain('192.0.2.10');
    expect(second.texts.map((one) => one.text)).toContain('/page/3');
  });

  it('find what is found here', async () => {
    const workers = openWorkers(apart(1, 1000), plan, refuse);
    const scanHere = scanner();
    const format = 'combined';
    for (const content of [mixed, generated, text, generated]) {
      const { findings } = await workers.scan(segmentOf(content), 'log', combined);
      const { bytes, ...rest } = segmentOf(content);
      const here = scanHere({ ...rest, source: 'log', format, buffer: bytes.buffer, length: bytes.length });
      expect(findings.told.length).toBeGreaterThan(3);
      expect(findings).toEqual(here);
    }
    await workers.close();
  });

  it('leave to this thread what none of them has begun', async () => {
    const here: Task[] = [];
    const scanHere = scanner();
    const workers = openWorkers(apart(1, 1000), plan, (task) => {
      here.push(task);
      return scanHere(task);
    });
    const underWay = ['a', 'b', 'c'].map((source) => workers.scan(segment(), source, combined));
    const [first] = await Promise.all(underWay.map((one) => workers.settle(one)));
    await workers.close();
    // It has not even started.
    expect(here.map(({ source }) => source)).toEqual(['a', 'b', 'c']);
    expect(first?.texts.map((one) => one.text)).toContain('/page/3');
  });

  it.each([0, 1])('that have begun are waited for, with %i segments scanned here meanwhile', async (ours) => {
    const here: Task[] = [];
    const scanHere = scanner();
    const workers = openWorkers(apart(1, 1000), plan, (task) => {
      here.push(task);
      return scanHere(task);
    });
    await workers.scan(segment(), 'start', combined);
    const given = ['a', 'b', ...(ours === 0 ? [] : ['c'])].map((source) =>
      workers.scan(segmentOf(text.repeat(20)), source, combined),
    );
    const settled = await workers.settle(given[0] as (typeof given)[0]); // there are at least two
    await workers.close();
    expect(settled.findings.lines).toBe(lines.length * 20);
    expect(here.map(({ source }) => source)).toEqual(ours === 0 ? [] : ['c']);
  });

  it('fail what they are given when they are ended', async () => {
    const workers = openWorkers(apart(1, 1000), plan, refuse);
    await workers.scan(segment(), 'log', combined);
    const underWay = ['begun', 'next', 'waiting'].map((source) =>
      workers.scan(segment(), source, combined).catch((error: Error) => error),
    );
    await workers.close();
    for (const one of await Promise.all(underWay)) {
      expect(one).toMatchObject({ message: expect.stringMatching(/^a worker ended with code \d$/) });
    }
    await expect(workers.settle(workers.scan(segment(), 'log', combined))).rejects.toThrow(
      /^a worker ended with code \d$/,
    );
  });

  it('fail when they cannot start', async () => {
    const workers = openWorkers({ ...apart(1, 1000), ruleFolders: [join(folder, 'nowhere')] }, plan, refuse);
    const underWay = workers.scan(segment(), 'log', combined);
    await expect(underWay).rejects.toThrow(/cannot read the rules in .*nowhere/);
    await workers.close();
  });

  it('fail for a format whose lines have no bytes to be told by', async () => {
    const workers = openWorkers(apart(1, 1000), plan, refuse);
    await expect(workers.scan(segment(), 'log', findFormat('json'))).rejects.toThrow('the format json cannot be told');
    await workers.close();
  });

  it('that have other rules are found out', () => {
    const { bytes, ...rest } = segment();
    const task = { ...rest, source: 'log', format: 'combined', buffer: bytes.buffer, length: bytes.length };
    const findings = scanner()(task);
    const scan = openScan({ ...BATCH_DEFAULTS, rules, onHit() {}, onReject() {} }, emptyTally());
    const lane = scan.open('log', combined);
    const play = player({ scan, source: 'log', lane, tick: ticker(lane, () => {}), rules: new Map() });
    expect(() => [...play(segmentTexts()(findings))]).toThrow(/a worker has a rule .* that is not known/);
  });
});
