import { expect, it } from 'vitest';
import { attackerObservable, hostOfUrl, observablesOf } from '../../src/compose/observables.ts';
import { serversOf } from '../../src/compose/servers.ts';
import type { Observable, ObservableType } from '../../src/model/observable.ts';
import { sightingOf, targetOf } from './fixtures.ts';

const servers = serversOf([targetOf()], () => ({ ips: ['192.0.2.1'] }));

function found(...observables: Observable[]) {
  return observablesOf(sightingOf({ addresses: [], observables }), servers);
}

it.each([
  ['203.0.113.9', 'ip'],
  ['2001:db8::1', 'ipv6'],
  ['scanner.example', 'hostname'],
])('calls the attacker %s an %s', (address, type) => {
  expect(attackerObservable(address)).toEqual({ type, value: address });
});

it('lists the attacker first, and nothing twice', () => {
  const agent: Observable = { type: 'user_agent', value: 'sqlmap/1.7' };
  const sighting = sightingOf({ addresses: ['203.0.113.9', '203.0.113.9'], observables: [agent, agent] });
  expect(observablesOf(sighting, servers)).toEqual([{ type: 'ip', value: '203.0.113.9' }, agent]);
});

it.each<[string, ObservableType, string, Observable | null]>([
  ['an absolute URL', 'url', 'http://evil.example/a?b=%27', { type: 'url', value: 'http://evil.example/a?b=%27' }],
  [
    'a URL with raw bytes, encoded',
    'url',
    'http://e/a b"é\u001b',
    { type: 'url', value: 'http://e/a%20b%22%C3%A9%1B' },
  ],
  ['a URL with half a character', 'url', 'http://e/\ud83d', { type: 'url', value: 'http://e/%EF%BF%BD' }],
  ['a URL of another scheme', 'url', 'ldap://e:1389/x', { type: 'url', value: 'ldap://e:1389/x' }],
  ['a path', 'url', '/a', null],
  ['a URL without host', 'url', 'http:///a', null],
  ['a URL that is too long', 'url', `http://e/${'x'.repeat(2048)}`, null],
  ['an agent with control characters, shown', 'user_agent', 'a\u001b[2J', { type: 'user_agent', value: 'a\\x1b[2J' }],
  ['an empty agent', 'user_agent', '', null],
  ['a user', 'user', 'admin', { type: 'user', value: 'admin' }],
  ['a file name', 'file_name', 'mirai.arm7', { type: 'file_name', value: 'mirai.arm7' }],
  ['a domain', 'domain', 'Evil.Example', { type: 'domain', value: 'evil.example' }],
  ['an address that was taken for a domain', 'domain', '198.51.100.7', { type: 'ip', value: '198.51.100.7' }],
  ['a host name', 'hostname', 'c2.evil.example', { type: 'hostname', value: 'c2.evil.example' }],
  ['what is no host name', 'hostname', '{lower:x}', null],
  ['an IPv6 address', 'ipv6', '2001:DB8::7', { type: 'ipv6', value: '2001:db8::7' }],
  ["the server's own name", 'hostname', 'www.example.org', null],
  ["the server's own address", 'ip', '192.0.2.1', null],
])('takes %s for what it is', (_, type, value, expected) => {
  expect(found({ type, value })).toEqual(expected === null ? [] : [expected]);
});

it.each([
  ['http://a.example/b', 'a.example'],
  ['https://A.example:8443?x', 'a.example'],
  ['http://user:pw@a.example#x', 'a.example'],
  ['http://[2001:db8::1]:80/', '2001:db8::1'],
  ['no url', ''],
])('finds the host of %s', (url, host) => {
  expect(hostOfUrl(url)).toBe(host);
});
