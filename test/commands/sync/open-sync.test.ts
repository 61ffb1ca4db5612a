import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { syncOptions, syncStatePath } from '../../../src/commands/sync/open-sync.ts';
import { readConfig, readEnvironment } from '../../../src/config.ts';
import { ctiaClient } from '../../../src/ctia/ctia.ts';
import { openConnector } from '../../../src/tickets/tickets.ts';

const INCIDENT = 'https://private.intel.amp.cisco.com:443/ctia/incident/incident-76a813e7-403b-4901-a256-6794f62b7dfe';
const client = ctiaClient({ credentials: { token: 'a.b.c' } });
const connector = openConnector(
  { kind: 'jsonl', path: '-', source: 'test' },
  { secret: '', output: new PassThrough(), clock: () => 0, random: () => 0, sleep: async () => {} },
);
const optionsOf = (yaml: string) => syncOptions(readConfig('test.yaml', yaml, []), client, connector);

describe('the link to an incident', () => {
  it.each([
    [
      'leads into the region’s console',
      'deliver: {region: eu}',
      'https://xdr.eu.security.cisco.com/incidents/incident-76a813e7-403b-4901-a256-6794f62b7dfe',
    ],
    ['is none where another host is named', 'deliver: {private_intel_url: "http://127.0.0.1:1"}', null],
    [
      'leads where it is said to',
      'sync: {console_url: "https://x.example/?i={id}"}',
      'https://x.example/?i=incident-76a813e7-403b-4901-a256-6794f62b7dfe',
    ],
  ])('%s', (_, yaml, link) => {
    expect(optionsOf(yaml).linkOf(INCIDENT)).toBe(link);
  });
});

describe('the options', () => {
  it('hold no filter unless one is given', () => {
    expect(Object.values(optionsOf('').filters).filter((value) => value !== undefined)).toEqual([]);
    const yaml =
      'sync: {filter: {severity: [High], assignee: [a], tactic: [TA0001], query: "title:x", since: 2026-01-01T00:00:00Z}}';
    expect(optionsOf(yaml).filters).toMatchObject({
      severity: ['High'],
      assignees: ['a'],
      tactics: ['TA0001'],
      query: 'title:x',
      from: '2026-01-01T00:00:00Z',
    });
  });

  it('share tickets only where that is wanted, and take tables and people as they are given', () => {
    expect(optionsOf('').guard).toEqual({ shareWindowMs: null, maxPerHour: 100 });
    expect(optionsOf('sync: {share: true, share_window: 2h}').guard.shareWindowMs).toBe(7_200_000);
    const { words } = optionsOf('sync: {status_to_ticket: {Open: Doing}, users: [{xdr: u1, ticket: anna}]}');
    expect([words.statusToTicket('Open: Contained'), words.statusToTicket('New'), words.personToTicket('u1')]).toEqual([
      'Doing',
      null,
      'anna',
    ]);
  });

  it('name the state file by flag, by configuration, or beside that of the process that follows logs', () => {
    const environment = { ...readEnvironment(), stateDirectory: '/var/lib/sightline' };
    const pathOf = (yaml: string, flag?: string) => syncStatePath(readConfig('test.yaml', yaml, []), environment, flag);
    expect(pathOf('')).toBe('/var/lib/sightline/sightline-sync.db');
    expect(pathOf('sync: {state_path: here.db}')).toBe('here.db');
    expect(pathOf('sync: {state_path: here.db}', 'there.db')).toBe('there.db');
  });
});
