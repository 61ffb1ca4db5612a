import type { ArgumentsCamelCase } from 'yargs';
import { loadConfig, readEnvironment } from '../../config.ts';
import { type Rule, rankOf } from '../../model/rule.ts';
import type { ExitCode } from '../command.ts';
import { loadSomeRules } from '../load-some-rules.ts';
import { print, printJson } from '../print.ts';
import type { ListOptions } from '../rules.ts';
import { ruleFolders } from '../stage-options.ts';
import { shorten, table } from '../table.ts';

const MAX_TITLE = 60;
const HEADING = ['LEVEL', 'TITLE', 'ID', 'STATUS', 'TAGS', 'PATH'];

/** Carries out `sightline rules list`. */
export async function listCommand(given: ArgumentsCamelCase<ListOptions>): Promise<ExitCode> {
  const { rules: config } = loadConfig(given.config ?? null, readEnvironment(), []);
  const { rules, correlations } = await loadSomeRules(given.dirs.length > 0 ? given.dirs : ruleFolders(config, []));
  const found = [...rules, ...correlations.map(({ rule }) => rule)].filter((rule) => isWanted(rule, given));
  if (given.format === 'json') await printJson(found);
  else await print(found.length === 0 ? ['No rules.'] : table(HEADING, found.map(rowOf)));
  return 0;
}

function isWanted({ tags, level, path }: Rule, given: ListOptions): boolean {
  const [family] = path.split('/');
  return (
    given.tag.every((wanted) => tags.some((tag) => tag.toLowerCase() === wanted.toLowerCase())) &&
    (given.level === undefined || rankOf(level) >= rankOf(given.level)) &&
    (given.family === undefined || family === given.family)
  );
}

function rowOf({ level, title, id, status, tags, path }: Rule): string[] {
  return [level, shorten(title, MAX_TITLE), id, status ?? '-', tags.join(' ') || '-', path];
}
