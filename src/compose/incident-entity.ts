import type { CtimIncident } from '../ctim/ctim.ts';
import type { Incident, RuleTotal } from '../model/incident.ts';
import { baseOf } from './base.ts';
import { describeIncident } from './description.ts';
import { corroborationOf, severityOf } from './grade.ts';
import { externalId } from './identity.ts';
import { techniqueReference } from './indicator-entity.ts';
import { plain } from './neutral.ts';
import type { ComposerOptions } from './options.ts';
import { countOf, toSpan, toTimestamp } from './timestamp.ts';

const MAX_TITLE_PART = 200;
const MAX_NAME = 253;
const MAX_REFERENCES = 50;

/** Who it was, and when it began: what never changes while the episode grows. */
export function incidentId(prefix: string, { attacker, first }: Incident): string {
  return externalId(prefix, 'incident', [attacker.key, String(first)]);
}

/** All that may grow is taken from the incident's totals, so that a later giving can bring an earlier one up to date. */
export function incidentEntity(incident: Incident, options: ComposerOptions): CtimIncident {
  const { attacker, first, last, level, rules, hits, outcome } = incident;
  const xid = incidentId(options.prefix, incident);
  const corroboration = corroborationOf(incident);
  const techniques = distinct(rules, ({ rule }) => rule.techniques);
  const result = outcome === 'success' ? ', probable success' : outcome === 'refused' ? ', refused' : '';
  return {
    ...baseOf('incident', xid, options),
    // Grows with the incident, so that an old state is known from a new one.
    revision: hits,
    title: titleOf(incident),
    short_description:
      `${countOf(hits, 'match', 'es')} of ${countOf(rules.length, 'rule')} by ${plain(attacker.key, MAX_NAME)} ` +
      `${toSpan(first, last)}${result}`,
    description: describeIncident(incident, corroboration),
    status: 'New',
    severity: severityOf(level),
    confidence: corroboration.confidence,
    // The server overwrites `opened` when an analyst opens the incident; `discovered` keeps the time of the attack.
    incident_time: { opened: toTimestamp(first), discovered: toTimestamp(first) },
    categories: categoriesOf(incident),
    discovery_method: 'Log Review',
    promotion_method: 'Automated',
    detection_sources: ['Apache access log'],
    tactics: distinct(rules, ({ rule }) => rule.tactics),
    techniques,
    external_references: techniques.slice(0, MAX_REFERENCES).map(techniqueReference),
  };
}

/** Who did what and where: `SQL injection and 3 more from 203.0.113.9 on www.example.org`. */
export function titleOf({ attacker, rules, targets }: Incident): string {
  const what = plain(rules[0]?.rule.title ?? 'Web attack', MAX_TITLE_PART);
  const more = rules.length > 1 ? ` and ${rules.length - 1} more` : '';
  const hosts = [...new Set(targets.flatMap(({ host }) => (host === null ? [] : [host])))];
  const where =
    hosts.length === 0
      ? ''
      : hosts.length === 1
        ? ` on ${plain(hosts[0] ?? '', MAX_NAME)}`
        : ` on ${hosts.length} sites`;
  return `${what}${more} from ${plain(attacker.key, MAX_NAME)}${where}`;
}

function distinct(rules: readonly RuleTotal[], wordsOf: (total: RuleTotal) => readonly string[]): string[] {
  return [...new Set(rules.flatMap(wordsOf))].sort();
}

/** CTIM's suggested categories, as far as ATT&CK ids and the outcome bear them out. */
function categoriesOf({ rules, outcome }: Incident): string[] {
  const ids = rules.flatMap(({ rule }) => [...rule.tactics, ...rule.techniques]);
  const any = (...prefixes: string[]) => ids.some((id) => prefixes.some((prefix) => id.startsWith(prefix)));
  return [
    'Scans/Probes/Attempted Access',
    ...(any('TA0043') ? ['Reconnaissance'] : []),
    ...(any('T1498', 'T1499') ? ['Denial of Service'] : []),
    ...(any('T1505.003', 'T1105') ? ['Malicious Code'] : []),
    ...(outcome === 'success' ? ['Unauthorized Access'] : []),
    ...(outcome === 'refused' ? ['Unsuccessful'] : []),
  ];
}
