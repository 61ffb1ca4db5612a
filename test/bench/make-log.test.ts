import { beforeAll, describe, expect, it } from 'vitest';
import { type LogOptions, makeLog } from '../../bench/make-log.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import { findFormat, isReject, parser } from '../../src/parse/parse.ts';

const textOf = (options: Partial<LogOptions>) => [...makeLog(options)].join('');
const linesOf = (options: Partial<LogOptions>) => textOf(options).split('\n').slice(0, -1);
const clientOf = (line: string) => line.slice(0, line.indexOf(' '));
const isAttacker = (client: string) => /^(?:198\.1[89]\.|2001:db8:bad:)/.test(client);

function entriesOf(lines: readonly string[]): AccessLogEntry[] {
  const format = findFormat('combined');
  const parse = parser({ format });
  return lines.map((text, index) => {
    const entry = parse({ source: 'access.log', number: index + 1, offset: 0, length: text.length, text });
    if (isReject(entry)) throw new Error(`${entry.code}: ${text}`);
    return entry;
  });
}

describe('makeLog', () => {
  it('gives the same bytes for the same arguments, and others for another seed', () => {
    const options = { lines: 3000, seed: 5 };
    expect(textOf(options)).toBe(textOf(options));
    expect(textOf({ ...options, seed: 6 })).not.toBe(textOf(options));
  });

  it('is not moved by another log that is made beside it', () => {
    const [one, other] = [makeLog({ lines: 3000, seed: 1 }), makeLog({ lines: 3000, seed: 2, attackShare: 0.2 })];
    let [text, rest] = ['', ''];
    for (let step = 0; step < 40; step++) {
      text += one.next().value ?? '';
      rest += other.next().value ?? '';
    }
    expect(text).toBe(textOf({ lines: 3000, seed: 1 }));
    expect(rest).toBe(textOf({ lines: 3000, seed: 2, attackShare: 0.2 }));
  });

  it('gives as many lines as wanted, in chunks of whole lines', () => {
    const chunks = [...makeLog({ lines: 5000 })];
    expect(chunks.join('').match(/\n/g)).toHaveLength(5000);
    expect(chunks.every((chunk) => chunk === '' || chunk.endsWith('\n'))).toBe(true);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(80_000);
  });

  it('begins at once with a log that never ends', () => {
    expect(makeLog({ lines: 1_000_000_000 }).next().value).toMatch(/^\S+ - \S+ \[01\/Oct\/2026:00:00:/);
  });

  it.each([0, 0.01, 0.1, 0.4])('lets attackers send a share of %d of the lines', (attackShare) => {
    const lines = linesOf({ lines: 30_000, attackShare, seed: 3 });
    const attacks = lines.filter((line) => isAttacker(clientOf(line))).length;
    expect(attacks).toBeGreaterThanOrEqual(lines.length * attackShare * 0.85);
    expect(attacks).toBeLessThanOrEqual(lines.length * attackShare * 1.15);
  });

  it.each([100, 2000, 12_000, 30_000])('lets visitors come from about %d addresses', (addresses) => {
    const clients = new Set(linesOf({ lines: 30_000, addresses, attackShare: 0 }).map(clientOf));
    expect(clients.size).toBeGreaterThan(addresses * 0.85);
    expect(clients.size).toBeLessThanOrEqual(addresses + 1); // and the server's own
  });

  it('tells of new attackers all the time, in a short log, too', () => {
    const lines = linesOf({ lines: 6000, attackShare: 0.02, addresses: 400, stepMs: 2000 });
    const tenth = lines.length / 10;
    const seen = new Map<string, number>();
    for (const [index, client] of lines.map(clientOf).entries()) {
      if (isAttacker(client) && !seen.has(client)) seen.set(client, Math.floor(index / tenth));
    }
    expect(seen.size).toBeGreaterThan(10);
    expect(new Set(seen.values()).size).toBeGreaterThan(6);
  });
});

describe('a log of 20,000 lines', () => {
  let entries: AccessLogEntry[] = [];
  beforeAll(() => {
    entries = entriesOf(linesOf({ lines: 20_000 }));
  });
  const visitors = () => entries.filter(({ client }) => !isAttacker(client));
  const attackers = () => entries.filter(({ client }) => isAttacker(client));
  const share = (of: readonly AccessLogEntry[], is: (entry: AccessLogEntry) => boolean) =>
    of.filter(is).length / of.length;

  it('parses, every line', () => {
    expect(entries).toHaveLength(20_000);
  });

  it('is in order but for some seconds', () => {
    let newest = 0;
    const late = entries.map(({ time }) => {
      newest = Math.max(newest, time);
      return newest - time;
    });
    expect(Math.max(...late)).toBeLessThanOrEqual(7000);
    expect(late.filter((ms) => ms > 1000).length).toBeGreaterThan(50);
  });

  it.each<[string, (entry: AccessLogEntry) => boolean, number, number]>([
    ['pages and files that are there', ({ status }) => status === 200, 0.5, 0.9],
    ['files that have not changed', ({ status }) => status === 304, 0.05, 0.3],
    ['redirects', ({ status }) => status === 301 || status === 302, 0.005, 0.05],
    ['links that lead nowhere', ({ status }) => status === 404, 0.01, 0.04],
    ['forms', ({ method }) => method === 'POST', 0.02, 0.15],
    ['requests of the head alone', ({ method }) => method === 'HEAD', 0.001, 0.02],
    ['lines that are no request', ({ target }) => target === null, 0.0001, 0.005],
    ['visitors without a referer', ({ referer }) => referer === null, 0.1, 0.4],
    ['queries', ({ query }) => query !== null, 0.1, 0.5],
    ['IPv6', ({ client }) => client.includes(':'), 0.1, 0.25],
  ])('tells of ordinary %s', (_, is, least, most) => {
    expect(share(visitors(), is)).toBeGreaterThan(least);
    expect(share(visitors(), is)).toBeLessThan(most);
  });

  it('asks for few things often and for many once', () => {
    const counts = new Map<string | null, number>();
    for (const { target } of visitors()) counts.set(target, (counts.get(target) ?? 0) + 1);
    const sorted = [...counts.values()].sort((a, b) => b - a);
    expect(sorted[0]).toBeGreaterThan(500);
    expect(sorted.filter((count) => count === 1).length).toBeGreaterThan(entries.length * 0.15);
  });

  it('comes from browsers of many versions', () => {
    expect(new Set(visitors().map(({ userAgent }) => userAgent)).size).toBeGreaterThan(100);
  });

  it('is attacked in bursts from one address, and then no more', () => {
    const times = new Map<string, number[]>();
    for (const { client, time } of attackers()) times.set(client, [...(times.get(client) ?? []), time]);
    const bursts = [...times.values()].filter((all) => all.length > 15);
    expect(bursts.length).toBeGreaterThan(0);
    for (const all of bursts) expect(Math.max(...all) - Math.min(...all)).toBeLessThan(20 * 60_000);
  });
});

describe('attackers', () => {
  let lines: string[] = [];
  beforeAll(() => {
    lines = linesOf({ lines: 30_000, attackShare: 0.2 }).filter((line) => isAttacker(clientOf(line)));
  });

  it.each([
    ['as it is', /UNION SELECT|\.\.\/\.\.\/|\$\{jndi:|\/\.env|wp-login/],
    ['percent-encoded', /%27|%3Cscript|%24%7B/],
    ['encoded twice', /%25(?:27|3C|20)/],
    ['encoded to the last letter', /(?:%[0-9a-f]{2}){12}/],
    ['with plus signs', /%2[27][^" ]*\+/],
  ])('send text %s', (_, form) => {
    expect(lines.filter((line) => form.test(line)).length).toBeGreaterThan(5);
  });
});
