import type { Usage } from './measure.ts';
import type { Plot } from './plot.ts';

/** What the bench found, and how it is told: the same tables on a terminal and in docs/performance.md. */
export interface Results {
  /** `2026-11-22`. */
  readonly date: string;
  readonly machine: string;
  /** What the log was made of, and how often each command ran. */
  readonly settings: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly cases: readonly Measured[];
  readonly plots: readonly Plot[];
}

export interface Case {
  readonly name: string;
  readonly command: readonly string[];
  /** Lines that it reads; 0 when it reads no log. */
  readonly lines: number;
  /** Other cases of the section, whose cost for a line together is 1. */
  readonly against?: Against;
}

interface Against {
  readonly cases: readonly string[];
  readonly by: 'cpuS' | 'wallS';
}

export interface Measured extends Omit<Case, 'command'> {
  /** Medians; null when the program is not installed, or not set up. */
  readonly usage: Usage | null;
}

const HEADER = ['', 'lines', 'CPU s', 'wall s', 'peak MiB', 'lines per CPU s', 'cost of a line'];

export function describeResults({ date, machine, settings, sections }: Results): string {
  const told = sections.map(({ title, cases, plots }) => {
    const rows = cases.map((one) => rowOf(one, cases));
    const pictures = plots.map(({ file, title }) => `![${title}](performance/${file})`);
    return [`### ${title}`, tableOf([HEADER, ...rows]), ...pictures].join('\n\n');
  });
  return [`${date}, ${machine}. ${settings}`, ...told].join('\n\n');
}

function rowOf({ name, lines, usage, against }: Measured, cases: readonly Measured[]): string[] {
  if (usage === null) return [name, 'does not run here', '', '', '', '', ''];
  const { cpuS, wallS, peakMiB } = usage;
  return [
    name,
    lines === 0 ? '' : grouped(lines),
    cpuS.toFixed(2),
    wallS.toFixed(2),
    peakMiB === null ? '' : peakMiB.toFixed(0),
    lines === 0 || cpuS === 0 ? '' : grouped(Math.round(lines / cpuS)),
    against === undefined ? '' : compare({ lines, usage }, against, cases),
  ];
}

/** `3.02 x grep`; nothing when one of the others is not there. */
function compare(one: { lines: number; usage: Usage }, { cases, by }: Against, all: readonly Measured[]): string {
  const others = cases.map((name) => all.find((other) => other.name === name) ?? null);
  let least = 0;
  for (const other of others) {
    if (other === null || other.usage === null || other.usage[by] === 0) return '';
    least += other.usage[by] / other.lines;
  }
  const times = one.usage[by] / one.lines / least;
  return `${times.toFixed(2)} x ${cases.join(' + ')}${by === 'wallS' ? ', by wall time' : ''}`;
}

/** A Markdown table that is a table without rendering, too. Numbers stand at the right. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const [header = [], ...body] = rows;
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0), 3));
  const show = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (column === 0 ? (row[0] ?? '').padEnd(width) : (row[column] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [show(header), rule, ...body.map(show)].join('\n');
}

const MARKS = ['<!-- figures: made by npm run bench -- --write -->', '<!-- end of figures -->'] as const;

/**
 * The page with other figures between its marks.
 * @throws Error when the page has no such place.
 */
export function withFigures(page: string, figures: string): string {
  const [start, end] = [page.indexOf(MARKS[0]), page.indexOf(MARKS[1])];
  if (start < 0 || end < start) throw new Error(`the page has no place between ${MARKS.join(' and ')}`);
  return `${page.slice(0, start + MARKS[0].length)}\n\n${figures}\n\n${page.slice(end)}`;
}

/** 2,000,000. */
export function grouped(number: number): string {
  return number.toLocaleString('en-US');
}
