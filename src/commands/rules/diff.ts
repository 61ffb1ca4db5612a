import type { ArgumentsCamelCase } from 'yargs';
import type { RuleSet } from '../../detect/detect.ts';
import { SightlineError } from '../../model/errors.ts';
import { findSources, type Source } from '../../read/read.ts';
import type { ExitCode } from '../command.ts';
import { loadSomeRules } from '../load-some-rules.ts';
import { print, printJson, tellPerson } from '../print.ts';
import type { DiffOptions } from '../rules.ts';
import { tellSkipped } from '../run-summary.ts';
import { compareOutlines, type IncidentChange, type IncidentOutline, outline } from './incident-outline.ts';
import { scanLogs } from './scan-logs.ts';

/** Carries out `sightline rules diff`. */
export async function diffCommand(given: ArgumentsCamelCase<DiffOptions>): Promise<ExitCode> {
  const sources = await findSources(given.log, tellSkipped);
  const stream = sources.find(({ sizeBytes }) => sizeBytes === null);
  if (stream !== undefined) {
    const named = stream.name === '-' ? 'standard input' : stream.name;
    throw new SightlineError('usage', `--log: the logs are read twice, and ${named} is no regular file`);
  }
  const [oldRules, newRules] = [await loadSomeRules([given.old]), await loadSomeRules([given.new])];
  const old = await incidentsBy(given, sources, oldRules);
  const fresh = await incidentsBy(given, sources, newRules);
  const { appeared, vanished, changed, same } = compareOutlines(old.incidents, fresh.incidents);
  if (given.json) await printJson({ appeared, vanished, changed, same });
  else {
    await print([
      ...appeared.map((incident) => `+ ${describe(incident)}`),
      ...vanished.map((incident) => `- ${describe(incident)}`),
      ...changed.map((change) => `~ ${headOf(change.after)}: ${describeChange(change).join('; ')}`),
    ]);
  }
  tellPerson(
    `incidents: ${appeared.length} appeared, ${vanished.length} vanished, ${changed.length} changed, ${same} stayed the same`,
  );
  return old.isWhole && fresh.isWhole ? 0 : 1;
}

async function incidentsBy(
  given: DiffOptions,
  sources: readonly Source[],
  rules: RuleSet,
): Promise<{ incidents: IncidentOutline[]; isWhole: boolean }> {
  const incidents = new Map<string, IncidentOutline>();
  const { faults } = await scanLogs(given, sources, rules, {
    // Each time it tells all of the incident so far.
    onIncident: (incident) => incidents.set(`${incident.attacker.key} ${incident.first}`, outline(incident)),
  });
  return { incidents: [...incidents.values()], isWhole: faults.length === 0 };
}

function headOf({ attacker, first }: IncidentOutline): string {
  return `${attacker} ${first}`;
}

function describe(incident: IncidentOutline): string {
  const rules = incident.rules.map(({ title, count }) => `${title} (${count})`);
  return `${headOf(incident)}: ${incident.level}, ${incident.outcome}, hits ${incident.hits}: ${rules.join(', ')}`;
}

function describeChange({ before, after }: IncidentChange): string[] {
  const facts = (['first', 'last', 'level', 'outcome', 'score', 'hits'] as const)
    .filter((fact) => before[fact] !== after[fact])
    .map((fact) => `${fact} ${before[fact]} -> ${after[fact]}`);
  const [old, fresh] = [before, after].map(({ rules }) => new Map(rules.map((rule) => [rule.id, rule])));
  const rules = [...new Map([...(old ?? []), ...(fresh ?? [])]).values()].flatMap(({ id, title }) => {
    const [was, is] = [old?.get(id)?.count ?? 0, fresh?.get(id)?.count ?? 0];
    return was === is ? [] : [`${title} ${was} -> ${is}`];
  });
  return [...facts, ...rules];
}
