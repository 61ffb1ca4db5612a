import type { ArgumentsCamelCase } from 'yargs';
import { toJson } from '../../escape/escape.ts';
import type { ExitCode } from '../command.ts';
import type { ShowOptions } from '../outbox.ts';
import { print, printJson } from '../print.ts';
import { timeOf } from './list.ts';
import { requireParcel, withState } from './open-outbox.ts';

/** Carries out `sightline outbox show`. */
export function showParcel(given: ArgumentsCamelCase<ShowOptions>): Promise<ExitCode> {
  return withState(given, 'read', async (state) => {
    const { body, ...entry } = requireParcel(state, given.seq);
    const bundle: unknown = JSON.parse(body);
    if (given.json) {
      await printJson({ ...entry, bundle });
      return 0;
    }
    const { seq, destination, incident, attempts, created, notBefore, reason } = entry;
    await print([
      `bundle ${seq} for ${destination}, ${entry.state} since ${timeOf(created)}`,
      `incident: ${incident}`,
      `key: ${entry.key}`,
      `sent ${attempts} times${notBefore > 0 ? `, not again before ${timeOf(notBefore)}` : ''}`,
      ...(reason === null ? [] : [`reason: ${reason}`]),
      '',
      ...toJson(bundle, 2).split('\n'),
    ]);
    return 0;
  });
}
