import { describe, expect, it } from 'vitest';
import { baseOf, globalIntelUrl, REGIONS } from '../../src/ctia/hosts.ts';

describe('baseOf', () => {
  it.each([
    ['iroh', 'us', 'https://visibility.amp.cisco.com'],
    ['ctia', 'us', 'https://private.intel.amp.cisco.com'],
    ['iroh', 'eu', 'https://visibility.eu.amp.cisco.com'],
    ['ctia', 'apjc', 'https://private.intel.apjc.amp.cisco.com'],
  ] as const)('%s in %s is %s', (service, region, origin) => {
    expect(baseOf(service, region, undefined)).toEqual({ origin, prefix: '', loopback: false });
  });

  it.each([
    ['https://ctia.example.org/', 'https://ctia.example.org', '', false],
    ['https://ctia.example.org:8443/proxied/by//', 'https://ctia.example.org:8443', '/proxied/by', false],
    ['http://127.0.0.1:9000', 'http://127.0.0.1:9000', '', true],
    ['http://127.8.9.1', 'http://127.8.9.1', '', true],
    ['http://[::1]:9000', 'http://[::1]:9000', '', true],
    ['http://localhost:9000', 'http://localhost:9000', '', true],
    ['http://ctia.localhost', 'http://ctia.localhost', '', true],
    ['http://2130706433/', 'http://127.0.0.1', '', true],
  ])('%s is read', (text, origin, prefix, loopback) => {
    expect(baseOf('ctia', 'us', text)).toEqual({ origin, prefix, loopback });
  });

  it.each([
    ['http://ctia.example.org', 'insecure-url'],
    ['http://127.0.0.1.example.org', 'insecure-url'],
    ['http://localhost.example.org', 'insecure-url'],
    ['http://128.0.0.1', 'insecure-url'],
    ['http://[::2]', 'insecure-url'],
    ['http://[::ffff:192.0.2.1]', 'insecure-url'],
    ['ftp://ctia.example.org', 'bad-config-value'],
    ['ctia.example.org', 'bad-config-value'],
    ['https://user:secret@ctia.example.org', 'bad-config-value'],
    ['https://ctia.example.org/?s=secret', 'bad-config-value'],
  ])('%s is refused as %s', (text, code) => {
    const read = () => baseOf('ctia', 'us', text);
    expect(read).toThrow(expect.objectContaining({ code }));
    expect(read).not.toThrow(/secret/);
  });
});

it('global intelligence has a host in each region', () => {
  expect(REGIONS.map(globalIntelUrl)).toEqual([
    'https://intel.amp.cisco.com',
    'https://intel.eu.amp.cisco.com',
    'https://intel.apjc.amp.cisco.com',
  ]);
});
