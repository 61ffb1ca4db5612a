import { writeSync } from 'node:fs';
import { openState } from '../../src/state/state.ts';
import { outgoing, receiptFor, XDR } from './states.ts';

/**
 * A process to be killed: commits step after step, each of them touching everything that a commit may hold, and says
 * after each one that it returned. Goes on where the file ends.
 */
const [path = ''] = process.argv.slice(2);
const state = openState(path);
const body = JSON.stringify('x'.repeat(40_000));
for (let step = Number(state.load().positions.get('log') ?? 0) + 1; ; step++) {
  const what = new TextEncoder().encode(`${step};`);
  state.commit({
    positions: [{ source: 'log', data: String(step) }],
    ledger: [
      { source: 'log', bytes: step, lines: step, parsed: step, rejected: {}, skipped: 0, lostBytes: 0, lostLines: 0 },
    ],
    parcels: ['1', '2'].map((part) => outgoing(`i${step}-${part}`, { body, aftermath: String(step) })),
    ...(step % 5 === 0 ? { snapshot: new TextEncoder().encode(`up to ${step}`) } : { journal: what }),
  });
  writeSync(1, `${step}\n`);
  state.transact(() => {
    for (const side of ['left', 'right']) state.table('pairs').set(side, String(step));
  });
  const due = state.outbox.next(XDR);
  if (due !== null && step % 3 === 0) state.outbox.settle(due.seq, receiptFor(due.key));
}
