import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressType, canonicalAddress, cidrMatcher, networkOf, specialRangeOf } from '../../src/address/address.ts';
import { SightlineError } from '../../src/model/errors.ts';
import { bytesKept } from '../support/bytes-kept.ts';

describe('canonicalAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['010.0.0.1', null],
    ['0x7f.1', null],
    ['127.1', null],
    ['256.1.1.1', null],
    ['www.example.org', null],
    ['', null],
    ['1'.repeat(100), null],
  ])('%s is %s', (text, expected) => {
    expect(canonicalAddress(text)).toBe(expected);
  });

  it('is not remembered of what is too long for an address', () => {
    const kept = bytesKept(() => {
      for (let n = 0; n < 2000; n++) canonicalAddress(`${n} `.repeat(1000));
    });
    expect(kept).toBeLessThan(1_000_000);
  });

  it('is the same for what it returned', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const once = canonicalAddress(text);
        expect(once).not.toBeNull();
        expect(canonicalAddress(once ?? '')).toBe(once);
      }),
    );
  });

  it('never throws and stays right past the number of addresses that it remembers', () => {
    for (let i = 0; i < 21_000; i++) canonicalAddress(`::FFFF:10.0.${i >> 8}.${i & 255}`);
    expect(canonicalAddress('::FFFF:10.0.0.7')).toBe('10.0.0.7');
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => canonicalAddress(text) !== undefined));
  });
});

it.each([
  ['192.0.2.1', 'ip'],
  ['2001:db8::1', 'ipv6'],
  ['www.example.org', null],
])('addressType(%s) is %s', (text, expected) => {
  expect(addressType(text)).toBe(expected);
});

it.each([
  ['2001:db8:1:2:3:4:5:6', 64, '2001:db8:1:2::/64'],
  ['2001:db8:1:ffff::', 49, '2001:db8:1:8000::/49'],
  ['192.0.2.77', 24, '192.0.2.0/24'],
  ['192.0.2.77', 32, '192.0.2.77/32'],
])('networkOf(%s, %i) is %s', (address, bits, expected) => {
  expect(networkOf(address, bits)).toBe(expected);
});

describe('cidrMatcher', () => {
  it.each([
    [['192.0.2.0/24'], '192.0.2.255', true],
    [['192.0.2.0/24'], '192.0.3.0', false],
    [['192.0.2.0/24'], '::ffff:192.0.2.9', true],
    [['2001:db8::/32'], '2001:db8:ffff::1', true],
    [['2001:db8::/32'], '192.0.2.1', false],
    [['::ffff:192.0.2.0/120'], '192.0.2.4', true],
    [['10.0.0.1'], '10.0.0.1', true],
    [['10.0.0.1', '0.0.0.0/0'], '203.0.113.1', true],
    [[], '203.0.113.1', false],
    [['10.0.0.0/8'], 'host.example.org', false],
  ])('%j holds %s: %s', (cidrs, address, expected) => {
    expect(cidrMatcher(cidrs)(address)).toBe(expected);
  });

  it.each([['10.0.0.0/33'], ['10.0.0'], ['10.0.0.0/'], ['x/8'], ['10.0.0.0/8/8'], ['']])('refuses %j', (cidr) => {
    expect(() => cidrMatcher([cidr])).toThrow(SightlineError);
  });
});

describe('specialRangeOf', () => {
  it.each([
    ['10.0.0.1', 'private'],
    ['169.254.1.1', 'link local'],
    ['100.64.1.1', 'carrier grade nat'],
    ['203.0.113.9', 'reserved'],
    ['fe80::1', 'link local'],
    ['fd12::1', 'unique local'],
    ['4000::1', 'not allocated'],
    ['8.8.8.8', null],
    ['2606:4700::1', null],
  ])('%s: %s', (address, range) => {
    expect(specialRangeOf(address)).toBe(range);
  });
});
