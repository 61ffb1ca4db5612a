import type { ArgumentsCamelCase } from 'yargs';
import type { StoredParcel } from '../../state/state.ts';
import type { ExitCode } from '../command.ts';
import type { DropOptions, RetryOptions } from '../outbox.ts';
import { print, tellPerson } from '../print.ts';
import { requireParcel, withState } from './open-outbox.ts';

/** Carries out `sightline outbox retry`. */
export function retryParcels(given: ArgumentsCamelCase<RetryOptions>): Promise<ExitCode> {
  return withState(given, 'share', async (state) => {
    const count = state.transact(() => {
      if (given.all) return state.outbox.retryAll();
      for (const seq of given.seqs) state.outbox.retry(requireParcel(state, seq).seq);
      return new Set(given.seqs).size;
    });
    await print([`${count} to be sent at once, by the process that sends`]);
    return 0;
  });
}

/** Carries out `sightline outbox drop`: all of them, or none when one is not there. */
export function dropParcels(given: ArgumentsCamelCase<DropOptions>): Promise<ExitCode> {
  return withState(given, given.yes ? 'share' : 'read', async (state) => {
    const takeEach = (): readonly StoredParcel[] =>
      [...new Set(given.seqs)].map((seq) => {
        const parcel = requireParcel(state, seq);
        if (given.yes) state.outbox.drop(seq);
        return parcel;
      });
    const dropped = given.yes ? state.transact(takeEach) : takeEach();
    const did = given.yes ? 'dropped' : 'would drop';
    await print(dropped.map(({ seq, incident, bytes }) => `${did} bundle ${seq} of ${incident} (${bytes} bytes)`));
    if (!given.yes) tellPerson('Nothing was dropped. Add --yes to do it.');
    return 0;
  });
}
