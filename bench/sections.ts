import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isInstalled, measure, medianOf, type Usage } from './measure.ts';
import type { Plot, Series } from './plot.ts';
import { type Case, grouped, type Measured, type Section } from './results.ts';
import {
  archivesOf,
  batch,
  headOf,
  type LogFile,
  sightline,
  writeFlood,
  writeLog,
  writeNeedles,
  writeRules,
} from './workshop.ts';

/** What is measured: one function a section of the results, in {@link SECTIONS}. Over 200 lines, so that it can be read as one list. */

export interface Bench {
  /** For what the commands read. */
  readonly folder: string;
  readonly log: LogFile;
  readonly seed: number;
  readonly attackShare: number;
  /** How often each command runs. */
  readonly runs: number;
  /** Hears of each case before it runs. */
  readonly onCase: (name: string) => void;
}

interface Baseline {
  readonly name: string;
  readonly program: string;
  /** Where more would take hours. */
  readonly atMostLines: number;
  readonly command: (log: string, needles: string) => readonly string[];
}

const BASELINES: readonly Baseline[] = [
  {
    name: 'ripgrep',
    program: 'rg',
    atMostLines: Number.POSITIVE_INFINITY,
    command: (log, needles) => search('rg', '--threads', '1', '--count', '--no-unicode', '-f', needles, log),
  },
  {
    name: 'goaccess',
    program: 'goaccess',
    atMostLines: 500_000,
    command: (log) => ['goaccess', log, '--log-format=COMBINED', '--no-progress', '-o', `${log}.goaccess.json`],
  },
  {
    name: 'fail2ban-regex',
    program: 'fail2ban-regex',
    atMostLines: 100_000,
    command: (log) => ['fail2ban-regex', '--no-check-all', log, 'apache-badbots'],
  },
  {
    name: 'crowdsec',
    program: 'crowdsec',
    atMostLines: 10_000,
    command: (log) => ['crowdsec', '-no-api', '-type', 'apache2', '-dsn', `file://${log}`],
  },
];

export const SECTIONS: Readonly<Record<string, (bench: Bench) => Section>> = {
  log: measureLog,
  archives: measureArchives,
  workers: measureWorkers,
  start: measureStart,
  size: measureSizes,
  rules: measureRules,
  addresses: measureAddresses,
  flood: measureFlood,
};

function grepCase({ path, lines }: LogFile, needles: string, name = 'grep'): Case {
  return { name, lines, command: search('grep', '-cE', '-f', needles, path) };
}

/** A search that finds nothing ends with 1, and that is no failure. */
function search(...command: string[]): string[] {
  return ['sh', '-c', '"$@" || test $? -eq 1', 'sh', ...command];
}

/** Something that is not what is measured comes first, and the log is in the memory of the machine from then on. */
function measureLog(bench: Bench): Section {
  const { log, folder } = bench;
  const needles = writeNeedles(folder);
  const against = { cases: ['grep'], by: 'cpuS' } as const;
  const one = headOf(log, 1);
  const others = BASELINES.map(({ name, program, atMostLines, command }): Case | string => {
    if (!isInstalled(program) || !isReady(command(one.path, needles), bench)) return name;
    const { path, lines } = headOf(log, atMostLines);
    return { name, lines, against, command: command(path, needles) };
  });
  const own: Case = { name: 'sightline', lines: log.lines, against, command: batch([log.path]) };
  const present = others.filter((one) => typeof one !== 'string');
  const missing = others.filter((one) => typeof one === 'string');
  const cases = [
    ...alternate([grepCase(log, needles), own, ...present], bench),
    ...missing.map((name): Measured => ({ name, lines: 0, usage: null })),
  ];
  return { title: 'One plain log', cases, plots: [] };
}

/** Whether a command that is there also runs, for which some need settings of their own. */
function isReady(command: readonly string[], { onCase }: Bench): boolean {
  try {
    measure(command);
    return true;
  } catch (error) {
    onCase(`left out: ${String(error)}`);
    return false;
  }
}

function measureArchives(bench: Bench): Section {
  const { log, folder } = bench;
  const { gz, zst } = archivesOf(log, join(folder, 'archives'));
  const { lines } = log;
  const both = (tool: string) => ({ cases: ['the plain log', tool], by: 'cpuS' }) as const;
  const cases: readonly Case[] = [
    { name: 'the plain log', lines, command: batch([log.path]) },
    { name: `${gz.length} gzip files`, lines, against: both('gzip -dc'), command: batch(gz) },
    { name: 'gzip -dc', lines, command: ['gzip', '-dc', ...gz] },
    { name: `${zst.length} zstd files`, lines, against: both('zstd -dc'), command: batch(zst) },
    { name: 'zstd -dc', lines, command: ['zstd', '-dcq', ...zst] },
  ];
  const present = cases.filter(({ name }) => name !== 'zstd -dc' || isInstalled('zstd'));
  const missing = cases.filter((one) => !present.includes(one));
  const measured = [...alternate(present, bench), ...missing.map(({ name, lines }) => ({ name, lines, usage: null }))];
  rmSync(join(folder, 'archives'), { recursive: true });
  return { title: 'Archives of the same log', cases: measured, plots: [] };
}

function measureWorkers(bench: Bench): Section {
  const { log } = bench;
  const [node = '', ...help] = sightline('batch', '--help');
  const hasWorkers = execFileSync(node, help, { encoding: 'utf8' }).includes('--workers');
  const counts = hasWorkers ? [...new Set([1, 2, availableParallelism()])] : [];
  const nameOf = (count: number) => `${count} worker${count === 1 ? '' : 's'}`;
  const cases = counts.map((count): Case => {
    const name = nameOf(count);
    const command = batch([log.path], '--workers', String(count));
    return { name, lines: log.lines, command, against: { cases: [nameOf(1)], by: 'wallS' } };
  });
  return { title: 'Workers', cases: alternate(cases, bench), plots: [] };
}

function measureStart(bench: Bench): Section {
  const one = headOf(bench.log, 1);
  const cases: readonly Case[] = [
    { name: 'node --version', lines: 0, command: [process.execPath, '--version'] },
    { name: 'sightline --version', lines: 0, command: sightline('--version') },
    { name: 'sightline --help', lines: 0, command: sightline('--help') },
    { name: 'batch of one line', lines: 0, command: batch([one.path]) },
  ];
  return { title: 'Start-up', cases: alternate(cases, bench), plots: [] };
}

function measureSizes(bench: Bench): Section {
  const { folder, log, seed, attackShare } = bench;
  const needles = writeNeedles(folder);
  const sizes = [...new Set([0.05, 0.1, 0.25, 0.5, 1, 2].map((share) => Math.ceil(log.lines * share)))];
  const cases = sizes.flatMap((lines) => {
    const file = lines === log.lines ? log : writeLog(folder, 'size.log', { lines, seed, attackShare });
    const own: Case = { name: `sightline, ${grouped(lines)}`, lines, command: batch([file.path]) };
    const measured = alternate([own, grepCase(file, needles, `grep, ${grouped(lines)}`)], bench);
    if (file !== log) rmSync(file.path);
    return measured;
  });
  const series = ['sightline', 'grep'].map((name) => seriesOf(name, cases, sizes, ({ cpuS }) => cpuS));
  const memory = seriesOf('sightline', cases, sizes, ({ peakMiB }) => peakMiB);
  const x = { label: 'lines of the log', scale: 'linear' } as const;
  return {
    title: 'Cost by size of the log',
    cases,
    plots: [
      plot('cpu-by-size.svg', 'CPU time by size of the log', x, CPU, series),
      plot('memory-by-size.svg', 'Peak memory by size of the log', x, MEMORY, [memory]),
    ],
  };
}

/** Rules given as a folder are parsed at each start, which a run over one line tells apart. */
function measureRules(bench: Bench): Section {
  const { folder, log } = bench;
  const part = headOf(log, Math.ceil(log.lines / 4));
  const one = headOf(log, 1);
  const sets = [20, 40, 80, 160, Number.POSITIVE_INFINITY].map((atMost, i) =>
    writeRules(join(folder, `rules-${i}`), atMost),
  );
  const counts = sets.map(({ rules }) => rules);
  const cases = alternate(
    sets.flatMap(({ folder: own, rules }): Case[] => {
      const options = ['--no-default-rules', '--rules', own];
      return [
        { name: `${grouped(rules)} rules`, lines: part.lines, command: batch([part.path], ...options) },
        { name: `${grouped(rules)} rules, one line`, lines: 0, command: batch([one.path], ...options) },
      ];
    }),
    bench,
  );
  const cpuOf = (name: string) => cases.find((one) => one.name === name)?.usage?.cpuS ?? 0;
  const whole = (rules: number) => cpuOf(`${grouped(rules)} rules`);
  const start = (rules: number) => cpuOf(`${grouped(rules)} rules, one line`);
  const series: Series[] = [
    { name: 'the whole run', points: counts.map((rules) => [rules, whole(rules)]) },
    { name: 'without its start', points: counts.map((rules) => [rules, Math.max(whole(rules) - start(rules), 0)]) },
  ];
  const x = { label: 'rules', scale: 'linear' } as const;
  const title = `CPU time by number of rules, ${grouped(part.lines)} lines`;
  return {
    title: 'Cost by number of rules',
    cases,
    plots: [plot('cpu-by-rules.svg', title, x, CPU, series)],
  };
}

function measureAddresses(bench: Bench): Section {
  const { folder, seed, attackShare } = bench;
  const lines = Math.ceil(bench.log.lines / 4);
  const counts = [...new Set([2000, 500, 100, 20, 4, 1].map((lots) => Math.ceil(lines / lots)))];
  const cases = counts.flatMap((addresses) => {
    const log = writeLog(folder, 'addresses.log', { lines, seed, attackShare, addresses });
    const own: Case = { name: `sightline, ${grouped(addresses)}`, lines, command: batch([log.path]) };
    const measured = alternate([own], bench);
    rmSync(log.path);
    return measured;
  });
  const x = { label: 'addresses that visitors come from', scale: 'log' } as const;
  const title = `by number of addresses, ${grouped(lines)} lines`;
  const cpu = seriesOf('sightline', cases, counts, ({ cpuS }) => cpuS);
  const memory = seriesOf('sightline', cases, counts, ({ peakMiB }) => peakMiB);
  return {
    title: 'Cost by number of addresses',
    cases,
    plots: [
      plot('cpu-by-addresses.svg', `CPU time ${title}`, x, CPU, [cpu]),
      plot('memory-by-addresses.svg', `Peak memory ${title}`, x, MEMORY, [memory]),
    ],
  };
}

/** What matters here is memory, which hardly differs from run to run: once is enough. */
function measureFlood(bench: Bench): Section {
  const { folder, log, seed } = bench;
  const counts = [...new Set([0.025, 0.1, 0.5, 2.5].map((share) => Math.ceil(log.lines * share)))];
  const cases = counts.flatMap((addresses) => {
    const { path, lines } = writeFlood(folder, 'flood.log', { addresses, seed });
    const own: Case = { name: `sightline, ${grouped(addresses)}`, lines, command: batch([path]) };
    const measured = alternate([own], { ...bench, runs: 1 });
    rmSync(path);
    return measured;
  });
  const x = { label: 'forged addresses', scale: 'log' } as const;
  const memory = seriesOf('sightline', cases, counts, ({ peakMiB }) => peakMiB);
  return {
    title: 'A flood from forged addresses',
    cases,
    plots: [plot('memory-by-flood.svg', 'Peak memory in a flood from forged addresses', x, MEMORY, [memory])],
  };
}

const CPU = 'CPU time, s';
const MEMORY = 'peak memory, MiB';

function plot(file: string, title: string, x: Plot['x'], y: string, series: readonly Series[]): Plot {
  return { file, title, x, y: { label: y, scale: 'linear' }, series };
}

/** The cases called `<name>, <number>`, by that number. */
function seriesOf(
  name: string,
  cases: readonly Measured[],
  numbers: readonly number[],
  value: (usage: Usage) => number | null,
): Series {
  const points = numbers.flatMap((number) => {
    const usage = cases.find((one) => one.name === `${name}, ${grouped(number)}`)?.usage ?? null;
    const y = usage === null ? null : value(usage);
    return y === null ? [] : [[number, y] as const];
  });
  return { name, points };
}

/** A B A B: what else the machine does meets all alike. */
function alternate(cases: readonly Case[], { runs, onCase }: Bench): Measured[] {
  const usages = cases.map((): Usage[] => []);
  for (let run = 0; run < runs; run++) {
    for (const [index, { name, command }] of cases.entries()) {
      onCase(`${name} (${run + 1} of ${runs})`);
      usages[index]?.push(measure(command));
    }
  }
  return cases.map(({ command: _, ...told }, index) => ({ ...told, usage: medianOf(usages[index] ?? []) }));
}
