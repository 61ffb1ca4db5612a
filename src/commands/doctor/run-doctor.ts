import type { ArgumentsCamelCase } from 'yargs';
import type { Config } from '../../config.ts';
import { plural } from '../../report/report.ts';
import type { ExitCode } from '../command.ts';
import type { DoctorOptions } from '../doctor.ts';
import { loadSomeRules } from '../load-some-rules.ts';
import { print, printJson } from '../print.ts';
import { sessionConfig } from '../session.ts';
import { ruleFolders } from '../stage-options.ts';
import { checkLogs } from './check-logs.ts';
import { checkServer } from './check-server.ts';
import { check, type Finding, ok } from './finding.ts';

const WORDS = { ok: 'ok     ', warning: 'warning', wrong: 'WRONG  ' } as const;

/** Carries out `sightline doctor`. Nothing is changed anywhere. */
export async function runDoctor(given: ArgumentsCamelCase<DoctorOptions>): Promise<ExitCode> {
  const findings = await examine(given);
  if (given.json) await printJson(findings);
  else await print(findings.flatMap(linesOf));
  return findings.some(({ state }) => state === 'wrong') ? 1 : 0;
}

async function examine(given: ArgumentsCamelCase<DoctorOptions>): Promise<Finding[]> {
  let config: Config | null = null;
  const configuration = await check(
    'configuration',
    'mend what is named; sightline init writes a commented example',
    () => {
      config = sessionConfig(given);
      return ok('configuration', 'no faults');
    },
  );
  if (config === null) return [configuration];
  const { deliver, rules }: Config = config;
  const named = [...new Set([deliver.iroh_url, deliver.private_intel_url])].filter((url) => url !== undefined);
  const elsewhere = named.length === 0 ? '' : `, but at ${named.join(' and ')}`;
  const region = ok('region', `${deliver.region}, by ${deliver.route}${elsewhere}`);
  const ruleSet = await check('rules', 'mend or remove the rules that are named', async () => {
    const { rules: found, correlations } = await loadSomeRules(ruleFolders(rules, []));
    return ok('rules', `${plural(found.length + correlations.length, 'rule')} loaded`);
  });
  const server = await checkServer(config);
  return [configuration, region, ...server, ruleSet, ...(await checkLogs(given.files, config))];
}

function linesOf({ check: name, state, message, advice }: Finding): string[] {
  const [first = '', ...more] = message.split('\n');
  return [
    `${WORDS[state]}  ${name}: ${first}`,
    ...more.map((line) => `         ${line}`),
    ...(advice === null ? [] : [`         do: ${advice}`]),
  ];
}
