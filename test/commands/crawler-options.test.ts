import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeCrawlers, openCrawlerCheck } from '../../src/commands/crawler-options.ts';
import { stageOptions } from '../../src/commands/stage-options.ts';
import { readConfig } from '../../src/config.ts';
import { crawlerCheck } from '../../src/deliver/deliver.ts';
import { DEFAULT_RULES, loadRules } from '../../src/detect/detect.ts';
import { runBatch } from '../../src/pipeline/pipeline.ts';
import { findSources } from '../../src/read/read.ts';
import { logLine, NOON } from '../support/logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-crawlers-'));
const log = join(folder, 'access.log');
const userAgent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const lines = ['192.0.2.66', '192.0.2.67'].flatMap((client) =>
  [0, 1, 2, 3].map((index) =>
    logLine({ client, userAgent, request: `GET /page/${index} HTTP/1.1`, time: NOON + index * 1000 }),
  ),
);
writeFileSync(log, `${lines.join('\n')}\n`);

it('is asked before an incident is delivered, and only then', async () => {
  const delivered: string[] = [];
  const hits: string[] = [];
  const { check, counts } = crawlerCheck({
    maxPerHour: 10,
    clock: () => NOON,
    names: {
      reverse: async (address) => (address === '192.0.2.66' ? ['crawl.googlebot.com'] : []),
      lookup: async () => ['192.0.2.66'],
    },
  });
  // A claim alone makes no incident: here ten points do.
  const config = readConfig('sightline.yaml', 'correlation: {promote_points: 10}', []);
  const { tally } = await runBatch({
    ...stageOptions(config, () => ({})),
    sources: await findSources([log]),
    sinceMs: Number.NEGATIVE_INFINITY,
    untilMs: Number.POSITIVE_INFINITY,
    rules: await loadRules([join(DEFAULT_RULES, 'scanners')]),
    sink: {
      name: 'nowhere',
      send: async ({ key }) => ({ key, verdict: 'delivered', entities: [], reason: null }),
      close: async () => {},
    },
    confirm: check,
    onHit: ({ rule, entry }) => hits.push(`${rule.name} ${entry.client}`),
    onReject: () => {},
    onProgress: () => {},
    onUndelivered: async (_, receipt) => receipt,
    onDelivered: async ({ attacker }) => void delivered.push(attacker.key),
  });
  expect(delivered).toEqual(['192.0.2.67']);
  expect(tally.incidents).toBe(1);
  expect(new Set(hits)).toEqual(new Set(['false-crawler-session 192.0.2.66', 'false-crawler-session 192.0.2.67']));
  expect(counts).toEqual({ asked: 2, confirmed: 1, capped: 0 });
});

it('is off unless the configuration says otherwise', () => {
  const configOf = (yaml: string) => readConfig('sightline.yaml', yaml, []);
  expect(openCrawlerCheck(configOf(''))).toBeNull();
  expect(openCrawlerCheck(configOf('bots: {reverse_dns: true}'))?.counts).toEqual({
    asked: 0,
    confirmed: 0,
    capped: 0,
  });
});

it.each([
  [{ asked: 3, confirmed: 1, capped: 0 }, 'Crawlers: 1 confirmed by DNS, 3 asked about'],
  [
    { asked: 3, confirmed: 0, capped: 2 },
    'Crawlers: 0 confirmed by DNS, 3 asked about; 2 not asked about, bots.max_per_hour is reached',
  ],
])('tells what came of %o', (counts, line) => {
  expect(describeCrawlers(counts)).toBe(line);
});
