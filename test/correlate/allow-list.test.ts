import { describe, expect, it } from 'vitest';
import { type AllowEntry, allowList, mayAllow } from '../../src/correlate/correlate.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import { makeEntry } from './fixtures.ts';

const nothing: AllowEntry = { name: null, cidrs: null, paths: null, hosts: null, userAgents: null };
const allow = (facts: Partial<AllowEntry>) => allowList([{ ...nothing, ...facts }]);
const path = (stem: string | null): Partial<AccessLogEntry> => ({ stem, target: stem });

describe('an allow entry', () => {
  it.each<[string, Partial<AllowEntry>, Partial<AccessLogEntry>, boolean]>([
    ['an address', { cidrs: ['192.0.2.1'] }, { client: '192.0.2.1' }, true],
    ['another address', { cidrs: ['192.0.2.1'] }, { client: '192.0.2.2' }, false],
    ['a network', { cidrs: ['198.51.100.0/24', '2001:db8::/32'] }, { client: '2001:db8::1' }, true],
    ['a host name in place of an address', { cidrs: ['0.0.0.0/0'] }, { client: 'host.example.org' }, false],
    ['a path', { paths: ['/health'] }, path('/health'), true],
    ['what is below a path', { paths: ['/health'] }, path('/health/live'), true],
    ['what only begins like a path', { paths: ['/health'] }, path('/healthcheck'), false],
    ['a folder', { paths: ['/static/'] }, path('/static/a.css'), true],
    ['a folder without its slash', { paths: ['/static/'] }, path('/static'), false],
    ['a star', { paths: ['/health*'] }, path('/healthcheck'), true],
    ['a star in the middle', { paths: ['/*/ping'] }, path('/a/b/ping'), true],
    ['a star in the middle of another path', { paths: ['/*/ping'] }, path('/a/b/pong'), false],
    ['several stars', { paths: ['/a*b*c'] }, path('/a1b2c'), true],
    ['several stars in another order', { paths: ['/a*c*b'] }, path('/a1b2c'), false],
    ['stars whose ends would overlap', { paths: ['/aba*aba'] }, path('/ababa'), false],
    ['a path that walks up', { paths: ['/health'] }, path('/health/../admin'), false],
    ['a path that walks up encoded', { paths: ['/health'] }, path('/health/%2e%2e/admin'), false],
    ['a path with backslashes', { paths: ['*'] }, path('/a\\b'), false],
    ['a path with empty segments', { paths: ['*'] }, path('/health//x'), false],
    ['no path at all', { paths: ['*'] }, path(null), false],
    ['a host in any case', { hosts: ['WWW.example.org'] }, { host: 'www.example.org' }, true],
    ['a host with a star', { hosts: ['*.example.org'] }, { host: 'a.example.org' }, true],
    ['a host without its dot', { hosts: ['*.example.org'] }, { host: 'badexample.org' }, false],
    ['no host', { hosts: ['*'] }, { host: null }, false],
    [
      'a part of the user agent in any case',
      { userAgents: ['UptimeRobot'] },
      { userAgent: 'Mozilla (uptimerobot/2.0)' },
      true,
    ],
    ['no user agent', { userAgents: [''] }, { userAgent: null }, false],
    ['all parts', { cidrs: ['192.0.2.1'], userAgents: ['curl'] }, {}, true],
    ['all parts but one', { cidrs: ['192.0.2.1'], userAgents: ['wget'] }, {}, false],
  ])('%s', (_, facts, entry, allowed) => {
    expect(allow(facts)(makeEntry(0, entry)) !== null).toBe(allowed);
  });

  it('tells its name, or what it consists of', () => {
    const allowed = allowList([
      { ...nothing, cidrs: ['192.0.2.1', '192.0.2.2'], hosts: ['a'] },
      { ...nothing, name: 'office', cidrs: ['192.0.2.0/24'] },
    ]);
    expect(allowed(makeEntry(0))).toBe('office');
    expect(allowed(makeEntry(0, { host: 'a' }))).toBe('192.0.2.1, 192.0.2.2 + a');
    expect(allowed(makeEntry(0, { client: '203.0.113.1' }))).toBeNull();
  });

  it('is refused when it would allow everything', () => {
    expect(() => allow({})).toThrow(expect.objectContaining({ code: 'empty-allow-entry' }));
  });

  it('is refused with an address that is none', () => {
    expect(() => allow({ cidrs: ['192.0.2'] })).toThrow(expect.objectContaining({ code: 'bad-cidr' }));
  });
});

describe('mayAllow', () => {
  it.each<[string, Partial<AllowEntry>[], string, boolean]>([
    ['an empty list', [], '192.0.2.1', false],
    ['an address', [{ cidrs: ['192.0.2.1'] }], '192.0.2.1', true],
    ['another address', [{ cidrs: ['192.0.2.1'] }], '192.0.2.2', false],
    ['an address whose other parts the request decides', [{ cidrs: ['192.0.2.1'], paths: ['/a'] }], '192.0.2.1', true],
    ['the second of two', [{ cidrs: ['192.0.2.1'] }, { cidrs: ['2001:db8::/32'] }], '2001:db8::1', true],
    ['parts without an address', [{ paths: ['/health'] }], '192.0.2.1', true],
    ['a host name in place of an address', [{ cidrs: ['0.0.0.0/0'] }], 'host.example.org', false],
  ])('%s', (_, entries, client, may) => {
    expect(mayAllow(entries.map((facts) => ({ ...nothing, ...facts })))(client)).toBe(may);
  });
});
