import { expect, it } from 'vitest';
import { observablesOf } from '../../src/compose/observables.ts';
import type { TargetFacts } from '../../src/compose/options.ts';
import { relationsOf } from '../../src/compose/relations.ts';
import { serversOf } from '../../src/compose/servers.ts';
import type { Sighting } from '../../src/model/incident.ts';
import { sightingOf, targetOf } from './fixtures.ts';

function relate(changes: Partial<Sighting>, facts: TargetFacts = {}): string[] {
  const sighting = sightingOf(changes);
  const servers = serversOf(sighting.targets, () => facts);
  const relations = relationsOf(sighting, servers, observablesOf(sighting, servers), 'Sightline');
  expect(relations.every(({ origin }) => origin === 'Sightline')).toBe(true);
  return relations.map(({ source, relation, related }) => `${source.value} ${relation} ${related.value}`);
}

it('points from the attacker to the server', () => {
  expect(relate({})).toEqual(['203.0.113.9 Connected_To www.example.org']);
});

it("knows the server's addresses from the configuration only", () => {
  expect(relate({}, { ips: ['192.0.2.1', '192.0.2.2'] })).toEqual([
    '203.0.113.9 Connected_To www.example.org',
    'www.example.org Resolved_To 192.0.2.1',
    'www.example.org Resolved_To 192.0.2.2',
  ]);
});

it('points to the address of a server without a name', () => {
  expect(relate({ targets: [targetOf({ host: null })] }, { ips: ['192.0.2.1'] })).toEqual([
    '203.0.113.9 Connected_To 192.0.2.1',
  ]);
});

it('tells requested from mentioned', () => {
  const observables = [
    { type: 'url', value: 'http://www.example.org/x' },
    { type: 'url', value: 'http://evil.example/payload.sh' },
    { type: 'user_agent', value: 'curl/8' },
    { type: 'domain', value: 'c2.example' },
  ] as const;
  expect(relate({ observables, targets: [targetOf()] }, { hostname: 'web1' })).toEqual([
    '203.0.113.9 Connected_To web1',
    '203.0.113.9 Connected_To http://www.example.org/x',
    '203.0.113.9 Refers_To http://evil.example/payload.sh',
    '203.0.113.9 Used curl/8',
    '203.0.113.9 Refers_To c2.example',
  ]);
});

it('says of several addresses only what holds for each', () => {
  const addresses = ['2001:db8::1', '2001:db8::2'];
  const observables = [{ type: 'user_agent', value: 'curl/8' }] as const;
  expect(relate({ addresses, observables })).toEqual([
    '2001:db8::1 Connected_To www.example.org',
    '2001:db8::2 Connected_To www.example.org',
  ]);
  expect(relate({ addresses, observables, targets: [targetOf(), targetOf({ host: 'other.example' })] })).toEqual([]);
});

it('has nothing to tell without a server and observables', () => {
  expect(relate({ targets: [targetOf({ host: null })] })).toEqual([]);
});
