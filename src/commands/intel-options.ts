import { externalId } from '../compose/compose.ts';
import type { Config } from '../config.ts';
import type { CtiaClient } from '../ctia/ctia.ts';
import {
  type IntelOptions,
  type JudgeCounts,
  type Judger,
  type JudgerOptions,
  judger,
  type Sink,
  sparer,
  systemNames,
} from '../deliver/deliver.ts';

const DAY_MS = 86_400_000;

export function intelOptions({ bundle }: Config, client: CtiaClient): IntelOptions {
  const { prefix, source, tlp } = bundle;
  return { client, prefix, source, tlp, nameOf: (type, facts) => externalId(prefix, type, facts) };
}

/** Tells why an address must not be judged: what the configuration calls allowed, own or a proxy is spared, too. */
export function configuredSparer({ allow, targets, logs, judgements }: Config): (address: string) => string | null {
  return sparer([
    ...allow.flatMap(({ cidr }) => cidr ?? []),
    ...targets.flatMap(({ ip }) => ip),
    ...logs.trusted_proxies,
    ...judgements.never,
  ]);
}

/** Null where attackers are not to be judged. */
export function configuredJudger(
  config: Config,
  client: CtiaClient,
  sink: Sink,
  hooks: Pick<JudgerOptions, 'onFailure'>,
): Judger | null {
  const { judgements } = config;
  if (!judgements.enabled) return null;
  const { disposition, severity, confidence, priority } = judgements;
  return judger({
    ...intelOptions(config, client),
    sink,
    disposition,
    severity,
    confidence,
    priority,
    spare: configuredSparer(config),
    names: judgements.verify_bots ? systemNames() : null,
    validMs: judgements.days * DAY_MS,
    maxPerHour: judgements.max_per_hour,
    clock: Date.now,
    ...hooks,
  });
}

/** What judging came to, in one line for a person. */
export function describeJudging({ spared, failures, failed, ...counts }: JudgeCounts): string {
  const { made, renewed, kept, past, capped } = counts;
  const outcomes: [number, string][] = [
    [made, 'made'],
    [renewed, 'renewed'],
    [kept, 'in force already'],
    [past, 'not made, the attack is too long ago'],
    [capped, 'not made, judgements.max_per_hour is reached'],
    ...[...spared].map(([reason, count]): [number, string] => [count, `not made, ${reason}`]),
    [failed, `failed (${failures.join('; ')})`],
  ];
  const parts = outcomes.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return `Judgements: ${parts.length === 0 ? 'none' : parts.join(', ')}`;
}
