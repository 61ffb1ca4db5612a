import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { chooseFormat } from '../../parse/parse.ts';
import { findSources, openSource } from '../../read/read.ts';
import { check, type Finding, ok, wrong } from './finding.ts';

const ADVICE = 'let the user who runs Sightline read it (group adm on Debian), and see that the path is right';

/** Whether each log can be opened, and of what format its first lines are. */
export async function checkLogs(files: readonly string[], maxLineBytes: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const pattern of files) {
    findings.push(
      await check('log files', ADVICE, async () => {
        const sources = await findSources([pattern]);
        const unreadable: string[] = [];
        const formats = new Set<string>();
        for (const { name } of sources) {
          const refused = await access(name, constants.R_OK).catch((error: Error) => error);
          if (refused instanceof Error) unreadable.push(name);
          else formats.add(await formatOf(name, maxLineBytes));
        }
        if (unreadable.length > 0) return wrong('log files', `cannot read ${unreadable.join(', ')}`, ADVICE);
        return ok('log files', `${pattern}: ${sources.length} readable, format ${[...formats].join(', ')}`);
      }),
    );
  }
  return findings;
}

async function formatOf(name: string, maxLineBytes: number): Promise<string> {
  const [source] = await findSources([name]);
  if (source === undefined) return 'unknown';
  const opened = await openSource(source, { maxLineBytes, onReject: () => {}, onBytes: () => {} });
  try {
    return opened.head.length === 0 ? 'unknown (empty)' : chooseFormat(opened.head).format.name;
  } finally {
    await opened.close();
  }
}
