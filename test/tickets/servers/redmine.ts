import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { scratchFolder } from '../../support/scratch-folder.ts';
import { findPort, run, type Served, serve } from './process.ts';

const HOME = '/usr/share/redmine';
const PUMA = '/usr/bin/puma';

export interface RedmineServer extends Served {
  readonly url: string;
  /** API keys of sightline, alice, bob and stranger. */
  readonly keys: Readonly<Record<string, string>>;
  /** Number of the custom field for the incident's id. */
  readonly incidentField: number;
  readonly severityField: number;
}

/** Why no Redmine can be started here; null when one can. */
export function missingRedmine(): string | null {
  try {
    accessSync(join(HOME, 'config.ru'), constants.R_OK);
    accessSync(PUMA, constants.X_OK);
    return null;
  } catch {
    return 'no Debian packages redmine, redmine-sqlite and puma here';
  }
}

/**
 * A Redmine of its own: a fresh SQLite database in a temporary folder, on a free port of 127.0.0.1. Debian's Redmine
 * looks for an instance's files below its own folder, from where the name leads out again.
 */
export async function startRedmine(formatting: 'textile' | 'common_mark'): Promise<RedmineServer> {
  const dir = scratchFolder('sightline-redmine-');
  const port = await findPort();
  const tokenFile = join(dir, 'tokens');
  for (const name of ['config', 'files', 'log', 'tmp', 'public']) await mkdir(join(dir, name));
  await writeFile(join(dir, 'config', 'secret_key.txt'), '0123456789abcdef'.repeat(8));
  await writeFile(
    join(dir, 'config', 'database.yml'),
    `production:\n  adapter: sqlite3\n  database: ${join(dir, 'redmine.sqlite')}\n  encoding: utf8\n  timeout: 20000\n`,
  );
  const env = {
    REDMINE_INSTANCE: relative(join(HOME, 'instances'), dir),
    RAILS_ENV: 'production',
    SCHEMA: join(dir, 'schema.rb'),
    SIGHTLINE_TOKENS: tokenFile,
    SIGHTLINE_FORMATTING: formatting,
  };
  await run(join(HOME, 'bin', 'rake'), ['db:migrate'], { cwd: HOME, env });
  await run(join(HOME, 'bin', 'rails'), ['runner', join(import.meta.dirname, 'redmine-seed.rb')], { cwd: HOME, env });
  const args = ['-b', `tcp://127.0.0.1:${port}`, '-t', '1:3', '-e', 'production', 'config.ru'];
  const served = await serve(PUMA, args, port, { cwd: HOME, env, log: join(dir, 'puma.log') });
  return {
    ...served,
    ...JSON.parse(await readFile(tokenFile, 'utf8')),
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await served.stop();
      await rm(dir, { recursive: true });
    },
  };
}
