import { describe, expect, it } from 'vitest';
import { FLOOD_ATTACKERS, makeFlood } from '../../bench/make-flood.ts';

const textOf = (addresses: number, seed = 1) => [...makeFlood({ addresses, seed })].join('');

describe('makeFlood', () => {
  it('gives the same bytes for the same arguments, and others for another seed', () => {
    expect(textOf(3000, 5)).toBe(textOf(3000, 5));
    expect(textOf(3000, 6)).not.toBe(textOf(3000, 5));
  });

  it('lets every address come with three lines at most, but for the attackers among them', () => {
    const counts = new Map<string, number>();
    const lines = textOf(50_000).split('\n').slice(0, -1);
    for (const line of lines) {
      const client = line.slice(0, line.indexOf(' '));
      counts.set(client, (counts.get(client) ?? 0) + 1);
    }
    for (const attacker of FLOOD_ATTACKERS) {
      expect(counts.get(attacker)).toBe(5);
      counts.delete(attacker);
    }
    expect(counts.size).toBe(50_000);
    expect(Math.max(...counts.values())).toBe(3);
    expect(lines.filter((line) => line.includes('" 403 ')).length).toBeGreaterThan(50_000 / 60);
  });

  it('gives addresses that can stand in a log, and no time that runs backwards', () => {
    const lines = textOf(10_000).split('\n').slice(0, -1);
    const others = lines.filter((line) => !line.startsWith('203.0.113.'));
    expect(
      others.every((line) => /^(?:1[6-9]|2[0-3])(?:\.(?:[1-9]?\d|1\d\d|2[0-4]\d|25[0-5])){3} - - \[/.test(line)),
    ).toBe(true);
    const stamps = lines.map((line) => line.slice(line.indexOf('['), line.indexOf(']')));
    expect(stamps).toEqual(stamps.toSorted());
  });
});
