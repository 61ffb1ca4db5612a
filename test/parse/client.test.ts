import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, clientFinder, clientName } from '../../src/parse/client.ts';

const TRUSTED = { trustedProxies: ['10.0.0.0/8', '2001:db8:1::/48'] };
const PEER = '10.0.0.1';
const find = (headers: Readonly<Record<string, string>>, peer: string | null = PEER, options: object = TRUSTED) =>
  clientFinder(options)(peer, (name) => headers[name] ?? null);

describe('X-Forwarded-For', () => {
  it.each<[title: string, value: string, client: string]>([
    ['one address', '192.0.2.7', '192.0.2.7'],
    ['the right-most that is no proxy', '203.0.113.1, 192.0.2.7, 10.2.3.4', '192.0.2.7'],
    ['what the client invented is not believed', '127.0.0.1, 192.0.2.7', '192.0.2.7'],
    ['all are proxies: the first of them', '10.0.0.9, 10.0.0.8', '10.0.0.9'],
    ['with port', '192.0.2.7:4711', '192.0.2.7'],
    ['IPv6', '2001:DB8::7', '2001:db8::7'],
    ['IPv6 with port', '[2001:db8::7]:443', '2001:db8::7'],
    ['IPv4-mapped', '::ffff:192.0.2.7', '192.0.2.7'],
    ['a trusted IPv6 network', '192.0.2.7, 2001:db8:1::5', '192.0.2.7'],
    ['no blanks', '192.0.2.7,10.0.0.2', '192.0.2.7'],
    ['garbage at the end', '192.0.2.7, <script>', PEER],
    ['garbage before a proxy', 'unknown, 10.0.0.2', '10.0.0.2'],
    ['an empty item', '192.0.2.7,,10.0.0.2', '10.0.0.2'],
    ['a leading comma', ',10.0.0.2', '10.0.0.2'],
    ['nothing', '', PEER],
    ['an open bracket', '[2001:db8::7', PEER],
    ['a host name', 'evil.example', PEER],
  ])('%s: %s', (_, value, client) => {
    expect(find({ 'x-forwarded-for': value })).toBe(client);
  });

  it('never names a trusted proxy while an untrusted address stands before it', () => {
    const address = fc.constantFrom('10.0.0.2', '10.9.9.9', '192.0.2.7', '203.0.113.1', '2001:db8:1::2');
    fc.assert(
      fc.property(fc.array(address, { minLength: 1 }), (hops) => {
        const untrusted = hops.filter((hop) => hop.startsWith('192') || hop.startsWith('203'));
        expect(find({ 'x-forwarded-for': hops.join(', ') })).toBe(untrusted.at(-1) ?? hops[0]);
      }),
    );
  });
});

describe('Forwarded', () => {
  it.each<[value: string, client: string]>([
    ['for=192.0.2.7', '192.0.2.7'],
    ['For="192.0.2.7:80"', '192.0.2.7'],
    ['for="[2001:db8::7]:4711"', '2001:db8::7'],
    ['by=10.0.0.1; for = 192.0.2.7 ;proto=https', '192.0.2.7'],
    ['for=192.0.2.7, for=10.0.0.2', '192.0.2.7'],
    ['for=unknown', PEER],
    ['for=_hidden', PEER],
    ['proto=https', PEER],
    ['xfor=192.0.2.7', PEER],
  ])('%s', (value, client) => {
    expect(find({ forwarded: value })).toBe(client);
  });
});

describe('the choice of header', () => {
  it('is the first in order that the line has, and that one alone decides', () => {
    expect(find({ 'x-forwarded-for': 'junk', 'x-real-ip': '192.0.2.7' })).toBe(PEER);
    expect(find({ 'true-client-ip': '192.0.2.6', 'x-real-ip': '192.0.2.7' })).toBe('192.0.2.6');
    expect(find({ 'x-real-ip': '192.0.2.7' }, PEER, { ...TRUSTED, clientHeaders: ['X-Real-IP'] })).toBe('192.0.2.7');
    expect(find({ 'x-forwarded-for': '192.0.2.7' }, PEER, { ...TRUSTED, clientHeaders: [] })).toBe(PEER);
  });

  it('does not arise with a peer that is not trusted', () => {
    expect(find({ 'x-forwarded-for': '192.0.2.7' }, '198.51.100.1')).toBe('198.51.100.1');
    expect(find({ 'x-forwarded-for': '192.0.2.7' }, PEER, {})).toBe(PEER);
  });

  it('believes the header where no peer is logged', () => {
    expect(find({ 'x-forwarded-for': '203.0.113.1, 192.0.2.7' }, null, {})).toBe('192.0.2.7');
    expect(find({ 'x-forwarded-for': 'junk' }, null, {})).toBeNull();
    expect(find({}, null, {})).toBeNull();
  });
});

it('a bad network is an error', () => {
  expect(() => clientFinder({ trustedProxies: ['10.0.0.0/33'] })).toThrow(
    expect.objectContaining({ code: 'bad-cidr' }),
  );
});

it.each<[text: string, name: string | null]>([
  ['192.0.2.7', '192.0.2.7'],
  ['Host-1.Example', 'host-1.example'],
  ['host_1', 'host_1'],
  ['a b', null],
  ['a:80', null],
  ['', null],
  ['-x', null],
  ['é', null],
  ['a'.repeat(255), 'a'.repeat(255)],
  ['a'.repeat(256), null],
])('the client %j is called %j', (text, name) => {
  expect(clientName(text)).toBe(name);
});

it('addressOf cuts ports off addresses only', () => {
  expect(addressOf('192.0.2.7:80')).toBe('192.0.2.7');
  expect(addressOf('2001:db8::7')).toBe('2001:db8::7');
  expect(addressOf('host:80')).toBeNull();
});
