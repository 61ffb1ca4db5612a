import { type Config, loadConfig, readEnvironment } from '../config.ts';
import type { CtiaClient } from '../ctia/ctia.ts';
import type { ExitCode } from './command.ts';
import { openClient } from './open-client.ts';
import type { SessionOptions } from './session-options.ts';

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
