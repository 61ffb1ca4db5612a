import type { ArgumentsCamelCase } from 'yargs';
import type { FilePosition } from '../read/read.ts';
import { plural } from '../report/report.ts';
import { isHeld, type LedgerRow, type OutboxCounts, type State } from '../state/state.ts';
import type { ExitCode } from './command.ts';
import { describeCounts, timeOf } from './outbox/list.ts';
import { withState } from './outbox/open-outbox.ts';
import { print, printJson } from './print.ts';
import { lagBytesOf } from './status/lag.ts';
import type { StatusOptions } from './status.ts';
import { table } from './table.ts';
import { type RunNote, readRunNote } from './tail/run-note.ts';

/** One log: what became of its lines, and how far it is read. */
interface SourceStatus extends LedgerRow {
  /** The file that is being read: a rotated one while its rest is read. Null for standard input. */
  readonly file: string | null;
  readonly offset: number | null;
  readonly lagBytes: number | null;
}

interface Status {
  readonly state: string;
  /** Whether a process reads and sends now. */
  readonly isRunning: boolean;
  /** What that process, or the last one, said with its last commit. */
  readonly run: RunNote | null;
  readonly sources: readonly SourceStatus[];
  readonly outbox: OutboxCounts & { readonly isFull: boolean };
}

/** Carries out `sightline status`. */
export function runStatusCommand(given: ArgumentsCamelCase<StatusOptions>): Promise<ExitCode> {
  return withState(given, 'read', async (state) => {
    const status = look(state);
    if (given.json) await printJson(status);
    else await print(describe(status));
    return 0;
  });
}

function look(state: State): Status {
  const { positions, ledger } = state.load();
  const sources = ledger.map((row): SourceStatus => {
    const data = positions.get(row.source);
    if (data === undefined) return { ...row, file: null, offset: null, lagBytes: null };
    const position: FilePosition = JSON.parse(data);
    return { ...row, file: position.name, offset: position.offset, lagBytes: lagBytesOf(position) };
  });
  const outbox = { ...state.outbox.counts(), isFull: state.outbox.isFull() };
  return { state: state.path, isRunning: isHeld(state.path), run: readRunNote(state), sources, outbox };
}

function describe({ state, isRunning, run, sources, outbox }: Status): string[] {
  const facts = [
    ['State file', state],
    ['Process', isRunning ? (run === null ? 'running' : `running, pid ${run.pid}`) : 'none: nothing is read or sent'],
    ...(run === null ? [] : describeRun(run)),
  ];
  return [
    ...aligned(facts),
    '',
    ...describeSources(sources),
    '',
    ...aligned(describeOutbox(outbox)),
    ...(outbox.isFull ? ['The outbox is full: nothing is read until bundles have been delivered or dropped'] : []),
  ];
}

function describeRun({ committed, reached, openEpisodes }: RunNote): string[][] {
  return [
    ['Last commit', `${timeOf(committed)} UTC`],
    ['Event time', reached === null ? 'none yet' : `final up to ${timeOf(reached)} UTC`],
    ['Open episodes', String(openEpisodes)],
  ];
}

function describeSources(sources: readonly SourceStatus[]): string[] {
  if (sources.length === 0) return ['Nothing was read yet'];
  const heading = ['SOURCE', 'BYTES', 'LINES', 'PARSED', 'REJECTED', 'SKIPPED', 'OFFSET', 'LAG', 'LOST'];
  const rows = sources.map(({ source, bytes, lines, parsed, rejected, skipped, offset, lagBytes, ...row }) => [
    source,
    String(bytes),
    String(lines),
    String(parsed),
    describeRejected(rejected),
    String(skipped),
    String(offset ?? '-'),
    String(lagBytes ?? '-'),
    row.lostLines === 0 ? '-' : `${row.lostBytes} bytes or more, ${plural(row.lostLines, 'time')}`,
  ]);
  return table(heading, rows);
}

function describeRejected(rejected: LedgerRow['rejected']): string {
  const counts = Object.entries(rejected).filter(([, lines]) => lines > 0);
  return counts.length === 0 ? '0' : counts.map(([code, lines]) => `${lines} ${code}`).join(', ');
}

function describeOutbox(counts: OutboxCounts): string[][] {
  const { oldest, lastDelivered, delivered, dropped, droppedForRoom, notFollowedUp } = counts;
  const [held, ...holds] = describeCounts(counts);
  return [
    ['Outbox', held ?? ''],
    ...(oldest === null ? [] : [['Oldest', `waits since ${timeOf(oldest)} UTC`]]),
    ...holds.map((hold) => ['', hold]),
    ['Delivered', lastDelivered === null ? 'nothing yet' : `${delivered}, the last at ${timeOf(lastDelivered)} UTC`],
    ...(dropped + droppedForRoom === 0 ? [] : [['Dropped', `${dropped} by hand, ${droppedForRoom} for want of room`]]),
    ...(notFollowedUp === 0 ? [] : [['Not judged', `${plural(notFollowedUp, 'incident')}, for good: too many waited`]]),
  ];
}

/** Names and what they are, in two columns. */
function aligned(facts: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = facts;
  return table(first, others);
}
