/**
 * How fast is Sightline, beside programs that do less? `npm run bench` makes a log, runs whole processes of Sightline and of
 * what is installed to compare it with, one after the other and again, and prints the medians:
 *
 *     npm run bench -- [--lines N] [--seed N] [--attack-share N] [--runs N] [--only NAME]... [--json] [--write]
 *
 * --only     only these sections: log, archives, workers, start, size, rules, addresses, flood
 * --json     the figures for machines
 * --write    the figures and the curves of all sections into docs/performance.md, too
 *
 * Build first (`npm run build`): what people run is measured. Needs bash; GNU time for peak memory.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { plotSvg } from './plot.ts';
import { describeResults, grouped, type Results, withFigures } from './results.ts';
import { SECTIONS } from './sections.ts';
import { writeLog } from './workshop.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '2000000' },
    seed: { type: 'string', default: '1' },
    'attack-share': { type: 'string', default: '0.01' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

const docs = join(import.meta.dirname, '..', 'docs');
const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
try {
  const results = run();
  if (values.write) writeDocs(results);
  console.log(values.json ? JSON.stringify(results, null, 2) : describeResults(results));
} finally {
  rmSync(folder, { recursive: true });
}

function run(): Results {
  if (values.write && values.only !== undefined) throw new RangeError('--write takes all sections: leave out --only');
  const [lines, runs] = [numberOf(values.lines, 1), numberOf(values.runs, 1)];
  const [seed, attackShare] = [numberOf(values.seed, 0), numberOf(values['attack-share'], 0)];
  const chosen = (values.only ?? Object.keys(SECTIONS)).map((name) => {
    const section = SECTIONS[name];
    if (section === undefined)
      throw new RangeError(`no section ${name}: there are ${Object.keys(SECTIONS).join(', ')}`);
    return section;
  });
  const log = writeLog(folder, 'access.log', { lines, seed, attackShare });
  const onCase = (name: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${name}`);
  const bench = { folder, log, seed, attackShare, runs, onCase };
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    settings: `A log of ${grouped(lines)} lines, ${100 * attackShare} % of them attacks, seed ${seed}; medians of ${runs} runs.`,
    sections: chosen.map((measureSection) => measureSection(bench)).filter(({ cases }) => cases.length > 0),
  };
}

function numberOf(text: string, least: number): number {
  const number = Number(text);
  if (!(number >= least)) throw new RangeError(`${text} is no number from ${least} on`);
  return number;
}

function describeMachine(): string {
  const memory = `${(totalmem() / 1024 ** 3).toFixed(0)} GiB`;
  return `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${memory}, ${process.platform}, Node.js ${process.version}`;
}

function writeDocs(results: Results): void {
  const page = join(docs, 'performance.md');
  writeFileSync(page, withFigures(readFileSync(page, 'utf8'), describeResults(results)));
  mkdirSync(join(docs, 'performance'), { recursive: true });
  for (const plot of results.sections.flatMap(({ plots }) => plots)) {
    writeFileSync(join(docs, 'performance', plot.file), plotSvg(plot));
  }
}
