import { setTimeout as sleep } from 'node:timers/promises';
import { type OutboxRunner, type OutboxRunnerOptions, outboxRunner } from '../../deliver/deliver.ts';
import type { Live } from '../../pipeline/pipeline.ts';
import type { State } from '../../state/state.ts';
import type { Output } from '../output.ts';
import { carryOut } from './aftermath.ts';
import type { Signals } from './signals.ts';

/** How long a stop waits for the answer to the bundle under way. */
const GRACE_MS = 10_000;

/** Sends what waits in the outbox to the output of the run. */
export function openSender(state: State, output: Output, report: OutboxRunnerOptions['report']): OutboxRunner {
  return outboxRunner({
    store: state.outbox,
    sink: output.sink,
    destination: output.name,
    onDelivered: carryOut(output),
    report,
    clock: Date.now,
    random: Math.random,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  });
}

/**
 * Reads and sends side by side until everything ended or a signal comes; what is due is then sent, when it ended or
 * `drainsWhenStopped`. Throws what either of them failed with.
 */
export async function readAndSend(
  live: Live,
  sender: OutboxRunner,
  signals: Signals,
  drainsWhenStopped: boolean,
): Promise<'ended' | 'stopped'> {
  try {
    const sending = sender.run().catch((error: unknown) => signals.stop(error));
    const end = await live.run(signals.stopped);
    if (end === 'ended' || drainsWhenStopped) await sender.drain();
    await sender.stop(GRACE_MS);
    await sending;
    if (signals.failure !== null) throw signals.failure;
    return end;
  } catch (error) {
    await sender.stop(0);
    throw error;
  }
}
