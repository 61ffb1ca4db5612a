import { readFileSync } from 'node:fs';
import type { Config, Environment } from '../config.ts';
import { type Credentials, ctiaClient, readCredentialsFile } from '../ctia/ctia.ts';
import { ctiaSink, fileSink, type Sink, stdoutSink } from '../deliver/deliver.ts';
import { SightlineError } from '../model/errors.ts';
import { milliseconds } from './stage-options.ts';

/** Where the bundles of a run go, and what a person calls that. */
export interface Output {
  readonly name: string;
  readonly sink: Sink;
  close(): Promise<void>;
}

/** What the command line says about it. */
export interface OutputOptions {
  readonly dryRun: boolean;
  readonly pretty: boolean;
  readonly out: string | undefined;
}

/** @throws SightlineError for credentials that are missing or open to others, or a file that cannot be written. */
export async function openOutput(given: OutputOptions, config: Config, environment: Environment): Promise<Output> {
  const { pretty } = given;
  if (given.dryRun) return named('stdout', stdoutSink({ output: process.stdout, pretty }));
  if (given.out !== undefined) return named(given.out, await fileSink({ path: given.out, pretty }));
  const { deliver, bundle } = config;
  const client = ctiaClient({
    credentials: await findCredentials(deliver.credentials_file ?? null, environment),
    region: deliver.region,
    route: deliver.route,
    ...(deliver.iroh_url === undefined ? {} : { irohUrl: deliver.iroh_url }),
    ...(deliver.private_intel_url === undefined ? {} : { ctiaUrl: deliver.private_intel_url }),
    ...(deliver.ca_file === undefined ? {} : { ca: readFile(deliver.ca_file) }),
    proxy: {
      ...(environment.httpsProxy === null ? {} : { https: environment.httpsProxy }),
      ...(environment.noProxy === null ? {} : { no: environment.noProxy }),
    },
    connectTimeoutMs: milliseconds(deliver.connect_timeout),
    timeoutMs: milliseconds(deliver.request_timeout),
    retry: { maxWaitMs: milliseconds(deliver.max_wait) },
  });
  const sink = ctiaSink({ client, prefix: bundle.prefix });
  const { close } = named('', sink);
  return {
    name: `${deliver.private_intel_url ?? deliver.iroh_url ?? `Cisco XDR (${deliver.region})`} by ${deliver.route}`,
    sink,
    async close() {
      await close();
      await client.close();
    },
  };
}

function named(name: string, sink: Sink): Output {
  return { name, sink, close: () => sink.close() };
}

async function findCredentials(file: string | null, { clientId, clientPassword }: Environment): Promise<Credentials> {
  if (clientId !== null && clientPassword !== null) return { clientId, clientPassword };
  if (file !== null) return readCredentialsFile(file);
  throw new SightlineError(
    'bad-credentials',
    'no credentials: set SIGHTLINE_CLIENT_ID and SIGHTLINE_CLIENT_PASSWORD, or name a file with --credentials; ' +
      'to see the bundles without sending them use --dry-run',
  );
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SightlineError('bad-ca-file', `cannot read the certificates in ${path}: ${why}`, { cause: error });
  }
}
