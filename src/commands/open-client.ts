import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config, Environment } from '../config.ts';
import {
  type Credentials,
  type CtiaClient,
  type CtiaOptions,
  ctiaClient,
  type LockOptions,
  readCredentialsFile,
} from '../ctia/ctia.ts';
import { SightlineError } from '../model/errors.ts';
import { tellPerson } from './print.ts';
import { milliseconds } from './stage-options.ts';

/** What a caller wants otherwise, and who hears that an import waits for that of another process. */
export interface ClientHooks extends Pick<CtiaOptions, 'ctiaUrl' | 'onExchange' | 'retry' | 'signal' | 'timeoutMs'> {
  readonly onWait?: ((message: string) => void) | undefined;
}

/**
 * A client as the configuration and the environment have it; nothing is sent yet.
 * @throws SightlineError for credentials that are missing or open to others, or certificates that cannot be read.
 */
export async function openClient(
  { deliver }: Config,
  environment: Environment,
  { onWait = (message) => tellPerson(`sightline: ${message}`), ...more }: ClientHooks = {},
): Promise<CtiaClient> {
  return ctiaClient({
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
    ...(deliver.import_lock ? { lock: lockOptions(environment, onWait) } : {}),
    ...more,
    retry: { maxWaitMs: milliseconds(deliver.max_wait), ...more.retry },
  });
}

/** A folder that only this user has: the one that the system made for such things, or one of our own. */
function lockOptions({ runtimeDir }: Environment, onWait: (message: string) => void): LockOptions {
  const own = `sightline-${process.getuid?.() ?? 'lock'}`;
  return {
    folder: runtimeDir === null ? join(tmpdir(), own) : join(runtimeDir, 'sightline'),
    onWait: () => onWait('another process is importing; waiting for it'),
  };
}

async function findCredentials(file: string | null, { clientId, clientPassword }: Environment): Promise<Credentials> {
  if (clientId !== null && clientPassword !== null) return { clientId, clientPassword };
  if (file !== null) return readCredentialsFile(file);
  throw new SightlineError(
    'bad-credentials',
    'no credentials: set SIGHTLINE_CLIENT_ID and SIGHTLINE_CLIENT_PASSWORD, or name a file with --credentials; ' +
      'to see the bundles without sending them use batch --dry-run',
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
