import type { ArgumentsCamelCase } from 'yargs';
import { titleOf } from '../compose/compose.ts';
import { readEnvironment } from '../config.ts';
import { keepUndelivered } from '../deliver/deliver.ts';
import { SightlineError } from '../model/errors.ts';
import { runBatch } from '../pipeline/pipeline.ts';
import { findSources } from '../read/read.ts';
import { hitLine, NO_PROGRESS, openLineFile, openProgress, rejectLine } from '../report/report.ts';
import type { BatchOptions } from './batch.ts';
import type { ExitCode } from './command.ts';
import { openCrawlerCheck } from './crawler-options.ts';
import { loadStages } from './load-stages.ts';
import { openOutput } from './output.ts';
import { describeWarning, tellPerson } from './print.ts';
import { refuseOverwriting } from './refuse-overwriting.ts';
import { unreachableWarnings } from './rules/unreachable.ts';
import { isUnread, sizeOf, tellIntel, tellSkipped, tellSummary } from './run-summary.ts';
import { parseSpan } from './times.ts';

const SEGMENT_BYTES = 256 * 1024;

/** Carries out `sightline batch`. */
export async function runBatchCommand(given: ArgumentsCamelCase<BatchOptions>): Promise<ExitCode> {
  const started = Date.now();
  const environment = readEnvironment();
  const { config, ruleFolders, warnings, stages: options } = await loadStages(given, environment);
  if (!given.quiet) for (const warning of warnings) tellPerson(describeWarning(warning));
  const { workers } = given;
  const stages = {
    ...options,
    sources: await findSources(given.files, given.quiet ? undefined : tellSkipped),
    ...(workers < 2 ? {} : { apart: { workers: workers - 1, ruleFolders, segmentBytes: SEGMENT_BYTES } }),
    ...parseSpan(given),
  };
  refuseOverwriting({ files: stages.sources.map(({ name }) => name) }, [
    ['--out', given.out],
    ['--hits', given.hits],
    ['--rejects', given.rejects],
  ]);
  await using closing = new AsyncDisposableStack();
  const openLines = (path: string | undefined) =>
    path === undefined ? null : closing.adopt(openLineFile(path), (file) => file.close());
  const [hits, rejects] = [openLines(given.hits), openLines(given.rejects)];
  const output = await openOutput(given, config, environment);
  const crawlers = openCrawlerCheck(config);
  const showsProgress = given.progress && !given.quiet && process.stderr.isTTY;
  const progress = showsProgress ? openProgress(process.stderr, sizeOf(stages.sources), Date.now) : NO_PROGRESS;
  try {
    const result = await runBatch({
      ...stages,
      sink: output.sink,
      ...(crawlers === null ? {} : { confirm: crawlers.check }),
      onFormat(format) {
        if (given.quiet) return;
        for (const warning of unreachableWarnings(stages.rules, format)) tellPerson(describeWarning(warning));
      },
      onHit: (hit) => hits?.write(hitLine(hit)),
      onReject: (reject) => rejects?.write(rejectLine(reject)),
      onProgress: (bytes, { lines }) => progress.update(bytes, lines),
      onUndelivered: (parcel, receipt) => keepUndelivered(config.deliver.undelivered_dir, parcel, receipt),
      async onDelivered(incident, receipts) {
        const stored = receipts.flatMap(({ entities }) => entities).find(({ type }) => type === 'incident');
        if (stored?.id != null) output.enricher?.enrich(stored.id, incident.attacker);
        await output.judger?.judge(incident, titleOf(incident));
      },
    });
    for (const lines of [hits, rejects]) lines?.flush();
    await output.close();
    progress.clear();
    const isNoLog = isUnread(result);
    tellSummary(result, {
      quiet: given.quiet,
      isNoLog,
      destination: output.name,
      elapsedMs: Date.now() - started,
      hitsBefore: new Map(),
    });
    if (!given.quiet) tellIntel(output, crawlers);
    return result.faults.length > 0 || result.undelivered.length > 0 || isNoLog ? 1 : 0;
  } catch (error) {
    progress.clear();
    await output.abandon();
    if (error instanceof SightlineError && error.code === 'output-closed') return 1;
    throw error;
  }
}
