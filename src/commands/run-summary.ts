import { formatText, suggestFormat } from '../parse/parse.ts';
import type { BatchResult } from '../pipeline/pipeline.ts';
import type { Source } from '../read/read.ts';
import { summarise } from '../report/report.ts';

/** Bytes of all sources; null when that of one is not known. */
export function sizeOf(sources: readonly Source[]): number | null {
  return sources.reduce<number | null>(
    (sum, { sizeBytes }) => (sum === null || sizeBytes === null ? null : sum + sizeBytes),
    0,
  );
}

export interface Telling {
  readonly quiet: boolean;
  readonly destination: string;
  readonly elapsedMs: number;
}

/** The summary for a person. Failures are told even when the run is to be quiet. */
export function tellSummary({ tally, formats, faults, undelivered, correlator }: BatchResult, telling: Telling): void {
  const attackers = correlator.attackers(Infinity);
  const better = suggestFormat(tally.firstRejects.map(({ line }) => line.text));
  const lines = telling.quiet
    ? [...faults, ...undelivered].map((failed) => `sightline: ${'message' in failed ? failed.message : failed.reason}`)
    : summarise(
        {
          tally,
          formats: new Map([...formats].map(([format, files]) => [formatText(format), files])),
          betterFormat: better === null ? null : formatText(better),
          attackers,
          attackerCount: attackers.length,
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
