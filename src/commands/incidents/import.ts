import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { ArgumentsCamelCase } from 'yargs';
import { externalId } from '../../compose/compose.ts';
import { type JsonObject, parseBundle } from '../../ctia/ctia.ts';
import { ctiaSink, importAgain } from '../../deliver/deliver.ts';
import { SightlineError } from '../../model/errors.ts';
import type { ExitCode } from '../command.ts';
import type { ImportOptions } from '../incidents.ts';
import { print, tellPerson } from '../print.ts';
import { withSession } from '../session.ts';

/** Carries out `sightline incidents import`; exit code 1 when something was refused, or left out for its faults. */
export async function importFiles(given: ArgumentsCamelCase<ImportOptions>): Promise<ExitCode> {
  const bundles: JsonObject[] = [];
  for (const file of given.files) bundles.push(...readBundles(await readText(file), file));
  return withSession(given, async ({ client, config }) => {
    const { prefix } = config.bundle;
    const nameOf = (type: string, facts: readonly string[]) => externalId(prefix, type, facts);
    const sink = ctiaSink({ client, prefix });
    const counts = new Map<string, number>();
    let failed = false;
    for (const bundle of bundles) {
      const { entities, leftOut, faulty, refused } = await importAgain(bundle, sink, { prefix, nameOf });
      for (const { type, result } of entities) {
        const key = `${type} ${result}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      for (const line of [...leftOut, ...faulty]) tellPerson(`left out: ${line}`);
      for (const reason of refused) tellPerson(`not imported: ${reason}`);
      failed ||= refused.length > 0 || faulty.length > 0;
    }
    await print([...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => `${key}: ${count}`));
    return failed ? 1 : 0;
  });
}

function readText(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new SightlineError('no-such-file', `cannot read ${path}: ${cause.message}`, { cause });
  });
}

/** One bundle, indented or not, or one a line. */
function readBundles(content: string, path: string): JsonObject[] {
  try {
    const lines = content.split('\n').filter((line) => line.trim() !== '');
    const isLines = lines.length > 1 && lines.every((line) => line.startsWith('{') && line.trimEnd().endsWith('}'));
    return isLines ? lines.map(parseBundle) : [parseBundle(content)];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SightlineError('usage', `${path}: ${why}`, { cause });
  }
}
