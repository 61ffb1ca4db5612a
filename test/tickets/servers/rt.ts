import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scratchFolder } from '../../support/scratch-folder.ts';
import { findPort, run, type Served, serve } from './process.ts';

const SETUP = '/usr/sbin/rt-setup-database-5';
const SERVER = '/usr/share/request-tracker5/libexec/rt-server';
const CACHE = '/var/cache/request-tracker5/mason_data';

export interface RtServer extends Served {
  readonly url: string;
  /** Access tokens of sightline, alice, bob and stranger. */
  readonly tokens: Readonly<Record<string, string>>;
  /** What RT said of itself. */
  log(): Promise<string>;
}

/** Why no Request Tracker can be started here; null when one can. */
export function missingRt(): string | null {
  try {
    accessSync(SETUP, constants.X_OK);
    accessSync(SERVER, constants.X_OK);
    accessSync(CACHE, constants.W_OK);
    return null;
  } catch {
    return 'no Debian packages request-tracker5, rt5-db-sqlite and rt5-standalone here that may be run';
  }
}

/** A Request Tracker of its own: a fresh SQLite database in a temporary folder, on a free port of 127.0.0.1. */
export async function startRt(): Promise<RtServer> {
  const dir = scratchFolder('sightline-rt-');
  const port = await findPort();
  const config = join(dir, 'RT_SiteConfig.pm');
  const tokenFile = join(dir, 'tokens');
  const log = join(dir, 'rt.log');
  await mkdir(join(dir, 'conf.d'));
  await writeFile(config, siteConfig(dir, port));
  const env = { RT_SITE_CONFIG: config, RT_SITE_CONFIG_DIR: join(dir, 'conf.d'), SIGHTLINE_TOKENS: tokenFile };
  const setUp = (...args: string[]) => run(SETUP, [...args, '--skip-create', '--dba-password', ''], { cwd: dir, env });
  await setUp('--action', 'init');
  await setUp('--action', 'insert', '--datafile', join(import.meta.dirname, 'rt-initialdata.pl'));
  const served = await serve(SERVER, ['--host', '127.0.0.1', '--port', String(port), '--max-workers', '3'], port, {
    cwd: dir,
    env,
    log,
  });
  const lines = (await readFile(tokenFile, 'utf8')).trim().split('\n');
  return {
    ...served,
    url: `http://127.0.0.1:${port}`,
    tokens: Object.fromEntries(lines.map((line) => line.split(' '))),
    log: () => readFile(log, 'utf8'),
    async stop() {
      await served.stop();
      await rm(dir, { recursive: true });
    },
  };
}

function siteConfig(dir: string, port: number): string {
  return `Set($rtname, 'sightline-test');
Set($Organization, 'sightline.test');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '${join(dir, 'rt.sqlite')}');
Set($WebDomain, '127.0.0.1');
Set($WebPort, ${port});
Set($WebBaseURL, 'http://127.0.0.1:${port}');
Set($WebURL, 'http://127.0.0.1:${port}/');
Set($CorrespondAddress, 'rt@example.org');
Set($CommentAddress, 'rt-comment@example.org');
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');
Set($LogDir, '${dir}');
Set($Timezone, 'UTC');
# Tokens are checked on each request: the least cost keeps that from being all that RT does.
Set($BcryptCost, 4);
1;
`;
}
