import { loadConfig, readEnvironment } from '../../config.ts';
import type { RuleSet } from '../../detect/detect.ts';
import type { Hit } from '../../model/hit.ts';
import type { Incident } from '../../model/incident.ts';
import { type BatchResult, runBatch } from '../../pipeline/pipeline.ts';
import type { Source } from '../../read/read.ts';
import { tellPerson } from '../print.ts';
import type { LogOptions } from '../rules.ts';
import { stageOptions } from '../stage-options.ts';

export interface Listeners {
  readonly onHit?: (hit: Hit) => void;
  /** Hears of an incident each time that something is added to it. */
  readonly onIncident?: (incident: Incident) => void;
}

/** Runs rules over logs as `batch` would, but what is found goes nowhere except to the listeners. */
export async function scanLogs(
  given: LogOptions,
  sources: readonly Source[],
  rules: RuleSet,
  { onHit, onIncident }: Listeners,
): Promise<BatchResult> {
  const config = loadConfig(given.config ?? null, readEnvironment(), [
    { place: ['logs', 'format'], value: given['log-format'], name: '--log-format' },
  ]);
  const result = await runBatch({
    ...stageOptions(config, () => ({})),
    sources,
    sinceMs: Number.NEGATIVE_INFINITY,
    untilMs: Number.POSITIVE_INFINITY,
    rules,
    sink: {
      name: 'nowhere',
      send: async ({ key }) => ({ key, verdict: 'delivered', entities: [], reason: null }),
      close: async () => {},
    },
    onHit: onHit ?? (() => {}),
    onReject: () => {},
    onProgress: () => {},
    onUndelivered: async (_, receipt) => receipt,
    onDelivered: async (incident) => onIncident?.(incident),
  });
  for (const { source, message } of result.faults) tellPerson(`sightline: not read in full: ${source}: ${message}`);
  return result;
}
