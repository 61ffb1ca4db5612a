import type { ArgumentsCamelCase } from 'yargs';
import { readEnvironment } from '../config.ts';
import { SightlineError } from '../model/errors.ts';
import type { Receipt } from '../model/parcel.ts';
import { type LogFormat, parser } from '../parse/parse.ts';
import { firstTime, formatChooser, LIVE_BOUNDS, openLive } from '../pipeline/pipeline.ts';
import { findSources, openSource, openWholeFiles, type Source, type WholeFile } from '../read/read.ts';
import { hitLine, NO_PROGRESS, openProgress, rejectLine } from '../report/report.ts';
import { openState } from '../state/state.ts';
import type { BatchOptions } from './batch.ts';
import type { ExitCode } from './command.ts';
import { openCrawlerCheck } from './crawler-options.ts';
import { type LoadedStages, loadStages } from './load-stages.ts';
import { openOutput } from './output.ts';
import { describeWarning, tellPerson } from './print.ts';
import { unreachableWarnings } from './rules/unreachable.ts';
import { sizeOf, tellSummary } from './run-summary.ts';
import { openKeptLines } from './tail/kept-lines.ts';
import { rest } from './tail/rest.ts';
import { writeRunNote } from './tail/run-note.ts';
import { openSender, readAndSend } from './tail/sending.ts';
import { openSignals } from './tail/signals.ts';
import { parseTime } from './times.ts';

/**
 * Carries out `sightline batch --state`: the live run over files that end. What was read is not read again, whatever the
 * files are called by now; a run that was broken off goes on; bundles wait in the outbox until they are delivered.
 */
export async function runBatchWithState(given: ArgumentsCamelCase<BatchOptions>, path: string): Promise<ExitCode> {
  const started = Date.now();
  const environment = readEnvironment();
  const { config, stages } = await loadStages(given, environment);
  const sinceMs = given.since === undefined ? Number.NEGATIVE_INFINITY : parseTime(given.since, '--since');
  const untilMs = given.until === undefined ? Number.POSITIVE_INFINITY : parseTime(given.until, '--until');
  const sources = await findSources(given.files);
  const outsets = await readOutsets(sources, stages);
  const { outbox_max_bytes, outbox_full } = config.state;
  const state = openState(path, { maxBytes: outbox_max_bytes, whenFull: outbox_full });
  const output = await openOutput(given, config, environment);
  const crawlers = openCrawlerCheck(config);
  const kept = openKeptLines(state, { hits: given.hits, rejects: given.rejects });
  const signals = openSignals(process);
  const showsProgress = given.progress && !given.quiet && process.stderr.isTTY;
  const progress = showsProgress ? openProgress(process.stderr, sizeOf(sources), Date.now) : NO_PROGRESS;
  let files: readonly WholeFile[] = [];
  let pause: string | null = null;

  const live = await openLive({
    ...stages,
    state,
    formatOf: (source) => outsets.get(source)?.format ?? stages.format,
    startsAt: (source) => outsets.get(source)?.startsAt ?? null,
    destination: output.name,
    whenStopped: 'keep',
    sinceMs,
    untilMs,
    bounds: LIVE_BOUNDS,
    ...(crawlers === null ? {} : { confirm: crawlers.check }),
    now: Date.now,
    rest,
    async openFiles({ positions, onReject }) {
      files = await openWholeFiles({ sources, positions, maxLineBytes: stages.read.maxLineBytes, onReject });
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
  const refused: Receipt[] = [];
  const runner = openSender(state, output, (event) => {
    if (event.kind === 'parked' || event.kind === 'deferred') refused.push(event.receipt);
  });

  try {
    const end = await readAndSend(live, runner, signals, false);
    progress.clear();
    const waiting = state.outbox.counts().waiting.parcels;
    live.tally.files = sources.length;
    tellSummary(
      {
        tally: live.tally,
        formats: countFormats(outsets),
        faults: files.flatMap(({ fault }) => fault ?? []),
        undelivered: refused,
        correlator: live.scan.correlation,
      },
      { quiet: given.quiet, destination: output.name, elapsedMs: Date.now() - started },
    );
    if (end === 'stopped') tellPerson(`sightline: broken off; the same command goes on where it was`);
    if (waiting > 0) tellPerson(`sightline: ${waiting} bundles wait in ${path}; the same command sends them`);
    if (pause !== null) tellPerson(`sightline: reading paused: ${pause}`);
    const isWhole = end === 'ended' && waiting === 0 && refused.length === 0;
    return isWhole && files.every(({ fault }) => fault === null) ? 0 : 1;
  } catch (error) {
    progress.clear();
    await output.abandon();
    if (error instanceof SightlineError && error.code === 'output-closed') return 1;
    throw error;
  } finally {
    signals.close();
    await live.close();
    kept.close();
    await output.close();
    state.close();
  }
}

/** How a source is written, and when it begins. */
interface Outset {
  readonly format: LogFormat;
  readonly startsAt: number;
}

async function readOutsets(
  sources: readonly Source[],
  stages: LoadedStages['stages'],
): Promise<ReadonlyMap<string, Outset>> {
  const choose = formatChooser(stages.jsonFields);
  const outsets = new Map<string, Outset>();
  for (const source of sources.filter(({ name }) => name !== '-')) {
    const opened = await openSource(source, { ...stages.read, onReject() {} });
    await opened.close();
    const format = stages.format ?? choose(opened.head).format;
    outsets.set(source.name, { format, startsAt: firstTime(opened.head, parser({ ...stages.client, format })) });
  }
  return outsets;
}

function countFormats(outsets: ReadonlyMap<string, Outset>): Map<LogFormat, number> {
  const counts = new Map<LogFormat, number>();
  for (const { format } of outsets.values()) counts.set(format, (counts.get(format) ?? 0) + 1);
  return counts;
}
