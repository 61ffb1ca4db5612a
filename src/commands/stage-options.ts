import { COMPOSER_DEFAULTS, type ComposerOptions } from '../compose/compose.ts';
import type { Config } from '../config.ts';
import { type AllowEntry, CORRELATOR_DEFAULTS, type CorrelatorOptions } from '../correlate/correlate.ts';
import { DEFAULT_RULES } from '../detect/detect.ts';
import { parseDuration } from '../duration/duration.ts';
import { findFormat } from '../parse/parse.ts';
import type { BatchPlan } from '../pipeline/pipeline.ts';
import type { TargetLookup } from './targets.ts';

/** The rule folders of a run, those of the command line last. */
export function ruleFolders(rules: Config['rules'], given: readonly string[]): string[] {
  return [...(rules.default_rules ? [DEFAULT_RULES] : []), ...rules.folders, ...given];
}

/** Plain options of the stages, without rules, sources and sinks. */
export type StageOptions = Pick<
  BatchPlan,
  'read' | 'format' | 'jsonFields' | 'client' | 'allow' | 'correlate' | 'compose'
>;

/** What the configuration says to the stages of a run. */
export function stageOptions({ logs, allow, correlation, bundle }: Config, targetOf: TargetLookup): StageOptions {
  return {
    read: { maxLineBytes: logs.max_line_bytes },
    format: logs.format === 'auto' ? null : findFormat(logs.format, logs.json_fields),
    jsonFields: logs.json_fields,
    client: { trustedProxies: logs.trusted_proxies },
    allow: allowEntries(allow),
    correlate: correlatorOptions(correlation),
    compose: composerOptions(bundle, targetOf),
  };
}

export function allowEntries(allow: Config['allow']): AllowEntry[] {
  return allow.map(({ cidr, path, vhost, user_agent, reason }) => ({
    name: reason ?? null,
    cidrs: cidr ?? null,
    paths: path ?? null,
    hosts: vhost ?? null,
    userAgents: user_agent ?? null,
  }));
}

export function correlatorOptions(
  given: Config['correlation'],
): Omit<CorrelatorOptions, 'correlations' | 'fieldValue'> {
  return {
    ...CORRELATOR_DEFAULTS,
    gapMs: milliseconds(given.gap),
    bucketMs: milliseconds(given.bucket),
    latenessMs: milliseconds(given.lateness),
    ipv6PrefixBits: given.ipv6_prefix,
    promoteAt: given.promote_points,
    pendingSightings: given.sightings_per_bundle,
    maxEpisodes: given.max_episodes,
    maxEvidence: given.max_evidence,
    maxPendingHits: given.max_pending_hits,
    maxPendingLines: given.max_pending_lines,
    maxGroups: given.max_groups,
    maxGroupEvents: given.max_group_events,
    maxHeldLines: given.max_held_lines,
    maxKeptLines: given.max_kept_lines,
  };
}

export function composerOptions(bundle: Config['bundle'], targetOf: TargetLookup): ComposerOptions {
  const { prefix, source, tlp, max_entities, max_bytes } = bundle;
  return { ...COMPOSER_DEFAULTS, prefix, source, tlp, maxEntities: max_entities, maxBytes: max_bytes, targetOf };
}

/** A duration that the configuration has found to be one. */
export function milliseconds(duration: string): number {
  return parseDuration(duration) ?? 0;
}
