import type { Config, Environment } from '../config.ts';
import {
  ctiaSink,
  type Enricher,
  fileSink,
  type JudgeFailure,
  type Judger,
  type Sink,
  stdoutSink,
} from '../deliver/deliver.ts';
import { openEnricher } from './enrich-options.ts';
import { configuredJudger } from './intel-options.ts';
import { openClient } from './open-client.ts';

/** Where the bundles of a run go, and what a person calls that. */
export interface Output {
  /** Bundles wait under it: the tenant's, not that of the way there, which may change while they do. */
  readonly name: string;
  readonly sink: Sink;
  /** Judges attackers where bundles go to a server and the configuration wants it. */
  readonly judger: Judger | null;
  /** Likewise asks what is known of them. */
  readonly enricher: Enricher | null;
  /** Makes what was sent lasting, and lets go of everything. */
  close(): Promise<void>;
  /** Lets go of connections when the run broke off. A file stays as the run before left it. */
  abandon(): Promise<void>;
}

/** What the command line says about it. */
export interface OutputOptions {
  readonly dryRun: boolean;
  readonly pretty: boolean;
  readonly out: string | undefined;
}

/** What hears of failures as they happen, besides the counts of judger and enricher. */
export interface OutputHooks {
  readonly onNotJudged?: (failure: JudgeFailure) => void;
  readonly onNotEnriched?: (message: string) => void;
  readonly onWait?: (message: string) => void;
}

/** @throws SightlineError for credentials that are missing or open to others, or a file that cannot be written. */
export async function openOutput(
  given: OutputOptions,
  config: Config,
  environment: Environment,
  { onNotJudged, onNotEnriched, onWait }: OutputHooks = {},
): Promise<Output> {
  const { pretty } = given;
  if (given.dryRun) return named('stdout', stdoutSink({ output: process.stdout, pretty }));
  if (given.out !== undefined) return named(given.out, await fileSink({ path: given.out, pretty }));
  const { deliver, bundle } = config;
  const client = await openClient(config, environment, { onWait });
  const sink = ctiaSink({ client, prefix: bundle.prefix });
  const enricher = await openEnricher(
    config,
    environment,
    onNotEnriched === undefined ? {} : { onFailure: onNotEnriched },
  );
  const abandon = async (): Promise<void> => {
    await enricher?.close(); // What it has under way would keep the process alive beyond its budget.
    await client.close();
  };
  return {
    name: deliver.private_intel_url ?? deliver.iroh_url ?? `Cisco XDR (${deliver.region})`,
    sink,
    judger: configuredJudger(config, client, sink, onNotJudged === undefined ? {} : { onFailure: onNotJudged }),
    enricher,
    async close() {
      await sink.close();
      await abandon();
    },
    abandon,
  };
}

function named(name: string, sink: Sink): Output {
  return { name, sink, judger: null, enricher: null, close: () => sink.close(), abandon: async () => {} };
}
