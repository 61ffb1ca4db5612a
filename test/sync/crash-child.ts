import { ctiaClient } from '../../src/ctia/ctia.ts';
import { openState } from '../../src/state/state.ts';
import { openSync } from '../../src/sync/sync.ts';
import { deskConnector } from './desk.ts';
import { syncOptions } from './world.ts';

/** A process to be killed: syncs until nothing is left, again and again, or once. */
const [sandbox = '', desk = '', path = '', clientId = '', clientPassword = '', how = ''] = process.argv.slice(2);
const client = ctiaClient({ credentials: { clientId, clientPassword }, irohUrl: sandbox, ctiaUrl: sandbox });
const state = openState(path);
const report = (event: object): void => console.log(JSON.stringify(event));
const sync = openSync({ ...syncOptions(client, deskConnector(desk), state, Date.now), mergeMs: 1, report });
do {
  await sync.pass({ drain: true }, new AbortController().signal);
} while (how !== 'once');
await client.close();
state.close();
