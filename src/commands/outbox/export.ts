import type { ArgumentsCamelCase } from 'yargs';
import { toJson } from '../../escape/escape.ts';
import type { ExitCode } from '../command.ts';
import type { ExportOptions } from '../outbox.ts';
import { print } from '../print.ts';
import { requireParcel, withState } from './open-outbox.ts';

/** Carries out `sightline outbox export`: one bundle a line, one in memory at a time. */
export function exportOutbox(given: ArgumentsCamelCase<ExportOptions>): Promise<ExitCode> {
  return withState(given, 'read', async (state) => {
    const seqs = given.seqs.length > 0 ? given.seqs.map((seq) => requireParcel(state, seq).seq) : seqsOf();
    for (const seq of seqs) {
      const parcel = state.outbox.find(seq);
      if (parcel === null || (given.parked && parcel.state !== 'parked')) continue; // Delivered meanwhile, or not asked for.
      await print([toJson(JSON.parse(parcel.body))]);
    }
    return 0;

    function seqsOf(): number[] {
      return Array.from(state.outbox.list(), ({ seq }) => seq);
    }
  });
}
