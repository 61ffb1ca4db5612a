import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { ctiaClient } from '../../src/ctia/ctia.ts';
import { openState } from '../../src/state/state.ts';
import { DEFAULT_WORDS, openSync, tendSync, wordsOf } from '../../src/sync/sync.ts';
import { openConnector, ticketSettings } from '../../src/tickets/tickets.ts';
import { deskConnector } from './desk.ts';
import { syncOptions, WORDS } from './world.ts';

/** What the process to be killed is told. */
export interface ChildTask {
  readonly sandboxUrl: string;
  readonly clientId: string;
  readonly clientPassword: string;
  readonly path: string;
  /** Of a desk, or of a real connector. */
  readonly system: { readonly kind: string; readonly url?: string };
  readonly secret: string;
  readonly maxPerHour: number;
  /** Its clock shows this (epoch ms), and then runs faster than others, so that it need not rest for long. */
  readonly epoch: number;
  /** Ends when nothing is left to do; otherwise it goes on until it is killed. */
  readonly ends: boolean;
}

flushCompileCache(); // There is no end of this process at which that would be done.
const task: ChildTask = JSON.parse(process.argv[2] ?? '');
const { sandboxUrl, clientId, clientPassword, path, system, secret, maxPerHour, epoch, ends } = task;
const SPEED = 20;
/** The longest rest, however much there is to wait for. */
const REST_MS = 50;
const clock = (): number => epoch + (Date.now() - epoch) * SPEED;
const client = ctiaClient({ credentials: { clientId, clientPassword }, irohUrl: sandboxUrl, ctiaUrl: sandboxUrl });
const state = openState(path);
const connector =
  system.kind === 'desk'
    ? deskConnector(system.url ?? '')
    : openConnector(ticketSettings.parse(system), {
        secret,
        output: process.stdout,
        clock: Date.now,
        random: Math.random,
        sleep: (ms) => sleep(ms),
      });
const own = DEFAULT_WORDS[connector.name];
// Systems of the tests' own speak the words of the desk.
const words = own === undefined || system.kind === 'http' ? WORDS : wordsOf({ ...own, people: [] });
const guard = { shareWindowMs: null, maxPerHour };
const sync = openSync({ ...syncOptions(client, connector, state, clock), words, guard, mergeMs: 1 });
for (;;) {
  await sync.pass({ drain: true }, new AbortController().signal);
  const { work, holds } = tendSync(state).status();
  if (ends && work.length === 0 && holds.length === 0) break;
  await sleep(REST_MS);
}
await connector.close();
await client.close();
state.close();
