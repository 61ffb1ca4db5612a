import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArgumentsCamelCase } from 'yargs';
import { type Environment, readEnvironment } from '../config.ts';
import { describeFault, SightlineError } from '../model/errors.ts';
import { LIVE_BOUNDS, type LiveStages, openLive } from '../pipeline/pipeline.ts';
import { expand, openFollower } from '../read/read.ts';
import { hitLine, rejectLine } from '../report/report.ts';
import type { ExitCode } from './command.ts';
import { openCrawlerCheck } from './crawler-options.ts';
import { type LoadedStages, loadStages } from './load-stages.ts';
import { openOutput } from './output.ts';
import { refuseOverwriting } from './refuse-overwriting.ts';
import { unreachableWarnings } from './rules/unreachable.ts';
import { apacheLogs, eitherTarget } from './tail/apache-logs.ts';
import { describeStrays } from './tail/describe-strays.ts';
import { describeStranded, describeUndelivered, waitingFor } from './tail/describe-undelivered.ts';
import { openKeptLines } from './tail/kept-lines.ts';
import type { ServiceLog } from './tail/log.ts';
import { metricsOf, serveMetrics } from './tail/metrics.ts';
import { reportDelivery, reportIntel } from './tail/report-delivery.ts';
import { rest } from './tail/rest.ts';
import { writeRunNote } from './tail/run-note.ts';
import { openSender, readAndSend } from './tail/sending.ts';
import { runService } from './tail/service.ts';
import { openSignals } from './tail/signals.ts';
import { openStateAt, storedPath } from './tail/state-of-run.ts';
import { claimState } from './tail/state-use.ts';
import type { TailOptions } from './tail.ts';

/** Carries out `sightline tail`. */
export function runTailCommand(given: ArgumentsCamelCase<TailOptions>): Promise<ExitCode> {
  return runService(given, (log) => follow(given, log));
}

/** Reads, stores and sends side by side, until it is told to stop or everything ended. */
async function follow(given: ArgumentsCamelCase<TailOptions>, log: ServiceLog): Promise<ExitCode> {
  refuseFolders(given.files);
  const environment = readEnvironment();
  const { config, warnings, stages } = await loadStages(given, environment);
  const path = given['apache-config'];
  const readApache = () => (path === undefined ? null : apacheLogs(path));
  const apache = readApache();
  const patterns = [...given.files, ...(apache?.patterns ?? [])];
  const storedIn = storedPath(given, config, environment);
  refuseOverwriting({ files: await namesOf(patterns), globs: patterns }, [
    ['--state', storedIn],
    ['--hits', given.hits],
    ['--rejects', given.rejects],
  ]);
  await using closing = new AsyncDisposableStack();
  let isWhole = false;
  const output = await openOutput({ ...given, out: undefined }, config, environment, reportIntel(log));
  closing.defer(() => (isWhole ? output.close() : output.abandon()));
  const crawlers = openCrawlerCheck(config);
  const { state, isTemporary, discard } = openStateAt(storedIn, config);
  closing.defer(discard);
  closing.defer(() => state.close());
  claimState(state, given.dryRun);
  const signals = openSignals(process);
  closing.defer(() => signals.close());
  const kept = openKeptLines(state, { hits: given.hits, rejects: given.rejects });
  closing.defer(() => kept.close());
  for (const stranded of describeStranded(output.name, state.outbox.counts())) log.warn(stranded);
  let pause: string | null = null;

  for (const warning of [...warnings, ...(apache?.warnings ?? [])]) log.warn(describeFault(warning));

  const liveStages = ({ stages: { format, ...rest } }: Pick<LoadedStages, 'stages'>, servers = apache): LiveStages => ({
    ...rest,
    onFormat(used) {
      for (const warning of unreachableWarnings(rest.rules, used)) log.warn(describeFault(warning));
    },
    formatOf: (source) => format ?? servers?.formatOf(source) ?? null,
    compose:
      servers === null
        ? rest.compose
        : { ...rest.compose, targetOf: eitherTarget(rest.compose.targetOf, servers.targetOf) },
    // An incident is told of as soon as something about it is final, not when it is over.
    correlate: { ...rest.correlate, pendingSightings: 1 },
    ...(crawlers === null ? {} : { confirm: crawlers.check }),
  });
  const live = await openLive({
    ...liveStages({ stages }),
    state,
    destination: output.name,
    startsAt: () => null,
    whenStopped: isTemporary ? 'give-out' : 'keep',
    sinceMs: Number.NEGATIVE_INFINITY,
    untilMs: Number.POSITIVE_INFINITY,
    bounds: LIVE_BOUNDS,
    now: Date.now,
    rest,
    openFiles: (hooks) =>
      openFollower({
        ...hooks,
        patterns,
        rotatedTo: given['rotated-to'],
        // Once something was read, whatever appears is new.
        existing: hooks.positions.length === 0 ? given.from : 'start',
        maxLineBytes: stages.read.maxLineBytes,
        clock: { now: Date.now, sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
      }),
    onHit: (hit) => kept.hits?.write(hitLine(hit)),
    onReject: (reject) => kept.rejects?.write(rejectLine(reject)),
    onNotice: ({ source, code, message, lostBytes }) => {
      const facts = { source, code, ...(lostBytes > 0 ? { lost_bytes: lostBytes } : {}) };
      if (code === 'lost' || code === 'unreadable' || code === 'bad-archive') log.warn(message, facts);
      else log.info(message, facts);
    },
    onStrays: (source, used) => log.warn(describeStrays(source, used), { source }),
    onPause(reason) {
      pause = reason;
      if (reason === null) log.info('reading goes on');
      else log.warn(`reading pauses: ${reason}`);
    },
    onCommit({ parcels }) {
      if (parcels > 0) runner.wake();
    },
    beforeCommit() {
      kept.flush();
      writeRunNote(state, live, { pid: process.pid, committed: Date.now() });
    },
  });
  closing.defer(() => live.close());
  let parked = 0;
  const runner = openSender(state, output, (event) => {
    if (event.kind === 'parked') parked++;
    reportDelivery(log, event);
  });
  const measured = { live, output, outbox: state.outbox, pausedBy: () => pause };
  const metrics = given.metrics === undefined ? null : await serveMetrics(given.metrics, metricsOf(measured), measured);
  if (metrics !== null) {
    closing.defer(() => metrics.close());
    log.info('metrics are served', { url: metrics.url });
  }
  signals.onReload(
    () => void reload(given, environment, log, (loaded) => live.reload(liveStages(loaded, readApache()))),
  );

  try {
    if (live.files.length === 0)
      log.warn('no file is there yet; it is looked for every second', { files: patterns.join(' ') });
    log.info('reading', { files: live.files.length, state: state.path, destination: output.name });
    const end = await readAndSend(live, runner, signals, isTemporary);
    const waiting = waitingFor(output.name, state.outbox.counts());
    log.info('stopped', { lines: live.tally.lines, waiting });
    isWhole = true;
    if (end === 'stopped' || waiting + parked === 0) return 0;
    log.error(describeUndelivered(waiting, parked), { state: state.path });
    return 1;
  } catch (error) {
    if (error instanceof SightlineError && error.code === 'output-closed') return 1;
    throw error;
  }
}

/** Beside an access log there are others, and those that were rotated: which are to be followed is for the user to say. */
function refuseFolders(files: readonly string[]): void {
  const folders = files.filter(isFolder);
  if (folders.length === 0) return;
  const named = folders.map(
    (folder) => `${folder} is a folder: name the logs to follow, such as '${join(folder, '*access.log')}'`,
  );
  throw new SightlineError('usage', named.join('; '));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // What is not there, or may not be looked at, is told of when it is followed.
    return false;
  }
}

/** The patterns themselves, for files that are not there yet, and what there is for them. */
async function namesOf(patterns: readonly string[]): Promise<string[]> {
  const found = await Promise.all(patterns.map(expand));
  return [...patterns, ...found.flatMap((files) => files.map(({ source }) => source.name))];
}

/** Rules, lists and configuration as they are now; a set with a fault changes nothing. */
async function reload(
  given: ArgumentsCamelCase<TailOptions>,
  environment: Environment,
  log: ServiceLog,
  take: (loaded: LoadedStages) => void,
): Promise<void> {
  try {
    const loaded = await loadStages(given, environment);
    take(loaded);
    for (const warning of loaded.warnings) log.warn(describeFault(warning));
    log.info('rules and configuration were read again', { rules: loaded.stages.rules.rules.length });
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    log.error(`the rules and configuration stay as they were: ${error.message}`);
  }
}
