import type { ArgumentsCamelCase } from 'yargs';
import { readEnvironment } from '../config.ts';
import { SightlineError } from '../model/errors.ts';
import type { Receipt } from '../model/parcel.ts';
import { countReceipt, countUp } from '../model/tally.ts';
import { type LogFormat, parser } from '../parse/parse.ts';
import { firstTime, formatChooser, LIVE_BOUNDS, type Live, openLive } from '../pipeline/pipeline.ts';
import { findSources, openSource, openWholeFiles, type Source, type WholeFile } from '../read/read.ts';
import { hitLine, NO_PROGRESS, openProgress, plural, rejectLine } from '../report/report.ts';
import { type LedgerRow, openState } from '../state/state.ts';
import type { BatchOptions } from './batch.ts';
import type { ExitCode } from './command.ts';
import { openCrawlerCheck } from './crawler-options.ts';
import { type LoadedStages, loadStages } from './load-stages.ts';
import { openOutput } from './output.ts';
import { describeWarning, tellPerson } from './print.ts';
import { refuseOverwriting } from './refuse-overwriting.ts';
import { unreachableWarnings } from './rules/unreachable.ts';
import { isUnread, sizeOf, tellIntel, tellSkipped, tellSummary } from './run-summary.ts';
import { describeStrays } from './tail/describe-strays.ts';
import { describeStranded, waitingFor } from './tail/describe-undelivered.ts';
import { openKeptLines } from './tail/kept-lines.ts';
import { rest } from './tail/rest.ts';
import { writeRunNote } from './tail/run-note.ts';
import { openSender, readAndSend } from './tail/sending.ts';
import { openSignals } from './tail/signals.ts';
import { claimState } from './tail/state-use.ts';
import { parseSpan } from './times.ts';

/**
 * Carries out `sightline batch --state`: the live run over files that end. What was read is not read again, whatever the
 * files are called by now; a run that was broken off goes on; bundles wait in the outbox until they are delivered.
 */
export async function runBatchWithState(given: ArgumentsCamelCase<BatchOptions>, path: string): Promise<ExitCode> {
  const started = Date.now();
  const environment = readEnvironment();
  const { config, warnings, stages } = await loadStages(given, environment);
  if (!given.quiet) for (const warning of warnings) tellPerson(describeWarning(warning));
  const { sinceMs, untilMs } = parseSpan(given);
  const sources = await findSources(given.files, given.quiet ? undefined : tellSkipped);
  refuseOverwriting({ files: sources.map(({ name }) => name) }, [
    ['--state', path],
    ['--hits', given.hits],
    ['--rejects', given.rejects],
  ]);
  const { outbox_max_bytes, outbox_full } = config.state;
  await using closing = new AsyncDisposableStack();
  const state = openState(path, { maxBytes: outbox_max_bytes, whenFull: outbox_full });
  closing.defer(() => state.close());
  const output = await openOutput(given, config, environment);
  closing.defer(() => output.abandon());
  claimState(state, given.dryRun);
  for (const stranded of describeStranded(output.name, state.outbox.counts())) tellPerson(`sightline: ${stranded}`);
  const crawlers = openCrawlerCheck(config);
  const kept = openKeptLines(state, { hits: given.hits, rejects: given.rejects });
  closing.defer(() => kept.close());
  const signals = openSignals(process);
  closing.defer(() => signals.close());
  const showsProgress = given.progress && !given.quiet && process.stderr.isTTY;
  const progress = showsProgress ? openProgress(process.stderr, sizeOf(sources), Date.now) : NO_PROGRESS;
  let files: readonly WholeFile[] = [];
  let starts: ReadonlyMap<string, number> = new Map();
  let pause: string | null = null;

  const live = await openLive({
    ...stages,
    state,
    formatOf: () => stages.format,
    startsAt: (source) => starts.get(source) ?? null,
    destination: output.name,
    whenStopped: 'keep',
    // Nobody may look for days at what waits in a nightly job.
    waitsForRoom: false,
    sinceMs,
    untilMs,
    bounds: LIVE_BOUNDS,
    ...(crawlers === null ? {} : { confirm: crawlers.check }),
    now: Date.now,
    rest,
    async openFiles({ positions, onReject }) {
      files = await openWholeFiles({ sources, positions, maxLineBytes: stages.read.maxLineBytes, onReject });
      starts = await readStarts(files, sources, stages);
      return {
        files,
        changed: () => Promise.resolve(),
        close: async () => {
          for (const file of files) await file.close();
        },
      };
    },
    onHit: (hit) => kept.hits?.write(hitLine(hit)),
    onReject: (reject) => kept.rejects?.write(rejectLine(reject)),
    onFormat(format) {
      if (given.quiet) return;
      for (const warning of unreachableWarnings(stages.rules, format)) tellPerson(describeWarning(warning));
    },
    onNotice() {},
    onStrays: (source, format) => tellPerson(`sightline: ${describeStrays(source, format)}`),
    onPause(reason) {
      pause = reason;
      if (reason !== null) tellPerson(`sightline: reading pauses: ${reason}`);
    },
    beforeCommit() {
      kept.flush();
      writeRunNote(state, live, { pid: process.pid, committed: Date.now() });
    },
    onCommit({ parcels }) {
      if (parcels > 0) runner.wake();
      progress.update(
        files.reduce((bytes, { ledger }) => bytes + ledger.bytes, 0),
        live.tally.lines,
      );
    },
  });
  closing.defer(() => live.close());
  const attackersBefore = given.quiet ? [] : live.attackersIfEnded();
  const hitsBefore = new Map(attackersBefore.map(({ attacker, hits }) => [attacker, hits]));
  /** Why bundles were not delivered, by their keys; those that were in the end are taken out again. */
  const undelivered = new Map<string, Receipt>();
  const runner = openSender(state, output, (event) => {
    if (event.kind === 'parked' || event.kind === 'deferred') undelivered.set(event.parcel.key, event.receipt);
    else if (event.kind === 'delivered') undelivered.delete(event.parcel.key);
    else if (event.kind === 'given-up') {
      tellPerson(
        `sightline: attackers of ${plural(event.incidents, 'incident')} are not judged for good: too many waited for it`,
      );
    }
    if (event.kind === 'parked' || event.kind === 'delivered') countReceipt(live.tally, event.receipt);
  });

  try {
    const end = await readAndSend(live, runner, signals, false);
    await output.close(); // What is asked of intelligence beside delivery is waited for.
    progress.clear();
    const waiting = waitingFor(output.name, state.outbox.counts());
    live.tally.files = sources.length;
    const result = {
      tally: live.tally,
      formats: countFormats(live.scan.lanes, sources),
      faults: files.flatMap(({ fault }) => fault ?? []),
      undelivered: [...undelivered.values()],
      correlator: live.scan.correlation,
    };
    const isNoLog = isUnread(result) && areNoLogs(files, live.ledger());
    const elapsedMs = Date.now() - started;
    tellSummary(result, { quiet: given.quiet, isNoLog, destination: output.name, elapsedMs, hitsBefore });
    if (!given.quiet) tellIntel(output, crawlers);
    for (const { source } of files.filter(({ leavesRest, fault }) => leavesRest && fault === null)) {
      tellPerson(`sightline: ${source}: its last line has no newline: the next run reads it, grown or not`);
    }
    if (end === 'stopped') tellPerson(`sightline: broken off; the same command goes on where it was`);
    if (waiting > 0) {
      const them = waiting === 1 ? 'it' : 'them';
      const waits = plural(waiting, 'bundle waits', 'bundles wait');
      tellPerson(`sightline: ${waits} in ${path}; the same command sends ${them}`);
    }
    if (pause !== null) tellPerson(`sightline: reading paused: ${pause}`);
    const isDone = end === 'ended' && waiting === 0 && undelivered.size === 0;
    return isDone && !isNoLog && files.every(({ fault }) => fault === null) ? 0 : 1;
  } catch (error) {
    progress.clear();
    if (error instanceof SightlineError && error.code === 'output-closed') return 1;
    throw error;
  }
}

/** Whether no line of the files that were read on is an entry, in any run: of a log, the one new line may be damaged. */
function areNoLogs(files: readonly WholeFile[], rows: readonly LedgerRow[]): boolean {
  const read = new Set(files.filter(({ ledger }) => ledger.lines > 0).map(({ source }) => source));
  return rows.every(({ source, parsed }) => parsed === 0 || !read.has(source));
}

/** Event times of the first lines of files that are not read to their end yet: the oldest goes first. */
async function readStarts(
  files: readonly WholeFile[],
  sources: readonly Source[],
  stages: LoadedStages['stages'],
): Promise<ReadonlyMap<string, number>> {
  const choose = formatChooser(stages.jsonFields);
  const unread = new Set(files.filter(({ ended, source }) => !ended && source !== '-').map(({ source }) => source));
  const starts = new Map<string, number>();
  for (const source of sources.filter(({ name }) => unread.has(name))) {
    const { head, close } = await openSource(source, { ...stages.read, onReject() {} });
    await close();
    const format = stages.format ?? choose(head).format;
    starts.set(source.name, firstTime(head, parser({ ...stages.client, format })));
  }
  return starts;
}

function countFormats(lanes: Live['scan']['lanes'], sources: readonly Source[]): Map<LogFormat, number> {
  const counts = new Map<LogFormat, number>();
  for (const { name } of sources) {
    const format = lanes.get(name)?.format;
    if (format !== undefined) countUp(counts, format);
  }
  return counts;
}
