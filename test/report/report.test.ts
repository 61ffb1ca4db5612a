import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AccessLogEntry, bareEntry } from '../../src/model/entry.ts';
import type { LogLine } from '../../src/model/line.ts';
import type { Rule } from '../../src/model/rule.ts';
import { countReceipt, countReject, emptyTally } from '../../src/model/tally.ts';
import { countOf, durationOf, progressLine, sizeOf } from '../../src/report/progress.ts';
import { hitLine, openLineFile, type RunReport, rejectLine, summarise } from '../../src/report/report.ts';

const line: LogLine = { source: 'access.log', number: 7, offset: 120, length: 5, text: 'x\x1b[2J' };
const rule: Rule = {
  id: 'r-1',
  name: null,
  title: 'A \u202erule',
  kind: 'detection',
  level: 'high',
  status: 'stable',
  description: null,
  author: 'An Author',
  license: 'DRL-1.1',
  references: [],
  tags: ['attack.t1190'],
  techniques: ['T1190'],
  tactics: [],
  falsepositives: [],
  alerts: true,
  path: 'a.yml',
};
const entry: AccessLogEntry = {
  ...bareEntry({ line, time: Date.UTC(2026, 1, 3, 4, 5, 6), client: '192.0.2.1' }),
  request: 'GET /\u009b HTTP/1.1',
  method: 'GET',
  target: '/\u009b',
  stem: '/\u009b',
  protocol: 'HTTP/1.1',
  status: 404,
  bytes: 0,
};

describe('hitLine', () => {
  const text = hitLine({ rule, entry, match: { field: 'c-uri', view: 'raw', text: '/\u009b' }, observables: [] });

  it('has the documented keys in the documented order', () => {
    expect(Object.keys(JSON.parse(text))).toEqual(
      'file line offset time client rule_id rule level tags field view matched method target status user_agent author license'.split(
        ' ',
      ),
    );
    expect(JSON.parse(text)).toMatchObject({
      line: 7,
      offset: 120,
      time: '2026-02-03T04:05:06.000Z',
      target: '/\u009b',
    });
  });

  it('cannot drive a terminal', () => {
    expect(text).not.toMatch(/[\u0080-\u009f\u202e]/);
  });
});

it('rejectLine keeps the bytes', () => {
  expect(JSON.parse(rejectLine({ line, code: 'bad-time' }))).toEqual({
    file: 'access.log',
    line: 7,
    offset: 120,
    length: 5,
    code: 'bad-time',
    text: 'x\x1b[2J',
  });
});

describe('openLineFile', () => {
  it('writes every line, also many of them, and replaces what was there', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'sightline-')), 'hits.jsonl');
    for (const lines of [['old'], Array.from({ length: 20_000 }, (_, i) => `line ${i} é`)]) {
      const file = openLineFile(path);
      for (const text of lines) file.write(text);
      file.flush();
      file.close();
      expect(readFileSync(path, 'utf8')).toBe(`${lines.join('\n')}\n`);
    }
  });

  it('says where it cannot write', () => {
    expect(() => openLineFile('/no/such/folder/hits.jsonl')).toThrow(
      expect.objectContaining({ code: 'output-failed', message: expect.stringContaining('/no/such/folder') }),
    );
  });

  it.skipIf(!existsSync('/dev/full'))('says that there is no room, and can be closed then', () => {
    const file = openLineFile('/dev/full');
    file.write('a hit');
    for (let time = 0; time < 2; time++) {
      expect(() => file.flush()).toThrow(expect.objectContaining({ code: 'state-full' }));
    }
    expect(file.bytes).toBe(0);
    file.close();
  });
});

describe('progressLine', () => {
  it('draws a bar where the size is known', () => {
    expect(progressLine(512, 1024, 3000, 2000)).toBe(
      '[############------------] 50% of 1.0 KiB, 512 B, 3,000 lines, 1,500 lines/s, 2 s left',
    );
  });

  it('tells only what it knows of standard input', () => {
    expect(progressLine(2048, null, 10, 1000)).toBe('2.0 KiB, 10 lines, 10 lines/s');
  });

  it.each([
    [sizeOf(0), '0 B'],
    [sizeOf(1023), '1023 B'],
    [sizeOf(5 * 1024 ** 3), '5.0 GiB'],
    [countOf(1234567), '1,234,567'],
    [durationOf(200_000), '3 min 20 s'],
    [durationOf(7_500_000), '2 h 5 min'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('summarise', () => {
  const report = (change: Partial<RunReport> = {}): RunReport => ({
    tally: emptyTally(),
    formats: new Map([['combined', 1]]),
    betterFormat: null,
    attackers: [],
    attackerCount: 0,
    costs: new Map(),
    faults: [],
    undelivered: [],
    destination: 'stdout',
    elapsedMs: 1000,
    ...change,
  });
  const text = (change: Partial<RunReport> = {}) => summarise(report(change), false).join('\n');

  it('says loudly when many lines do not parse, with the first three and a hint', () => {
    const tally = { ...emptyTally(), lines: 10, parsed: 6 };
    for (let i = 0; i < 4; i++) countReject(tally, { line: { ...line, number: i + 1 }, code: 'not-this-format' });
    const said = text({ tally, betterFormat: { format: 'vhost_combined', prefixWords: 0 } });
    expect(said).toContain('40.0% of the lines could not be parsed');
    expect(said).toContain('access.log:3: not-this-format: x\\x1b[2J');
    expect(said).not.toContain('access.log:4');
    expect(said).toContain("try --log-format 'vhost_combined'");
    expect(text({ tally })).toContain('Most lines fit the format in use; no known one fits these.');
    expect(text({ tally: { ...tally, parsed: 0, lines: 4 } })).toContain('No known format fits them');
    expect(text({ tally, betterFormat: { format: 'combined', prefixWords: 6 } })).toContain(
      "cut it off, for example with sed -E 's/^([^ ]+ +){6}//' FILE | sightline batch - --log-format 'combined'",
    );
  });

  it('is quiet about a few rejects', () => {
    const tally = { ...emptyTally(), lines: 100, parsed: 99 };
    countReject(tally, { line, code: 'bad-time' });
    expect(text({ tally })).toContain('99 entries, 1 bad-time');
    expect(text({ tally })).not.toContain('could not be parsed');
  });

  it('lists rules worst first and what each bound has cost', () => {
    const tally = emptyTally();
    tally.hitsByRule.set({ ...rule, level: 'low', title: 'Weak' }, 50).set(rule, 2);
    const said = text({
      tally,
      costs: new Map([
        ['episodes', 3],
        ['evidence', 0],
      ]),
    });
    expect(said.indexOf('A \\u{202e}rule')).toBeLessThan(said.indexOf('Weak'));
    expect(said).toContain('Bound reached: episodes: 3');
    expect(said).not.toContain('evidence');
  });

  it('tells on how many lines hits are, and where all are of correlations', () => {
    const tally = emptyTally();
    tally.hitsByRule.set(rule, 6);
    expect(text({ tally })).toContain('Hits: 6 by 1 rule, of correlations alone\n');
    expect(text({ tally: { ...tally, hitLines: 2 } })).toContain('Hits: 6 by 1 rule on 2 lines\n');
  });

  it('tells attackers with techniques and outcome', () => {
    const attackers = [
      {
        attacker: '192.0.2.1',
        score: 120,
        hits: 3,
        rules: 2,
        level: 'high' as const,
        outcome: 'success' as const,
        techniques: ['T1190'],
        promoted: true,
      },
    ];
    expect(text({ attackers, attackerCount: 12 })).toMatch(
      /120 {2}192\.0\.2\.1 .*3 hits by 2 rules, incident, probably succeeded {2}T1190/,
    );
    expect(text({ attackers, attackerCount: 12 })).toContain('and 2 more attackers');
    expect(text({ attackers, attackerCount: 12 })).toContain('No hits.\n\nAttackers of earlier runs: 12, by score');
    const tally = emptyTally();
    tally.hitsByRule.set(rule, 3);
    expect(text({ tally, attackers, attackerCount: 12 })).toContain('\nAttackers: 12, by score');
  });

  it('tells what the server made of each entity and what did not arrive', () => {
    const tally = emptyTally();
    const entity = { type: 'sighting', originalId: 'a', id: null, reason: null };
    countReceipt(tally, {
      key: 'k',
      verdict: 'partial',
      reason: null,
      entities: [
        { ...entity, result: 'created' },
        { ...entity, result: 'error' },
        { ...entity, result: 'created' },
      ],
    });
    const said = text({ tally, undelivered: ['kept in x.json\x07'] });
    expect(said).toContain('2 sighting created, 1 sighting error');
    expect(said).toContain('Not delivered: kept in x.json\\x07');
  });

  it('paints only where colours are wanted', () => {
    const tally = emptyTally();
    tally.hitsByRule.set(rule, 1);
    expect(summarise(report({ tally }), true).join('')).toContain('\x1b[');
    expect(summarise(report({ tally }), false).join('')).not.toContain('\x1b');
  });
});
