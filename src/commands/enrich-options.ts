import type { Config, Environment } from '../config.ts';
import { globalIntelUrl } from '../ctia/ctia.ts';
import {
  type EnrichCounts,
  type Enricher,
  type EnricherOptions,
  enricher,
  type IntelBase,
} from '../deliver/deliver.ts';
import { intelOptions } from './intel-options.ts';
import { openClient } from './open-client.ts';
import { milliseconds } from './stage-options.ts';

/**
 * Null where incidents are not to be enriched. Its clients are its own: a limit or a slow answer that they meet does not
 * hold delivery up, and they can be stopped.
 */
export async function openEnricher(
  config: Config,
  environment: Environment,
  hooks: Pick<EnricherOptions, 'onFailure'>,
): Promise<Enricher | null> {
  const { verdicts, budget } = config.enrich;
  if (!verdicts) return null;
  const budgetMs = milliseconds(budget);
  const stopper = new AbortController();
  const open = (more: { readonly ctiaUrl?: string } = {}) =>
    openClient(config, environment, {
      ...more,
      timeoutMs: budgetMs,
      retry: { maxAttempts: 2, maxWaitMs: budgetMs },
      signal: stopper.signal,
    });
  const client = await open();
  const clients = [client];
  const bases: IntelBase[] = [{ name: 'private intel', client }];
  const globalUrl = globalUrlOf(config);
  if (globalUrl !== null) {
    const global = await open({ ctiaUrl: globalUrl });
    clients.push(global);
    bases.push({ name: 'global intel', client: global });
  }
  const stop = () => stopper.abort();
  const made = enricher({ ...intelOptions(config, client), bases, budgetMs, stop, clock: Date.now, ...hooks });
  return {
    ...made,
    async close() {
      await made.close();
      for (const each of clients) await each.close();
    },
  };
}

/** A token of hosts that the user names is nothing to send to Cisco's: then global intelligence has to be named, too. */
function globalUrlOf({ deliver, enrich }: Config): string | null {
  if (!enrich.global) return null;
  if (enrich.global_intel_url !== undefined) return enrich.global_intel_url;
  const elsewhere = deliver.iroh_url !== undefined || deliver.private_intel_url !== undefined;
  return elsewhere ? null : globalIntelUrl(deliver.region);
}

/** What enriching came to, in one line for a person. */
export function describeEnriching({ noted, unknown, leftOut, failed, failures }: EnrichCounts): string {
  const outcomes: [number, string][] = [
    [noted, noted === 1 ? 'note' : 'notes'],
    [unknown, 'without anything known of the attacker'],
    [leftOut, 'left out'],
    [failed, `failed (${failures.join('; ')})`],
  ];
  const parts = outcomes.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return `Enrichment: ${parts.length === 0 ? 'nothing to do' : parts.join(', ')}`;
}
