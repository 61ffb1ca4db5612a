import { describe, expect, it } from 'vitest';
import { sparer } from '../../../src/deliver/deliver.ts';

const spare = sparer(['8.8.4.0/24', '2001:4860::/32']);

describe('sparer', () => {
  it.each([
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.255.255', 'private'],
    ['127.0.0.1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['169.254.169.254', 'link local'],
    ['100.64.0.1', 'carrier grade nat'],
    ['192.0.2.1', 'reserved'],
    ['198.51.100.1', 'reserved'],
    ['203.0.113.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['240.0.0.1', 'reserved'],
    ['::1', 'loopback'],
    ['::', 'unspecified'],
    ['fe80::1', 'link local'],
    ['fd00::1', 'unique local'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'reserved'],
    ['2002:c000:201::1', '6to4'],
    ['2001::1', 'teredo'],
    ['64:ff9b::1', 'rfc6052'],
    ['::ffff:10.0.0.1', 'private'],
    ['100::1', 'discard'],
    ['fec0::1', 'deprecated site local'],
    ['::1.2.3.4', 'not allocated'],
    ['4000::1', 'not allocated'],
    ['8.8.4.4', 'listed as allowed or own'],
    ['2001:4860:4860::8888', 'listed as allowed or own'],
    ['bad.example', 'no address'],
    ['', 'no address'],
    ['8.8.8.8/32', 'no address'],
  ])('spares %s', (address, reason) => {
    expect(spare(address)).toBe(reason);
  });

  it.each(['8.8.8.8', '8.8.5.0', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1', '::ffff:8.8.8.8'])(
    'lets %s be judged',
    (address) => {
      expect(spare(address)).toBeNull();
    },
  );

  it('refuses a list that is none', () => {
    expect(() => sparer(['10.0.0.0/33'])).toThrow(expect.objectContaining({ code: 'bad-cidr' }));
  });
});
