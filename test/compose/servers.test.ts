import { expect, it } from 'vitest';
import { hostObservable, ownValues, serversOf, toTarget } from '../../src/compose/servers.ts';
import { FIRST, MINUTE_MS, targetOf } from './fixtures.ts';

const unknown = () => ({});

it('names a server by its virtual host', () => {
  expect(serversOf([targetOf()], unknown).map(toTarget)).toEqual([
    {
      type: 'endpoint.server',
      observables: [{ type: 'hostname', value: 'www.example.org' }],
      observed_time: { start_time: '2025-10-10T13:55:36.000Z', end_time: '2025-10-10T13:56:36.000Z' },
    },
  ]);
});

it('takes what the configuration knows before what the log says', () => {
  const facts = {
    hostname: 'Web1.example.net',
    ips: ['192.0.2.1', '2001:DB8::1'],
    macs: ['AA:BB'],
    os: 'Debian 13',
    type: 'network.proxy',
  };
  const [server] = serversOf([targetOf()], () => facts);
  expect(server === undefined ? null : toTarget(server)).toMatchObject({
    type: 'network.proxy',
    os: 'Debian 13',
    observables: [
      { type: 'hostname', value: 'web1.example.net' },
      { type: 'ip', value: '192.0.2.1' },
      { type: 'ipv6', value: '2001:db8::1' },
      { type: 'mac_address', value: 'aa:bb' },
    ],
  });
});

it('asks the configuration by virtual host and file', () => {
  const asked: unknown[] = [];
  serversOf([targetOf({ host: null, source: 'a.log' })], (target) => asked.push(target) && {});
  expect(asked).toEqual([{ host: null, source: 'a.log' }]);
});

it('invents no server where nothing tells which it was', () => {
  expect(serversOf([targetOf({ host: null })], unknown)).toEqual([]);
  expect(serversOf([targetOf({ host: 'no host name' })], unknown)).toEqual([]);
});

it('puts virtual hosts of one machine together', () => {
  const targets = [
    targetOf({ host: 'a.example', first: FIRST + 1, last: FIRST + 2 }),
    targetOf({ host: 'b.example', first: FIRST, last: FIRST + MINUTE_MS }),
  ];
  const servers = serversOf(targets, () => ({ hostname: 'web1' }));
  expect(servers).toHaveLength(1);
  expect(servers[0]).toMatchObject({ first: FIRST, last: FIRST + MINUTE_MS, sites: ['a.example', 'b.example'] });
  expect([...ownValues(servers)]).toEqual(['web1', 'a.example', 'b.example']);
});

it('takes a virtual host that is an address for one, once', () => {
  const [server] = serversOf([targetOf({ host: '192.0.2.1' })], () => ({ ips: ['192.0.2.1'] }));
  expect(server).toMatchObject({ names: [], addresses: [{ type: 'ip', value: '192.0.2.1' }] });
});

it.each([
  ['an IPv4 address', '192.0.2.1', { type: 'ip', value: '192.0.2.1' }],
  ['an IPv6 address', '2001:DB8:0::1', { type: 'ipv6', value: '2001:db8::1' }],
  ['a name in capitals', 'WWW.Example.ORG', { type: 'hostname', value: 'www.example.org' }],
  ['a name of one label', 'localhost', { type: 'hostname', value: 'localhost' }],
  ['a name with an underscore', 'a_b.example', { type: 'hostname', value: 'a_b.example' }],
  ['an empty label', 'a..b', null],
  ['a path', 'a/b', null],
  ['a lookup expression', '{env:X}.a', null],
  ['a name that is too long', 'a'.repeat(254), null],
  ['nothing', '', null],
])('reads %s', (_, text, expected) => {
  expect(hostObservable(text)).toEqual(expected);
});
