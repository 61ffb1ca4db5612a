import type { ArgumentsCamelCase } from 'yargs';
import { isObject, type JsonObject } from '../ctia/ctia.ts';
import type { ExitCode } from './command.ts';
import { print, printJson } from './print.ts';
import { withSession } from './session.ts';
import { table } from './table.ts';
import type { VerdictOptions } from './verdict.ts';

/** Carries out `sightline verdict`. */
export function runVerdict(given: ArgumentsCamelCase<VerdictOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client }) => {
    const found: { type: string; value: string; verdict: JsonObject | null }[] = [];
    for (const value of given.values) {
      found.push({ type: given.type, value, verdict: await client.verdict(given.type, value) });
    }
    if (given.json) {
      await printJson(found);
      return 0;
    }
    const rows = found.map(({ value, verdict }) => [nameOf(verdict), untilOf(verdict), value]);
    await print(table(['VERDICT', 'UNTIL', 'VALUE'], rows));
    return 0;
  });
}

function nameOf(verdict: JsonObject | null): string {
  return verdict === null ? 'no verdict' : String(verdict.disposition_name ?? verdict.disposition);
}

function untilOf(verdict: JsonObject | null): string {
  const time = verdict?.valid_time;
  return isObject(time) && typeof time.end_time === 'string' ? time.end_time.slice(0, 16).replace('T', ' ') : '-';
}
