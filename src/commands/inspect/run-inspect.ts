import { text } from 'node:stream/consumers';
import type { ArgumentsCamelCase } from 'yargs';
import type { InspectedObservable } from '../../ctia/ctia.ts';
import { SightlineError } from '../../model/errors.ts';
import type { ExitCode } from '../command.ts';
import type { InspectOptions } from '../inspect.ts';
import { print, printJson, tellPerson } from '../print.ts';
import { withSession } from '../session.ts';
import { table } from '../table.ts';
import { defang, extractObservables } from './extract.ts';

/** What the server is asked to read at a time; whoever has more cuts it up. */
const MAX_TEXT = 1_000_000;

/** Carries out `sightline inspect`: by the server's reading, or by our own when the server cannot be asked. */
export async function runInspect(given: ArgumentsCamelCase<InspectOptions>): Promise<ExitCode> {
  const words = given.text.join(' ');
  const content = words === '' || words === '-' ? await text(process.stdin) : words;
  if (content.length > MAX_TEXT) {
    throw new SightlineError('usage', `expected at most ${MAX_TEXT} characters, got ${content.length}`);
  }
  let found: readonly InspectedObservable[] = [];
  if (given.local) found = extractObservables(content);
  else {
    try {
      await withSession(given, async ({ client }) => {
        found = await client.inspect(content);
        return 0;
      });
    } catch (error) {
      if (!(error instanceof SightlineError) || error.code === 'faults') throw error;
      tellPerson(`sightline: read locally, the server was not asked or did not answer: ${error.message}`);
      found = extractObservables(content);
    }
  }
  if (given.json) await printJson(found);
  else if (found.length === 0) await print(['No observables.']);
  else
    await print(
      table(
        ['TYPE', 'VALUE'],
        found.map((it) => [it.type, defang(it)]),
      ),
    );
  return 0;
}
