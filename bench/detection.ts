/**
 * What do the rules find, and what do they cry wolf about? Scores a folder of labelled logs:
 *
 *     npm run bench:detection -- FOLDER [--rules DIR]... [--misses N] [--false-alarms N]
 *
 * The folder holds `<source>.jsonl` files with one object a line: `line` (an access log line), `label` (`attack` or
 * `benign`), `class`, `vis` (`payload`: the attack is written in the line; `probe`: a known target or tool; `context`: only
 * several lines together tell). Each source is read as a log of its own with the default rules; a line counts as found
 * when a rule of level low or above hit it, or a fired correlation counted it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

interface Labelled {
  readonly line: string;
  readonly label: 'attack' | 'benign';
  readonly class: string;
  readonly vis: 'payload' | 'probe' | 'context';
}

interface Share {
  found: number;
  all: number;
}

const VISIBILITIES = ['payload', 'probe', 'context'] as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rules: { type: 'string', multiple: true, default: [] },
    misses: { type: 'string', default: '0' },
    'false-alarms': { type: 'string', default: '0' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: npm run bench:detection -- FOLDER');

const shares = new Map<string, Share>();
const clients = new Map<string, boolean>();
const benign = new Map<string, Share>();
const missed: string[] = [];
const falseAlarms: string[] = [];

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .sort()) {
  const source = basename(file, '.jsonl');
  const rows = readLabelled(join(folder, file));
  const found = findHits(source, rows, values.rules);
  for (const [index, row] of rows.entries()) score(source, row, found.get(index + 1) ?? null);
}
print();

function readLabelled(path: string): Labelled[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Numbers of the lines that were found, with the first rule that found each. */
function findHits(source: string, rows: readonly Labelled[], rules: readonly string[]): Map<number, string> {
  const work = mkdtempSync(join(tmpdir(), 'sightline-score-'));
  const [log, hits] = [join(work, `${source}.log`), join(work, 'hits.jsonl')];
  writeFileSync(log, `${rows.map(({ line }) => line).join('\n')}\n`);
  const cli = join(import.meta.dirname, '..', 'dist', 'cli.js');
  const ownRules = rules.flatMap((dir) => ['--rules', dir]);
  execFileSync(process.execPath, [cli, 'batch', log, '--dry-run', '--quiet', '--hits', hits, ...ownRules], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const found = new Map<number, string>();
  for (const text of readFileSync(hits, 'utf8').split('\n').filter(Boolean)) {
    const { line, level, rule } = JSON.parse(text);
    if (level !== 'informational' && !found.has(line)) found.set(line, rule);
  }
  return found;
}

function score(source: string, row: Labelled, rule: string | null): void {
  const found = Number(rule !== null);
  if (row.label === 'benign') {
    add(benign, source, found);
    if (rule !== null) falseAlarms.push(`${source}: ${rule}: ${row.line}`);
    return;
  }
  add(shares, `${row.class} ${row.vis}`, found);
  add(shares, `all ${row.vis}`, found);
  if (rule === null && row.vis !== 'context') missed.push(`${source}: ${row.class} ${row.vis}: ${row.line}`);
  const client = `${source} ${row.line.split(' ', 1)[0]}`;
  clients.set(client, (clients.get(client) ?? false) || rule !== null);
}

function add(into: Map<string, Share>, key: string, found: number): void {
  const share = into.get(key) ?? { found: 0, all: 0 };
  share.found += found;
  share.all++;
  into.set(key, share);
}

function print(): void {
  const classes = [...new Set([...shares.keys()].map((key) => key.split(' ')[0] ?? ''))]
    .filter((name) => name !== 'all')
    .sort();
  console.log(['class'.padEnd(12), ...VISIBILITIES.map((vis) => vis.padStart(18))].join(''));
  for (const name of [...classes, 'all']) {
    console.log([name.padEnd(12), ...VISIBILITIES.map((vis) => cell(shares.get(`${name} ${vis}`)))].join(''));
  }
  const payloads = classes.flatMap((name) => shares.get(`${name} payload`) ?? []);
  const mean = payloads.reduce((sum, { found, all }) => sum + found / all, 0) / Math.max(payloads.length, 1);
  console.log(`payload recall, mean of classes: ${percent(mean)}`);
  const detected = [...clients.values()].filter(Boolean).length;
  console.log(`attacking clients with a hit: ${percent(detected / Math.max(clients.size, 1))} of ${clients.size}`);
  for (const [source, { found, all }] of benign) {
    console.log(`false alarms in ${source}: ${found} of ${all} (${((10_000 * found) / all).toFixed(1)} per 10,000)`);
  }
  for (const line of sample(missed, Number(values.misses))) console.log(`MISSED ${line}`);
  for (const line of sample(falseAlarms, Number(values['false-alarms']))) console.log(`FALSE ALARM ${line}`);
}

function cell(share: Share | undefined): string {
  return (share === undefined ? '-' : `${share.found}/${share.all} ${percent(share.found / share.all)}`).padStart(18);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** `count` of them, evenly spread, so that every source has a say. */
function sample(from: readonly string[], count: number): string[] {
  const step = Math.max(from.length / Math.max(count, 1), 1);
  return from.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step)).slice(0, count);
}
