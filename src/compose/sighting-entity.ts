import type { CtimSighting } from '../ctim/ctim.ts';
import type { Incident, Sighting } from '../model/incident.ts';
import { baseOf } from './base.ts';
import { evidenceTable } from './evidence-table.ts';
import { confidenceOfRule, resolutionOf, severityOf } from './grade.ts';
import { externalId } from './identity.ts';
import { code, plain, prose } from './neutral.ts';
import { observablesOf } from './observables.ts';
import type { ComposerOptions } from './options.ts';
import { perRule } from './per-rule.ts';
import { relationsOf } from './relations.ts';
import { serversOf, toTarget } from './servers.ts';
import { countOf, toSpan, toTimestamp } from './timestamp.ts';
import { takeWithin } from './within.ts';

/** Shares of a bundle's bytes that the lists of one sighting may take: together three eighths. */
const SHARE = { observables: 16, relations: 8, targets: 16, evidence: 8 };

const titleOf = perRule((rule) => prose(rule.title, 200));

/** A sealed bucket: rule, bucket and, for what came late, the bucket of arrival never change. */
export function sightingId(prefix: string, { attacker, first }: Incident, sighting: Sighting): string {
  const { rule, bucket, bucketMs, arrival } = sighting;
  const late = arrival === null ? '' : String(arrival);
  return externalId(prefix, 'sighting', [attacker.key, String(first), rule.id, String(bucket), String(bucketMs), late]);
}

export function sightingEntity(
  xid: string,
  incident: Incident,
  sighting: Sighting,
  options: ComposerOptions,
): CtimSighting {
  const { rule, first, last, count, outcome } = sighting;
  const span = toSpan(first, last);
  const servers = serversOf(sighting.targets, options.targetOf);
  const within = <Item>(items: readonly Item[], share: number) => takeWithin(items, options.maxBytes / share);
  const allObservables = observablesOf(sighting, servers);
  const observables = within(allObservables, SHARE.observables);
  const allTargets = servers.map(toTarget);
  const targets = within(allTargets, SHARE.targets);
  const allRelations = relationsOf(sighting, servers, observables, options.source);
  const relations = within(allRelations, SHARE.relations);
  const table = evidenceTable(sighting.evidence);
  const rows = within(table.rows, SHARE.evidence);
  const leftOut = {
    observable: allObservables.length - observables.length,
    target: allTargets.length - targets.length,
    relation: allRelations.length - relations.length,
  };
  return {
    ...baseOf('sighting', xid, options),
    title: `${plain(rule.title, 500)} from ${plain(incident.attacker.key, 253)}`,
    short_description: `${countOf(count, 'match', 'es')} ${span}`,
    description: describeSighting(incident, sighting, span, rows.length, leftOut),
    observed_time: { start_time: toTimestamp(first), end_time: toTimestamp(last) },
    count,
    severity: severityOf(rule.level),
    confidence: confidenceOfRule(rule),
    resolution: resolutionOf(outcome),
    // The log is the server's own: no device on the network saw this.
    sensor: 'endpoint.server',
    observables,
    targets,
    relations,
    ...(rows.length === 0 ? {} : { data: { ...table, rows, row_count: rows.length } }),
  };
}

function describeSighting(
  incident: Incident,
  sighting: Sighting,
  span: string,
  rows: number,
  leftOut: Readonly<Record<string, number>>,
): string {
  const { rule, count, arrival } = sighting;
  const missing = Object.entries(leftOut).flatMap(([noun, left]) => (left === 0 ? [] : [countOf(left, noun)]));
  return [
    `${countOf(count, 'request')} of ${code(incident.attacker.key, 80)} matched **${titleOf(rule)}** ` +
      `${span}; ${countOf(rows, 'line')} quoted in the table.`,
    ...(arrival === null ? [] : ['These lines were counted after their time was over, so they stand apart.']),
    ...(missing.length > 0 ? [`Left out to keep the bundle small: ${missing.join(', ')}.`] : []),
  ].join('\n\n');
}
