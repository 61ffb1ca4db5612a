import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crawlerCheck, type NameService, systemNames } from '../../../src/deliver/deliver.ts';
import type { Incident } from '../../../src/model/incident.ts';
import { evidenceOf, incidentOf, ruleOf, sightingOf, totalOf } from '../../compose/fixtures.ts';

const CLAIM = ruleOf({ id: 'claim', tags: ['attack.t1036', 'sightline.claims-crawler'] });
const ATTACK = ruleOf({ id: 'attack' });
const CRAWLER = '192.0.2.66';

function incident(rules: readonly (typeof CLAIM)[], addresses: readonly string[] = [CRAWLER]): Incident {
  return incidentOf({
    attacker: { key: addresses[0] ?? '', type: 'ip', addresses },
    rules: rules.map((rule) => totalOf({ rule })),
    sightings: rules.map((rule, n) => sightingOf({ rule, evidence: [evidenceOf({ offset: n })] })),
  });
}

/** A zone in which the crawler alone has a name that leads back, and which notes what it was asked. */
function zone() {
  const asked: string[] = [];
  const names: NameService = {
    async reverse(address) {
      asked.push(address);
      return address === CRAWLER ? ['crawl-66.googlebot.com'] : ['a.example'];
    },
    lookup: async () => [CRAWLER],
  };
  return { names, asked };
}

describe('crawlerCheck', () => {
  it('drops an incident that is nothing but a claim which DNS confirms', async () => {
    const check = crawlerCheck({ names: zone().names, maxPerHour: 10, clock: () => 0 });
    expect(await check.check(incident([CLAIM]))).toBeNull();
    expect(check.counts).toEqual({ asked: 1, confirmed: 1, capped: 0 });
  });

  it('leaves of other incidents what is more than the claim', async () => {
    const check = crawlerCheck({ names: zone().names, maxPerHour: 10, clock: () => 0 });
    const left = await check.check(incident([CLAIM, ATTACK]));
    expect(left?.rules.map(({ rule }) => rule.id)).toEqual(['attack']);
    expect(left?.sightings.map(({ rule }) => rule.id)).toEqual(['attack']);
    expect(left?.samples.map(({ rule }) => rule.id)).toEqual(['attack']);
  });

  it.each<[string, Incident, number]>([
    ['without a claim', incident([ATTACK]), 0],
    ['of a host name', { ...incident([CLAIM]), attacker: { key: 'h', type: 'hostname', addresses: ['h'] } }, 0],
    ['of an address that DNS does not confirm', incident([CLAIM], ['192.0.2.67']), 1],
    ['of several addresses of which one is another', incident([CLAIM], [CRAWLER, '192.0.2.67']), 2],
    ['of more addresses than a crawler has at a time', incident([CLAIM], Array(11).fill(CRAWLER)), 0],
  ])('keeps an incident %s', async (_, given, questions) => {
    const { names, asked } = zone();
    const check = crawlerCheck({ names, maxPerHour: 10, clock: () => 0 });
    expect(await check.check(given)).toBe(given);
    expect(asked).toHaveLength(questions);
    expect(check.counts).toEqual({ asked: questions, confirmed: 0, capped: 0 });
  });

  it('asks about an address once an hour, and about no more than it may', async () => {
    const { names, asked } = zone();
    let now = 0;
    const check = crawlerCheck({ names, maxPerHour: 2, clock: () => now });
    const found = [];
    for (const last of [66, 67, 66, 68, 67, 68]) found.push(await check.check(incident([CLAIM], [`192.0.2.${last}`])));
    expect(found.map((left) => left === null)).toEqual([true, false, true, false, false, false]);
    expect(asked).toEqual(['192.0.2.66', '192.0.2.67']);
    expect(check.counts).toEqual({ asked: 2, confirmed: 2, capped: 2 });
    now = 3_600_000;
    expect(await check.check(incident([CLAIM]))).toBeNull();
    expect(asked).toHaveLength(3);
    now -= 86_400_000; // The clock is put back.
    expect(await check.check(incident([CLAIM]))).toBeNull();
    expect(asked).toHaveLength(4);
  });
});

describe('over the wire', () => {
  let server: Socket;
  let names: NameService;
  const questions: string[] = [];

  beforeAll(async () => {
    server = createSocket('udp4');
    server.on('message', (query, from) => answer(server, query, from, questions));
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    names = systemNames([`127.0.0.1:${server.address().port}`]);
  });
  afterAll(() => server.close());

  it('believes the name of an address only when it leads back', async () => {
    const check = crawlerCheck({ names, maxPerHour: 10, clock: () => 0 });
    expect(await check.check(incident([CLAIM], ['192.0.2.66']))).toBeNull();
    expect(await check.check(incident([CLAIM], ['192.0.2.67']))).not.toBeNull();
    expect(await check.check(incident([CLAIM], ['192.0.2.68']))).not.toBeNull();
    expect(questions).toContain('66.2.0.192.in-addr.arpa PTR');
    expect(questions).toContain('crawl.googlebot.com A');
    expect(questions).not.toContain('liar.example A');
  });
});

const PTR = 12;
const A = 1;
const ZONE: Readonly<Record<string, string>> = {
  '66.2.0.192.in-addr.arpa PTR': 'crawl.googlebot.com',
  '67.2.0.192.in-addr.arpa PTR': 'liar.example',
  'crawl.googlebot.com A': CRAWLER,
};

/** A name server (RFC 1035) for the zone above: one record, or that there is no such name. */
function answer(server: Socket, query: Buffer, from: RemoteInfo, questions: string[]): void {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const type = query.readUInt16BE(at + 1);
  const question = query.subarray(12, at + 5);
  const asked = `${labels.join('.')} ${type === PTR ? 'PTR' : type === A ? 'A' : type}`;
  questions.push(asked);
  const value = ZONE[asked];
  const data = value === undefined ? null : type === A ? Buffer.from(value.split('.').map(Number)) : encodeName(value);
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(data === null ? 0x8183 : 0x8180, 2);
  for (const [index, count] of [1, data === null ? 0 : 1, 0, 0].entries()) head.writeUInt16BE(count, 4 + 2 * index);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt16BE(data?.length ?? 0, 10);
  server.send(Buffer.concat([head, question, ...(data === null ? [] : [record, data])]), from.port, from.address);
}

function encodeName(name: string): Buffer {
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}
