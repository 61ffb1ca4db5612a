import { type CtimIndicator, isJavaUri } from '../ctim/ctim.ts';
import type { Rule } from '../model/rule.ts';
import { baseOf } from './base.ts';
import { confidenceOfRule, severityOf } from './grade.ts';
import { externalId } from './identity.ts';
import { plain, prose } from './neutral.ts';
import type { ComposerOptions } from './options.ts';

type CtimReference = NonNullable<CtimIndicator['external_references']>[number];

/** Bounds of what a rule may list, far above what rules have. */
const MAX_ITEMS = 30;
const MAX_ITEM_UNITS = 512;

/** A rule holds whenever it is used: a fixed date, so that the same rule makes the same bytes. */
const VALID_SINCE = '1970-01-01T00:00:00.000Z';

/** ATT&CK's tactics under the names that they have as phases of its kill chain. */
const PHASES: Readonly<Record<string, string>> = {
  TA0001: 'initial-access',
  TA0002: 'execution',
  TA0003: 'persistence',
  TA0004: 'privilege-escalation',
  TA0005: 'defense-evasion',
  TA0006: 'credential-access',
  TA0007: 'discovery',
  TA0008: 'lateral-movement',
  TA0009: 'collection',
  TA0010: 'exfiltration',
  TA0011: 'command-and-control',
  TA0040: 'impact',
  TA0042: 'resource-development',
  TA0043: 'reconnaissance',
};

export function indicatorId(prefix: string, rule: Rule): string {
  return externalId(prefix, 'indicator', [rule.id]);
}

/** A rule as CTIM's indicator, with its author and licence, which some rules' licences demand. */
export function indicatorEntity(rule: Rule, options: ComposerOptions): CtimIndicator {
  const xid = indicatorId(options.prefix, rule);
  const phases = rule.tactics.flatMap((tactic) => PHASES[tactic] ?? []);
  return {
    ...baseOf('indicator', xid, options),
    title: plain(rule.title, 1024),
    short_description: plain(`${rule.kind === 'correlation' ? 'Sigma correlation' : 'Sigma rule'} ${rule.id}`, 2048),
    description: describeRule(rule),
    producer: options.source,
    severity: severityOf(rule.level),
    confidence: confidenceOfRule(rule),
    tags: rule.tags.slice(0, MAX_ITEMS).map((tag) => plain(tag, MAX_ITEM_UNITS)),
    test_mechanisms: [plain(`Sigma: ${rule.path}`, 2048)],
    kill_chain_phases: phases.map((phase_name) => ({ kill_chain_name: 'mitre-attack', phase_name })),
    external_references: [...rule.techniques.map(techniqueReference), ...rule.references.map(toReference)].slice(
      0,
      MAX_ITEMS,
    ),
    valid_time: { start_time: VALID_SINCE },
  };
}

/** `T1505.003` as a reference to its page. */
export function techniqueReference(technique: string): CtimReference {
  const id = plain(technique, 64);
  const reference = { source_name: 'mitre-attack', external_id: id };
  return /^T\d{4}(?:\.\d{3})?$/.test(id)
    ? { ...reference, url: `https://attack.mitre.org/techniques/${id.replace('.', '/')}/` }
    : reference;
}

/** Rules name books and texts too: what is no URI that the server takes is given as words. */
function toReference(text: string): CtimReference {
  const isLink = /^https?:\/\//i.test(text) && text.length <= MAX_ITEM_UNITS && isJavaUri(text);
  return { source_name: 'rule reference', ...(isLink ? { url: text } : { description: plain(text, MAX_ITEM_UNITS) }) };
}

/** Within CTIM's 5000 units by the bounds of its parts. */
function describeRule(rule: Rule): string {
  const facts = [
    ['Author', rule.author],
    ['Licence', rule.license],
    ['Rule', rule.id],
    ['Status', rule.status],
  ] as const;
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [`- ${name}: ${prose(value, 300)}`]));
  const about = rule.description === null ? [] : [prose(rule.description, 1000)];
  return [...about, lines.join('\n')].join('\n\n');
}
