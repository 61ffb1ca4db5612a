import { describe, expect, it } from 'vitest';
import { incidentEntity, incidentId, titleOf } from '../../src/compose/incident-entity.ts';
import { checkEntity } from '../../src/ctim/ctim.ts';
import type { Incident } from '../../src/model/incident.ts';
import { FIRST, incidentOf, MINUTE_MS, optionsOf, ruleOf, targetOf, totalOf } from './fixtures.ts';

it('makes an incident for an analyst to look at', () => {
  const rules = [totalOf({ rule: ruleOf({ techniques: ['T1190'], tactics: ['TA0001'] }) })];
  const entity = incidentEntity(incidentOf({ rules }), optionsOf({ sourceUri: 'https://example.org/' }));
  expect(entity).toMatchObject({
    type: 'incident',
    status: 'New',
    severity: 'High',
    confidence: 'Medium',
    incident_time: { opened: '2025-10-10T13:55:36.000Z', discovered: '2025-10-10T13:55:36.000Z' },
    short_description: '3 matches of 1 rule by 203.0.113.9 from 2025-10-10 13:55:36 UTC to 13:56:36 UTC',
    discovery_method: 'Log Review',
    promotion_method: 'Automated',
    tlp: 'amber',
    source: 'Sightline',
    source_uri: 'https://example.org/',
    tactics: ['TA0001'],
    techniques: ['T1190'],
    external_references: [
      { source_name: 'mitre-attack', external_id: 'T1190', url: 'https://attack.mitre.org/techniques/T1190/' },
    ],
  });
  expect(entity.id).toBe(`transient:${entity.external_ids?.[0]}`);
  expect(checkEntity('incident', entity)).toBeNull();
});

describe('identity', () => {
  it('stays while the incident grows', () => {
    const grown = incidentOf({
      last: FIRST + 60 * MINUTE_MS,
      level: 'critical',
      score: 900,
      promotion: 'correlation',
      outcome: 'success',
      hits: 900,
      rules: [totalOf({ rule: ruleOf({ id: 'new' }) }), totalOf()],
      targets: [targetOf({ host: 'new.example' })],
      sightings: [],
      closed: true,
    });
    expect(incidentId('p-', grown)).toBe(incidentId('p-', incidentOf()));
  });

  it.each<[string, Partial<Incident>]>([
    ['who', { attacker: { key: '203.0.113.10', type: 'ip', addresses: [] } }],
    ['when', { first: FIRST + 1 }],
  ])('differs by %s', (_, changes) => {
    expect(incidentId('p-', incidentOf(changes))).not.toBe(incidentId('p-', incidentOf()));
  });
});

it.each<[string, Partial<Incident>, string]>([
  ['one rule, one site', {}, 'SQL injection from 203.0.113.9 on www.example.org'],
  [
    'more rules',
    { rules: [totalOf(), totalOf(), totalOf()] },
    'SQL injection and 2 more from 203.0.113.9 on www.example.org',
  ],
  [
    'sites',
    { targets: [targetOf(), targetOf({ host: 'b' }), targetOf({ host: 'b', source: 'c' })] },
    'SQL injection from 203.0.113.9 on 2 sites',
  ],
  ['no site', { targets: [targetOf({ host: null })] }, 'SQL injection from 203.0.113.9'],
  ['no rule', { rules: [], targets: [] }, 'Web attack from 203.0.113.9'],
])('names who, what and where: %s', (_, changes, title) => {
  expect(titleOf(incidentOf(changes))).toBe(title);
});

it.each<[string, string[], Incident['outcome'], string[]]>([
  ['an attempt', ['T1190'], 'attempt', []],
  ['reconnaissance that was refused', ['TA0043'], 'refused', ['Reconnaissance', 'Unsuccessful']],
  ['a web shell that answered', ['T1505.003'], 'success', ['Malicious Code', 'Unauthorized Access']],
  ['a flood', ['T1499.002'], 'attempt', ['Denial of Service']],
])('puts %s into its categories', (_, ids, outcome, categories) => {
  const rules = [totalOf({ rule: ruleOf({ techniques: ids }) })];
  expect(incidentEntity(incidentOf({ rules, outcome }), optionsOf()).categories).toEqual([
    'Scans/Probes/Attempted Access',
    ...categories,
  ]);
});
