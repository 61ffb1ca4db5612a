import { expect, it } from 'vitest';
import { fromStats, identityOf } from '../../../src/read/follow/contents.ts';

const born = { dev: 5n, ino: 0n, birthtimeNs: 7n };

it.each([
  ['an inode', { ...born, ino: 18_446_744_073_709_551_615n }, '5:18446744073709551615'],
  ['the inode 0, which every file may have', born, '5:0 of 7'],
])('the identity of a file with %s', (_, stats, identity) => {
  expect(identityOf(fromStats(stats))).toBe(identity);
});
