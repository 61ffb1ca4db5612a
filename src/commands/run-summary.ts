import type { CrawlerCheck } from '../deliver/deliver.ts';
import { toTerminal } from '../escape/escape.ts';
import { rejectedShare } from '../model/tally.ts';
import { formatText, suggestFormat } from '../parse/parse.ts';
import type { BatchResult } from '../pipeline/pipeline.ts';
import type { Source } from '../read/read.ts';
import { summarise } from '../report/report.ts';
import { describeCrawlers } from './crawler-options.ts';
import { describeEnriching } from './enrich-options.ts';
import { describeJudging } from './intel-options.ts';
import type { Output } from './output.ts';
import { tellPerson } from './print.ts';

/** Bytes of all sources; null when that of one is not known. */
export function sizeOf(sources: readonly Source[]): number | null {
  return sources.reduce<number | null>(
    (sum, { sizeBytes }) => (sum === null || sizeBytes === null ? null : sum + sizeBytes),
    0,
  );
}

/** Tells of what a glob or a folder stands for and a run does not read; for `findSources`. */
export function tellSkipped(name: string): void {
  tellPerson(`sightline: ${name} is no regular file, and is read only when it is named itself`);
}

export interface Telling {
  readonly quiet: boolean;
  /** Whether what was read is no log, see {@link isUnread}. */
  readonly isNoLog: boolean;
  readonly destination: string;
  readonly elapsedMs: number;
  /** Of each attacker that was known before the run. */
  readonly hitsBefore: ReadonlyMap<string, number>;
}

/** Whether there were lines, and not one of them was an entry: another format, or no log. */
export function isUnread({ tally }: Pick<BatchResult, 'tally'>): boolean {
  return rejectedShare(tally) === 1;
}

/** The summary for a person. Failures are told even when the run is to be quiet. */
export function tellSummary(result: BatchResult, telling: Telling): void {
  const { tally, formats, faults, undelivered, correlator } = result;
  const { hitsBefore } = telling;
  const attackers = correlator.attackers(Infinity).map((total) => {
    return { ...total, newHits: Math.max(0, total.hits - (hitsBefore.get(total.attacker) ?? 0)) };
  });
  const better = suggestFormat(tally.firstRejects.map(({ line }) => line.text));
  const lines = telling.quiet
    ? [
        ...faults.map(({ source, message }) => `sightline: ${toTerminal(`${source}: ${message}`)}`),
        ...undelivered.map(({ reason }) => `sightline: ${toTerminal(reason ?? 'no reason given')}`),
        ...(telling.isNoLog ? ['sightline: not one line is an entry in the format of the log; see logs.format'] : []),
      ]
    : summarise(
        {
          tally,
          formats: new Map([...formats].map(([format, files]) => [formatText(format), files])),
          betterFormat: better === null ? null : { ...better, format: formatText(better.format) },
          attackers,
          costs: new Map(Object.entries(correlator.counts.costs)),
          faults: faults.map(({ source, message }) => `${source}: ${message}`),
          undelivered: undelivered.map(({ reason }) => reason ?? 'no reason given'),
          destination: telling.destination,
          elapsedMs: telling.elapsedMs,
        },
        process.stderr.hasColors?.() ?? false,
      );
  for (const line of lines) process.stderr.write(`${line}\n`);
}

/** What came of asking DNS about crawlers and, after deliveries, of judging and enriching; of each, where it was wanted. */
export function tellIntel(
  { judger, enricher }: Pick<Output, 'judger' | 'enricher'>,
  crawlers: CrawlerCheck | null,
): void {
  if (crawlers !== null) tellPerson(describeCrawlers(crawlers.counts));
  if (judger !== null) tellPerson(describeJudging(judger.counts));
  if (enricher !== null) tellPerson(describeEnriching(enricher.counts));
}
