import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AccessLogEntry, bareEntry } from '../../src/model/entry.ts';
import type { LogLine } from '../../src/model/line.ts';
import type { Rule } from '../../src/model/rule.ts';
import { countReceipt, countReject, emptyTally } from '../../src/model/tally.ts';
import { countOf, durationOf, progressLine, sizeOf } from '../../src/report/progress.ts';
import {
  type AttackerLine,
  hitLine,
  openLineFile,
  type RunReport,
  rejectLine,
  summarise,
} from '../../src/report/report.ts';

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
    costs: new Map(),
    faults: [],
    undelivered: [],
    destination: 'stdout',
    elapsedMs: 1000,
    ...change,
  });
  const text = (change: Partial<RunReport> = {}) => summarise(report(change), false).join('\n');
  const attacker: AttackerLine = {
    attacker: '192.0.2.1',
    score: 120,
    hits: 3,
    newHits: 3,
    rules: 2,
    level: 'high',
    outcome: 'success',
    techniques: ['T1190'],
    promoted: true,
  };

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

  it.each([
    ['1\x02\x00', 'No known format fits them: there are NUL bytes, as in UTF-16; convert the text, for example'],
    ['#Fields: date time s-ip cs-method cs-uri-stem', 'this looks like a W3C extended log, as IIS writes it;'],
    [
      '[Sun Oct 11 14:32:52.123456 2026] [core:error] [pid 7:tid 8] [client 192.0.2.1:9] AH00037: Symbolic link',
      'the error log of a server, which holds no requests',
    ],
    ['2026/10/11 14:32:52 [error] 7#8: *9 open() "/srv/x" failed (2: No such file)', 'the error log of nginx'],
    [
      `${'0f'.repeat(32)} bucket [06/Feb/2026:00:00:38 +0000] 192.0.2.3 - 3E57 REST.GET.OBJECT a "GET /a HTTP/1.1" 200`,
      'an access log of Amazon S3',
    ],
    [
      'https 2026-07-02T22:23:00.186641Z app/lb/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57',
      'a log of an AWS load balancer',
    ],
    [
      '10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {}',
      'a log of HAProxy',
    ],
    ['{"ip":"192.0.2.1"}', 'name them under logs.json_fields in sightline.yaml'],
  ])('knows what else lines may be: %j', (content, advice) => {
    const tally = { ...emptyTally(), lines: 1 };
    countReject(tally, { line: { ...line, text: content }, code: 'not-this-format' });
    expect(text({ tally })).toContain(advice);
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
    const attackers = Array.from({ length: 12 }, () => attacker);
    expect(text({ attackers })).toMatch(
      /120 {2}192\.0\.2\.1 .*3 hits by 2 rules, incident, probably succeeded {2}T1190/,
    );
    expect(text({ attackers })).toContain('and 2 more attackers');
    expect(text({ attackers })).toContain('\nAttackers: 12, by score');
  });

  it('tells attackers with new hits before those of earlier runs, and which hits are new', () => {
    const known = { ...attacker, score: 400, newHits: 0 };
    const back = { ...attacker, attacker: '192.0.2.2', hits: 5, newHits: 2 };
    const all = text({ attackers: [known, back, attacker] }).split('\n');
    const from = all.findIndex((it) => it.startsWith('Attackers'));
    expect(all.slice(from, from + 4)).toEqual([
      'Attackers: 2 with new hits, then 1 of earlier runs, by score',
      expect.stringMatching(/120 {2}192\.0\.2\.2 .*5 hits by 2 rules, 2 new, incident/),
      expect.stringMatching(/120 {2}192\.0\.2\.1 .*3 hits by 2 rules, incident/),
      expect.stringMatching(/400 {2}192\.0\.2\.1 .*3 hits by 2 rules, none new, incident/),
    ]);
    expect(text({ attackers: [known] })).toContain('No hits.\n\nAttackers of earlier runs: 1, by score');
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
        { ...entity, type: 'indicator', result: 'exists' },
        { ...entity, type: 'indicator', result: 'exists' },
      ],
    });
    const said = text({ tally, undelivered: ['kept in x.json\x07'] });
    expect(said).toContain('2 indicators exist, 2 sightings created, 1 sighting error');
    expect(said).toContain('Not delivered: kept in x.json\\x07');
  });

  it('paints only where colours are wanted', () => {
    const tally = emptyTally();
    tally.hitsByRule.set(rule, 1);
    expect(summarise(report({ tally }), true).join('')).toContain('\x1b[');
    expect(summarise(report({ tally }), false).join('')).not.toContain('\x1b');
  });
});
