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
  /** Ends when nothing is left to do; otherwise it goes on until it is killed. */
  readonly ends: boolean;
}

const task: ChildTask = JSON.parse(process.argv[2] ?? '');
const { sandboxUrl, clientId, clientPassword, path, system, ends } = task;
const client = ctiaClient({ credentials: { clientId, clientPassword }, irohUrl: sandboxUrl, ctiaUrl: sandboxUrl });
const state = openState(path);
const connector =
  system.kind === 'desk'
    ? deskConnector(system.url ?? '')
    : openConnector(ticketSettings.parse(system), {
        secret: 'a-secret-of-sixteen',
        output: process.stdout,
        clock: Date.now,
        random: Math.random,
        sleep: (ms) => sleep(ms),
      });
const own = DEFAULT_WORDS[connector.name];
const words = own?.statusToTicket === null ? wordsOf({ ...own, people: [] }) : WORDS;
const sync = openSync({ ...syncOptions(client, connector, state, Date.now), words, mergeMs: 1 });
do {
  await sync.pass({ drain: true }, new AbortController().signal);
} while (!ends || tendSync(state).status().work.length > 0);
await connector.close();
await client.close();
state.close();
