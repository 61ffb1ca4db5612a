import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArgumentsCamelCase } from 'yargs';
import { type Config, readEnvironment } from '../../config.ts';
import { CtiaError } from '../../ctia/ctia.ts';
import { SightlineError } from '../../model/errors.ts';
import { openState, type State } from '../../state/state.ts';
import { dryRun, openSync, SYNC_TABLES, type Sync, tendSync } from '../../sync/sync.ts';
import type { ExitCode } from '../command.ts';
import { openClient } from '../open-client.ts';
import { print } from '../print.ts';
import { sessionConfig } from '../session.ts';
import { milliseconds } from '../stage-options.ts';
import type { SyncRunOptions } from '../sync.ts';
import type { ServiceLog } from '../tail/log.ts';
import { runService } from '../tail/service.ts';
import { openSignals } from '../tail/signals.ts';
import { openTickets, syncOptions, syncStatePath } from './open-sync.ts';
import { reportSync } from './report.ts';

/** How long a stop waits for the answer to what is under way. */
const GRACE_MS = 10_000;
/** The shortest rest between two passes. */
const MIN_REST_MS = 1_000;

/** Carries out `sightline sync`. */
export function runSync(given: ArgumentsCamelCase<SyncRunOptions>): Promise<ExitCode> {
  if (!given.dryRun) return runService(given, (log) => keepInStep(given, log));
  const config = sessionConfig(given);
  return runDry(config, syncStatePath(config, readEnvironment(), given.state));
}

async function keepInStep(given: ArgumentsCamelCase<SyncRunOptions>, log: ServiceLog): Promise<ExitCode> {
  const config = sessionConfig(given);
  const path = syncStatePath(config, readEnvironment(), given.state);
  const cut = new AbortController();
  let open = await openBothSides(config, cut.signal, (message) => log.info(message));
  const state = openState(path);
  const signals = openSignals(process);
  const { stopped } = signals;
  stopped.addEventListener('abort', () => setTimeout(() => cut.abort(), GRACE_MS).unref());
  /** Aborts when the configuration is to be read again. */
  let reloading = new AbortController();
  signals.onReload(() => reloading.abort());
  try {
    log.info('syncing', { state: path, system: open.connector.name });
    for (let sync = syncOf(open); !stopped.aborted; ) {
      await sync.pass({ drain: given.once }, stopped);
      if (given.once) return summarise(log, state);
      await rest(sync, AbortSignal.any([stopped, reloading.signal]));
      if (stopped.aborted || !reloading.signal.aborted) continue;
      reloading = new AbortController();
      const next = await reload(given, syncOf, log, cut.signal);
      if (next === null) continue;
      await open.close();
      ({ open, sync } = next);
      log.info('the configuration was read again');
    }
    log.info('stopped', { waiting: tendSync(state).status().work.length });
    return 0;
  } catch (error) {
    if (!(error instanceof CtiaError) || error.code !== 'aborted') throw error;
    log.warn('stopped before the server answered; the work goes on at the next start');
    return 0;
  } finally {
    signals.close();
    await open.close();
    state.close();
  }

  function syncOf({ config: current, client, connector }: BothSides): Sync {
    const options = syncOptions(current, client, connector);
    return openSync({ ...options, state, report: (event) => reportSync(log, event) });
  }

  async function rest(sync: Sync, signal: AbortSignal): Promise<void> {
    const untilDue = Math.max(MIN_REST_MS, sync.nextDue() - Date.now());
    const ms = Math.min(milliseconds(given.interval), untilDue);
    await sleep(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

type BothSides = Awaited<ReturnType<typeof openBothSides>>;

async function openBothSides(config: Config, signal: AbortSignal, onWait?: (message: string) => void) {
  const environment = readEnvironment();
  const connector = openTickets(config, environment);
  const client = await openClient(config, environment, { signal, onWait });
  const close = async (): Promise<void> => {
    await connector.close();
    await client.close();
  };
  return { config, client, connector, close };
}

/** Both sides as the configuration has them now; null when it has a fault, and so changes nothing. */
async function reload(
  given: ArgumentsCamelCase<SyncRunOptions>,
  syncOf: (open: BothSides) => Sync,
  log: ServiceLog,
  signal: AbortSignal,
): Promise<{ readonly open: BothSides; readonly sync: Sync } | null> {
  let open: BothSides | null = null;
  try {
    open = await openBothSides(sessionConfig(given), signal, (message) => log.info(message));
    return { open, sync: syncOf(open) };
  } catch (error) {
    await open?.close();
    if (!(error instanceof SightlineError)) throw error;
    log.error(`the configuration stays as it was: ${error.message}`);
    return null;
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
  const { client, connector, close } = await openBothSides(config, new AbortController().signal);
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
