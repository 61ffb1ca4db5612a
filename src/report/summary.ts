import { styleText } from 'node:util';
import { toTerminal } from '../escape/escape.ts';
import type { AttackerTotal } from '../model/incident.ts';
import { REJECT_CODES } from '../model/reject.ts';
import { type Level, rankOf } from '../model/rule.ts';
import { rejectedShare, type Tally } from '../model/tally.ts';
import { countOf, durationOf } from './progress.ts';

/** From this share of rejected lines on, the summary says loudly that the format does not fit. */
const LOUD_REJECTED_SHARE = 0.05;
const MAX_RULES = 15;
const MAX_ATTACKERS = 10;
const MAX_SHOWN_TEXT = 120;

/** What the summary says of one attacker. */
export type AttackerLine = Omit<AttackerTotal, 'episodes'>;

/** What would read lines that were rejected. */
export interface BetterFormat {
  /** What `--log-format` takes. */
  readonly format: string;
  /** It fits what comes after so many words of each line. */
  readonly prefixWords: number;
}

/** Everything that the summary of a run tells. */
export interface RunReport {
  readonly tally: Tally;
  /** Log formats in use, by name, with the number of files. */
  readonly formats: ReadonlyMap<string, number>;
  /** A format that would fit the rejected lines better. */
  readonly betterFormat: BetterFormat | null;
  /** Worst first. */
  readonly attackers: readonly AttackerLine[];
  /** How many attackers there were in all. */
  readonly attackerCount: number;
  /** What a bound has cost, by the bound's name; zero counts are left out. */
  readonly costs: ReadonlyMap<string, number>;
  /** What could not be read. */
  readonly faults: readonly string[];
  /** Why parcels did not arrive. */
  readonly undelivered: readonly string[];
  /** Where bundles went: `stdout`, a file or the server. */
  readonly destination: string;
  readonly elapsedMs: number;
}

type Style = Parameters<typeof styleText>[0];

/** The summary of a run for a person, as lines. `colour` as the terminal allows. */
export function summarise(report: RunReport, colour: boolean): string[] {
  const paint = (style: Style, text: string) => (colour ? styleText(style, text, { validateStream: false }) : text);
  return [
    ...readLines(report, paint),
    ...hitLines(report, paint),
    ...attackerLines(report, paint),
    ...incidentLines(report, paint),
    ...report.faults.map((fault) => paint('red', `Not read in full: ${toTerminal(fault)}`)),
    ...[...report.costs]
      .filter(([, count]) => count > 0)
      .map(([name, count]) => paint('yellow', `Bound reached: ${name}: ${countOf(count)}`)),
  ];
}

type Paint = (style: Style, text: string) => string;

function readLines({ tally, formats, betterFormat, elapsedMs }: RunReport, paint: Paint): string[] {
  const named = [...formats].map(([name, files]) =>
    formats.size > 1 ? `${toTerminal(name)} (${files})` : toTerminal(name),
  );
  const rejected = REJECT_CODES.filter((code) => tally.rejected[code] > 0);
  const share = rejectedShare(tally);
  const lines = [
    `Read ${plural(tally.lines, 'line')} in ${plural(tally.files, 'file')}${named.length > 0 ? ` as ${named.join(', ')}` : ''}: ` +
      [
        plural(tally.parsed, 'entry', 'entries'),
        ...(tally.skipped > 0 ? [`${countOf(tally.skipped)} skipped`] : []),
        ...rejected.map((code) => `${countOf(tally.rejected[code])} ${code}`),
      ].join(', '),
  ];
  if (tally.oldest !== null && tally.newest !== null) {
    const speed = Math.round(tally.lines / Math.max(elapsedMs / 1000, 0.001));
    lines.push(
      `From ${timeOf(tally.oldest)} to ${timeOf(tally.newest)} UTC, read in ${durationOf(elapsedMs)} (${countOf(speed)} lines/s)`,
    );
  }
  if (share > LOUD_REJECTED_SHARE) {
    lines.push(paint(['bold', 'red'], `${(share * 100).toFixed(1)}% of the lines could not be parsed. The first:`));
    for (const { line, code } of tally.firstRejects) {
      lines.push(`  ${toTerminal(line.source)}:${line.number}: ${code}: ${shorten(line.text)}`);
    }
    lines.push(adviceOf(betterFormat, share < 0.5));
  }
  for (const [reason, count] of tally.allowed) lines.push(`Allowed: ${plural(count, 'line')} by ${toTerminal(reason)}`);
  return lines;
}

function adviceOf(better: BetterFormat | null, mostFit: boolean): string {
  if (better !== null) return `They look like ${describeLook(better)}.`;
  return mostFit
    ? 'Most lines fit the format in use; no known one fits these.'
    : 'No known format fits them: give the LogFormat string of the server with --log-format.';
}

/** What rejected lines look like, and how to have them read; `advice` takes the place of that for a format without a prefix. */
export function describeLook({ format, prefixWords }: BetterFormat, advice?: string): string {
  const shown = toTerminal(format);
  const option = `--log-format '${shown}'`;
  if (prefixWords === 0) return `${shown}: ${advice ?? `try ${option}`}`;
  const cut = `sed -E 's/^([^ ]+ +){${prefixWords}}//' FILE | sightline batch - ${option}`;
  return `${shown} behind a prefix of syslog or a container: cut it off, for example with ${cut}`;
}

function hitLines({ tally }: RunReport, paint: Paint): string[] {
  const rules = [...tally.hitsByRule].sort(
    ([a, hitsOfA], [b, hitsOfB]) => rankOf(b.level) - rankOf(a.level) || hitsOfB - hitsOfA || (a.id < b.id ? -1 : 1),
  );
  if (rules.length === 0) return ['', 'No hits.'];
  const total = rules.reduce((sum, [, hits]) => sum + hits, 0);
  return [
    '',
    paint(
      'bold',
      `Hits: ${countOf(total)} by ${plural(rules.length, 'rule')}` +
        // What correlations count are hits of no line of their own.
        `${tally.hitLines === 0 ? ', of correlations alone' : ` on ${plural(tally.hitLines, 'line')}`}`,
    ),
    ...rules
      .slice(0, MAX_RULES)
      .map(([rule, hits]) => `  ${level(rule.level, paint)} ${countOf(hits).padStart(8)}  ${toTerminal(rule.title)}`),
    ...more(rules.length, MAX_RULES, 'rule'),
  ];
}

function attackerLines({ tally, attackers, attackerCount }: RunReport, paint: Paint): string[] {
  if (attackers.length === 0) return [];
  const shown = attackers.slice(0, MAX_ATTACKERS);
  const width = Math.max(...shown.map(({ attacker }) => toTerminal(attacker).length));
  return [
    '',
    // With a state file, those of earlier runs are remembered.
    paint(
      'bold',
      `Attackers${tally.hitsByRule.size === 0 ? ' of earlier runs' : ''}: ${countOf(attackerCount)}, by score`,
    ),
    ...shown.map(
      (line) =>
        `  ${countOf(line.score).padStart(6)}  ${toTerminal(line.attacker).padEnd(width)}  ${level(line.level, paint)}  ` +
        `${plural(line.hits, 'hit')} by ${plural(line.rules, 'rule')}${line.promoted ? ', incident' : ''}` +
        `${line.outcome === 'success' ? paint(['bold', 'red'], ', probably succeeded') : line.outcome === 'refused' ? ', refused' : ''}` +
        `${line.techniques.length > 0 ? `  ${line.techniques.join(' ')}` : ''}`,
    ),
    ...more(attackerCount, MAX_ATTACKERS, 'attacker'),
  ];
}

function incidentLines({ tally, destination, undelivered }: RunReport, paint: Paint): string[] {
  const lines = [
    '',
    paint(
      'bold',
      `Incidents: ${countOf(tally.incidents)} with ${plural(tally.sightings, 'sighting')} in ` +
        `${plural(tally.parcels, 'bundle')}, to ${toTerminal(destination)}`,
    ),
  ];
  if (tally.entities.size > 0) {
    const counts = [...tally.entities].sort(([a], [b]) => (a < b ? -1 : 1));
    lines.push(`  The server says: ${counts.map(([what, count]) => `${countOf(count)} ${what}`).join(', ')}`);
  }
  for (const reason of undelivered) lines.push(paint('red', `  Not delivered: ${toTerminal(reason)}`));
  return lines;
}

const LEVEL_STYLE: Readonly<Record<Level, Style>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  informational: 'dim',
};

function level(name: Level, paint: Paint): string {
  return paint(LEVEL_STYLE[name], name.padEnd('informational'.length));
}

function more(count: number, shown: number, what: string): string[] {
  return count > shown ? [`  and ${plural(count - shown, `more ${what}`)}`] : [];
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${countOf(count)} ${count === 1 ? one : many}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function shorten(text: string): string {
  return toTerminal(text.length > MAX_SHOWN_TEXT ? `${text.slice(0, MAX_SHOWN_TEXT)}...` : text);
}
