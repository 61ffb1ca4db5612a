import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArgumentsCamelCase } from 'yargs';
import { type Config, readEnvironment } from '../../config.ts';
import { SightlineError } from '../../model/errors.ts';
import { openState, type State } from '../../state/state.ts';
import { dryRun, openSync, SYNC_TABLES, type Sync, tendSync } from '../../sync/sync.ts';
import type { ExitCode } from '../command.ts';
import { openClient } from '../open-client.ts';
import { print } from '../print.ts';
import { sessionConfig } from '../session.ts';
import { milliseconds } from '../stage-options.ts';
import type { SyncRunOptions } from '../sync.ts';
import { openLog, type ServiceLog } from '../tail/log.ts';
import { openSignals } from '../tail/signals.ts';
import { openTickets, syncOptions, syncStatePath } from './open-sync.ts';
import { reportSync } from './report.ts';

/** The shortest rest between two passes. */
const MIN_REST_MS = 1_000;

/** Carries out `sightline sync`. */
export async function runSync(given: ArgumentsCamelCase<SyncRunOptions>): Promise<ExitCode> {
  const config = sessionConfig(given);
  const path = syncStatePath(config, readEnvironment(), given.state);
  if (given.dryRun) return runDry(config, path);
  const log = openLog({ output: process.stderr, isTerminal: process.stderr.isTTY, quiet: given.quiet });
  let open = await openBothSides(config);
  const state = openState(path);
  const signals = openSignals(process);
  let reloading = false;
  signals.onReload(() => {
    reloading = true;
  });
  try {
    log.info('syncing', { state: path, system: open.connector.name });
    for (let sync = syncOf(open.config); !signals.stopped.aborted; ) {
      await sync.pass({ drain: given.once }, signals.stopped);
      if (given.once) return summarise(log, state);
      await rest(sync, signals.stopped);
      if (!reloading) continue;
      reloading = false;
      open = await reload(given, open, log);
      sync = syncOf(open.config);
    }
    log.info('stopped', { waiting: tendSync(state).status().work.length });
    return 0;
  } finally {
    signals.close();
    await open.close();
    state.close();
  }

  function syncOf(current: Config): Sync {
    const options = syncOptions(current, open.client, open.connector);
    return openSync({ ...options, state, report: (event) => reportSync(log, event) });
  }

  async function rest(sync: Sync, stopped: AbortSignal): Promise<void> {
    const untilDue = Math.max(MIN_REST_MS, sync.nextDue() - Date.now());
    await sleep(Math.min(milliseconds(given.interval), untilDue), undefined, { signal: stopped }).catch(
      (error: unknown) => {
        if (!stopped.aborted) throw error;
      },
    );
  }
}

type BothSides = Awaited<ReturnType<typeof openBothSides>>;

async function openBothSides(config: Config) {
  const environment = readEnvironment();
  const connector = openTickets(config, environment);
  const client = await openClient(config, environment);
  const close = async (): Promise<void> => {
    await connector.close();
    await client.close();
  };
  return { config, client, connector, close };
}

/** The configuration as it is now; one with a fault changes nothing. */
async function reload(
  given: ArgumentsCamelCase<SyncRunOptions>,
  before: BothSides,
  log: ServiceLog,
): Promise<BothSides> {
  try {
    const open = await openBothSides(sessionConfig(given));
    await before.close();
    log.info('the configuration was read again');
    return open;
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    log.error(`the configuration stays as it was: ${error.message}`);
    return before;
  }
}

/** 1 when anything is left to be done. */
function summarise(log: ServiceLog, state: State): ExitCode {
  const { pairs, work, holds } = tendSync(state).status();
  const parked = work.filter((one) => one.parked).length;
  log.info('done', { pairs, waiting: work.length - parked, parked });
  return work.length > 0 || holds.length > 0 ? 1 : 0;
}

/** Works on a copy of what sync remembers, writes to neither side, and leaves no trace. */
async function runDry(config: Config, path: string): Promise<ExitCode> {
  const { client, connector, close } = await openBothSides(config);
  const folder = mkdtempSync(join(tmpdir(), 'sightline-dry-run-'));
  const state = openState(join(folder, 'sightline-sync.db'));
  const lines: string[] = [];
  try {
    if (existsSync(path)) copyTables(path, state);
    const dry = dryRun(client, connector, (line) => lines.push(...line.split('\n')));
    const failures: string[] = [];
    const options = { ...syncOptions(config, client, connector), ...dry, state };
    const sync = openSync({
      ...options,
      report(event) {
        if (event.kind === 'held' || event.kind === 'parked') failures.push(event.reason);
      },
    });
    await sync.pass({ drain: true }, new AbortController().signal);
    await print(lines.length === 0 ? ['Nothing would be created or changed.'] : lines);
    if (failures.length > 0) throw new SightlineError('sync-failed', [...new Set(failures)].join('\n'));
    return 0;
  } finally {
    await close();
    state.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyTables(path: string, state: State): void {
  const source = openState(path, { access: 'read' });
  try {
    state.transact(() => {
      for (const name of SYNC_TABLES) {
        for (const [key, json] of source.table(name).entries()) state.table(name).set(key, json);
      }
    });
  } finally {
    source.close();
  }
}
