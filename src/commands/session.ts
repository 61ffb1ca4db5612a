import type { Options } from 'yargs';
import { type Config, loadConfig, readEnvironment } from '../config.ts';
import type { CtiaClient } from '../ctia/ctia.ts';
import type { ExitCode } from './command.ts';
import { openClient } from './open-client.ts';

/** What every command that talks to the server takes. */
export interface SessionOptions {
  readonly config: string | undefined;
  readonly region: string | undefined;
  readonly credentials: string | undefined;
}

export const SESSION_OPTIONS = {
  config: { type: 'string', requiresArg: true, describe: 'Configuration file (default: ./sightline.yaml if there)' },
  region: { type: 'string', requiresArg: true, describe: 'Region of the XDR tenant: us, eu or apjc' },
  credentials: { type: 'string', requiresArg: true, describe: 'File with client id and password' },
} as const satisfies Readonly<Record<string, Options>>;

export const JSON_OPTION = {
  json: { type: 'boolean', default: false, describe: 'Print JSON' },
} as const satisfies Readonly<Record<string, Options>>;

/** A connection to the server and the configuration that it was made by. */
export interface Session {
  readonly client: CtiaClient;
  readonly config: Config;
}

/** The configuration as file, environment and flags have it. */
export function sessionConfig(given: SessionOptions): Config {
  return loadConfig(given.config ?? null, readEnvironment(), [
    { place: ['deliver', 'region'], value: given.region, name: '--region' },
    { place: ['deliver', 'credentials_file'], value: given.credentials, name: '--credentials' },
  ]);
}

/** Runs `work` with a client, and lets go of its connections afterwards. */
export async function withSession(
  given: SessionOptions,
  work: (session: Session) => Promise<ExitCode>,
): Promise<ExitCode> {
  const config = sessionConfig(given);
  const client = await openClient(config, readEnvironment());
  try {
    return await work({ client, config });
  } finally {
    await client.close();
  }
}
