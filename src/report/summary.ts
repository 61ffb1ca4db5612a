import { styleText } from 'node:util';
import { toTerminal } from '../escape/escape.ts';
import type { AttackerTotal } from '../model/incident.ts';
import { REJECT_CODES } from '../model/reject.ts';
import { type Level, rankOf } from '../model/rule.ts';
import { rejectedShare, type Tally } from '../model/tally.ts';
import { countOf, durationOf, plural } from './progress.ts';

/** From this share of rejected lines on, the summary says loudly that the format does not fit. */
const LOUD_REJECTED_SHARE = 0.05;
const MAX_RULES = 15;
const MAX_ATTACKERS = 10;
const MAX_SHOWN_TEXT = 120;

/** What the summary says of one attacker. */
export interface AttackerLine extends Omit<AttackerTotal, 'episodes'> {
  /** Those of its hits that this run has found: fewer than all where a state file remembers earlier runs. */
  readonly newHits: number;
}

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
  /** All of them, worst first. */
  readonly attackers: readonly AttackerLine[];
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
    lines.push(adviceOf(betterFormat, share < 0.5, tally.firstRejects));
  }
  for (const [reason, count] of tally.allowed) lines.push(`Allowed: ${plural(count, 'line')} by ${toTerminal(reason)}`);
  return lines;
}

function adviceOf(better: BetterFormat | null, mostFit: boolean, first: Tally['firstRejects']): string {
  if (better !== null) return `They look like ${describeLook(better)}.`;
  const strange = adviseOnStrange(first.map(({ line }) => line.text));
  return mostFit && strange === GIVE_FORMAT
    ? 'Most lines fit the format in use; no known one fits these.'
    : `No known format fits them: ${strange}.`;
}

const GIVE_FORMAT = 'give the LogFormat string of the server as logs.format (--log-format)';

/** Logs that are given by mistake, by what their lines show. */
const OTHER_LOGS: readonly (readonly [RegExp, string])[] = [
  [/^#(?:Software|Version|Date|Fields): /, 'a W3C extended log, as IIS writes it'],
  [/^\[\w{3} \w{3} [ \d]\d [\d:.]{8,15} \d{4}\] \[[\w:-]*\]/, 'the error log of a server, which holds no requests'],
  [/^\d{4}\/\d\d\/\d\d [\d:]{8} \[\w+\] \d+#\d+:/, 'the error log of nginx, which holds no requests'],
  [/^[0-9a-f]{64} \S+ \[/, 'an access log of Amazon S3'],
  [
    /^(?:(?:https?|h2|wss?|grpcs) )?\d{4}-\d\d-\d\dT[\d:.]+Z \S{1,256} \S{1,64}:\d{1,5} \S{1,64} -?\d/,
    'a log of an AWS load balancer',
  ],
  [/\] \S{1,64} [^/ ]{1,64}\/\S{1,64} (?:-?\d{1,9}\/){4}\+?-?\d{1,9} -?\d{1,3} /, 'a log of HAProxy'],
];

/** What to do with lines that look like no format. */
export function adviseOnStrange(texts: readonly string[]): string {
  const other = OTHER_LOGS.find(([beginning]) => texts.some((text) => beginning.test(text)));
  if (other !== undefined) return `this looks like ${other[1]}; Sightline reads access logs of Apache httpd`;
  if (texts.some((text) => text.includes('\0'))) {
    return 'there are NUL bytes, as in UTF-16; convert the text, for example with iconv -f UTF-16 -t UTF-8';
  }
  if (texts.length > 0 && texts.every((text) => text.startsWith('{'))) {
    return 'this is JSON with keys of its own; name them under logs.json_fields in sightline.yaml';
  }
  return GIVE_FORMAT;
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

function attackerLines({ attackers }: RunReport, paint: Paint): string[] {
  if (attackers.length === 0) return [];
  const active = attackers.filter(({ newHits }) => newHits > 0);
  const earlier = attackers.filter(({ newHits }) => newHits === 0);
  const heading =
    active.length === 0
      ? `Attackers of earlier runs: ${countOf(earlier.length)}`
      : earlier.length === 0
        ? `Attackers: ${countOf(active.length)}`
        : `Attackers: ${countOf(active.length)} with new hits, then ${countOf(earlier.length)} of earlier runs`;
  const shown = [...active, ...earlier].slice(0, MAX_ATTACKERS);
  const width = Math.max(...shown.map(({ attacker }) => toTerminal(attacker).length));
  return [
    '',
    paint('bold', `${heading}, by score`),
    ...shown.map(
      (line) =>
        `  ${countOf(line.score).padStart(6)}  ${toTerminal(line.attacker).padEnd(width)}  ${level(line.level, paint)}  ` +
        `${plural(line.hits, 'hit')} by ${plural(line.rules, 'rule')}${newness(line)}${line.promoted ? ', incident' : ''}` +
        `${line.outcome === 'success' ? paint(['bold', 'red'], ', probably succeeded') : line.outcome === 'refused' ? ', refused' : ''}` +
        `${line.techniques.length > 0 ? `  ${line.techniques.join(' ')}` : ''}`,
    ),
    ...more(attackers.length, MAX_ATTACKERS, 'attacker'),
  ];
}

/** Nothing where all hits are new, as they are in a run that remembers no other. */
function newness({ hits, newHits }: AttackerLine): string {
  if (newHits === hits) return '';
  return newHits === 0 ? ', none new' : `, ${countOf(newHits)} new`;
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
    const told = counts.map(([what, count]) =>
      plural(count, what, what.replace(' ', 's ').replace(/exists$/, 'exist')),
    );
    lines.push(`  The server says: ${told.join(', ')}`);
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

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function shorten(text: string): string {
  return toTerminal(text.length > MAX_SHOWN_TEXT ? `${text.slice(0, MAX_SHOWN_TEXT)}...` : text);
}
