import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as sightline from '../src/index.ts';
import { logLine, sampleLog } from './support/logs.ts';

const log = join(mkdtempSync(join(tmpdir(), 'sightline-index-')), 'access.log');
writeFileSync(log, `${sampleLog().join('\n')}\n`);

describe('sightline as a library', () => {
  it('offers these names and no others', () => {
    expect(Object.keys(sightline).sort()).toEqual([
      'BATCH_DEFAULTS',
      'CtiaError',
      'DEFAULT_RULES',
      'SightlineError',
      'composer',
      'correlator',
      'ctiaClient',
      'ctiaSink',
      'detector',
      'fieldValue',
      'fileSink',
      'findFormat',
      'findSources',
      'isReject',
      'loadRules',
      'parser',
      'readRules',
      'runBatch',
      'stdoutSink',
    ]);
  });

  it('runs a whole batch with a sink of one’s own', async () => {
    const parcels: sightline.Parcel[] = [];
    const sink: sightline.Sink = {
      name: 'mine',
      async send(parcel) {
        parcels.push(parcel);
        return { key: parcel.key, verdict: 'delivered', entities: [], reason: null };
      },
      async close() {},
    };
    const heard: sightline.Incident[] = [];
    const { tally, faults } = await sightline.runBatch({
      ...sightline.BATCH_DEFAULTS,
      sources: await sightline.findSources([log]),
      rules: await sightline.loadRules([sightline.DEFAULT_RULES]),
      sink,
      async onDelivered(incident) {
        heard.push(incident);
      },
    });
    expect([tally.incidents, faults]).toEqual([3, []]);
    expect(heard.map(({ attacker }) => attacker.key).sort()).toEqual([
      '198.51.100.7',
      '2001:db8:5::/64',
      '203.0.113.5',
    ]);
    expect(JSON.parse(parcels[0]?.body ?? '{}').type).toBe('bundle');
  });

  it('hears of no delivery that failed', async () => {
    const heard: sightline.Incident[] = [];
    const { undelivered } = await sightline.runBatch({
      ...sightline.BATCH_DEFAULTS,
      sources: await sightline.findSources([log]),
      rules: await sightline.loadRules([sightline.DEFAULT_RULES]),
      sink: {
        name: 'broken',
        send: async ({ key }) => ({ key, verdict: 'undelivered', entities: [], reason: 'no' }),
        async close() {},
      },
      async onDelivered(incident) {
        heard.push(incident);
      },
    });
    expect([undelivered.length, heard]).toEqual([3, []]);
  });

  it('parses and detects line by line, with rules from a text', () => {
    const content = [
      'title: Config backup',
      'id: 7e6a3a32-3a2e-4a37-9f3c-5c63a1f0a001',
      'logsource: {category: webserver}',
      'detection: {selection: {cs-uri-stem|endswith: .bak}, condition: selection}',
      'level: medium',
    ].join('\n');
    const rules = sightline.readRules([{ path: 'mine.yml', text: content }]);
    const parse = sightline.parser({ format: sightline.findFormat('combined'), trustedProxies: [] });
    const detect = sightline.detector(rules, { own: (entry) => entry });
    const hitsOf = (request: string) => {
      const text = logLine({ request });
      const entry = parse({ source: 'x', number: 1, offset: 0, length: text.length, text });
      if (sightline.isReject(entry)) throw new Error(entry.code);
      return detect(entry).map(({ rule }) => rule.title);
    };
    expect(hitsOf('GET /wp-config.php.bak HTTP/1.1')).toEqual(['Config backup']);
    expect(hitsOf('GET / HTTP/1.1')).toEqual([]);
  });

  it('says what is wrong by codes', () => {
    expect(() => sightline.findFormat('%Q')).toThrow(sightline.SightlineError);
    expect(() => sightline.ctiaClient({ credentials: { clientId: '', clientPassword: '' } })).toThrow(
      expect.objectContaining({ code: 'bad-config-value' }),
    );
  });
});
