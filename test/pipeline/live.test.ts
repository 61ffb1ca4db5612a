import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFormat } from '../../src/parse/parse.ts';
import { logLine, NOON } from '../support/logs.ts';
import { DESTINATION, type LiveBench, onBench, RULES, rulesOf, stagesOf } from './live-bench.ts';

const HOUR = 3600;
const SECRET = { client: '203.0.113.9', request: 'GET /.env HTTP/1.1' };
const LOG_IN = { client: '203.0.113.8', request: 'POST /login HTTP/1.1', status: 401 };
const logIns = (count: number) => Array.from({ length: count }, () => LOG_IN);

/** What a run makes that sees the same file for the first time, whole. */
async function fromScratch(bench: LiveBench): Promise<Map<string, string>> {
  const { statePath } = bench;
  bench.statePath = join(bench.folder, `${Math.round(bench.now)}.db`);
  await bench.go(HOUR);
  const entities = bench.entities();
  bench.statePath = statePath;
  return entities;
}

describe('a live run', () => {
  it('gives out what is over by the clock when the log is silent', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      await bench.go(120);
      expect(bench.sightings()).toEqual([]);
      await bench.go(600);
      expect(bench.sightings()).toEqual(['Secret file from 203.0.113.9']);
      expect(bench.hits).toEqual(['Secret file']);
    }));

  it.each([
    ['from the lines since the start', { journalBytes: 1e9 }],
    ['from a snapshot with each commit', { journalBytes: 1 }],
    ['from a snapshot and the lines after it', { journalBytes: 400 }],
  ])('goes on after a kill, %s, to what one run makes of the same lines', (_, bounds) =>
    onBench(async (bench) => {
      const options = { bounds };
      bench.write(...logIns(6));
      await bench.go(60, 'kill', options);
      bench.write(SECRET, ...logIns(3));
      await bench.go(60, 'kill', options);
      bench.write(LOG_IN, {});
      await bench.go(30, 'kill', options);
      await bench.go(HOUR, 'kill', options);
      expect(bench.sightings()).toEqual(['Brute force from 203.0.113.8', 'Secret file from 203.0.113.9']);
      expect(bench.hits.filter((title) => title === 'Brute force')).toHaveLength(10);
      expect(bench.hits.filter((title) => title === 'Secret file')).toHaveLength(1);
      expect(bench.entities()).toEqual(await fromScratch(bench));
    }),
  );

  it('makes the same of the same lines, whenever they came and however often it was stopped or killed', async () => {
    const step = fc.record({
      requests: fc.array(
        fc.record({
          client: fc.constantFrom('203.0.113.1', '203.0.113.2', '2001:db8::1'),
          request: fc.constantFrom('GET /.env HTTP/1.1', 'POST /login HTTP/1.1', 'GET / HTTP/1.1', 'rubbish'),
        }),
        { maxLength: 12 },
      ),
      seconds: fc.constantFrom(5, 30, 100, 400),
      end: fc.constantFrom('stop' as const, 'kill' as const),
      journalBytes: fc.constantFrom(1, 1000, 1e9),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) =>
        onBench(async (bench) => {
          for (const { requests, seconds, end, journalBytes } of steps) {
            bench.write(...requests);
            await bench.go(seconds, end, { bounds: { journalBytes } });
          }
          await bench.go(HOUR);
          expect(bench.entities()).toEqual(await fromScratch(bench));
          const [row] = bench.ledger();
          const rejected = Object.values(row?.rejected ?? {}).reduce((sum, lines) => sum + lines, 0);
          const lines = steps.flatMap(({ requests }) => requests).length;
          expect([row?.lines ?? 0, (row?.parsed ?? 0) + rejected + (row?.skipped ?? 0)]).toEqual([lines, lines]);
        }),
      ),
      { numRuns: 8 },
    );
  }, 60_000);

  it('tells of hits and rejected lines once, though it goes through them again after a kill', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      bench.append('rubbish\n');
      await bench.go(60, 'kill');
      await bench.go(60, 'kill');
      expect([bench.hits, bench.said]).toEqual([['Secret file'], ['reject not-this-format']]);
      expect(bench.ledger()).toMatchObject([{ lines: 2, parsed: 1, rejected: { 'not-this-format': 1 } }]);
    }));

  it('commits as soon as lines and the bundles made of them are as long as is kept in memory', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      await bench.go(HOUR, 'kill', { bounds: { commitMs: 1e9, commitBytes: 2000 } });
      expect(bench.sightings()).toEqual(['Secret file from 203.0.113.9']);
    }));

  it('skips what lies outside the times asked for, and accounts for it', () =>
    onBench(async (bench) => {
      bench.write({ ...SECRET, time: NOON - 1 }, SECRET, { ...SECRET, time: NOON + 1000 });
      await bench.open({ plan: { sinceMs: NOON, untilMs: NOON + 1000 } });
      const { tally } = bench.live;
      await bench.run(60);
      expect(bench.hits).toEqual(['Secret file']);
      expect(bench.ledger()).toMatchObject([{ lines: 3, parsed: 1, skipped: 2 }]);
      expect(tally).toMatchObject({ lines: 3, parsed: 1, skipped: 2 });
    }));

  it('reads logs that are behind in the order of their times', () =>
    onBench(async (bench) => {
      const other = join(bench.folder, 'other.log');
      for (let i = 0; i < 9; i++) bench.append(`${logLine({ ...LOG_IN, time: NOON + i * 60_000 })}\n`);
      bench.append(`${logLine({ ...LOG_IN, time: NOON + 30_000 })}\n`, other);
      await bench.go(HOUR, 'stop', { patterns: [bench.log, other] });
      expect(bench.sightings()).toEqual(['Brute force from 203.0.113.8', 'Brute force from 203.0.113.8']);
      expect(bench.hits).toHaveLength(10);
    }));

  it('tells how far its time has come, and how many episodes may go on', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      const live = await bench.open();
      expect([live.reached, live.scan.correlation.openEpisodes]).toEqual([null, 0]);
      bench.in(100, () => expect(live.scan.correlation.openEpisodes).toBe(1));
      await bench.run(HOUR);
      expect(live.scan.correlation.openEpisodes).toBe(0);
      expect(live.reached).toBeGreaterThan(NOON + 3_400_000);
    }));
});

describe('the format', () => {
  it('is chosen anew for each file of a log', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      bench.in(30, () => {
        bench.rotate();
        bench.append(`www.example.org:443 ${logLine({ ...SECRET, time: bench.now })}\n`);
      });
      const formats: string[] = [];
      const stages = { ...stagesOf(rulesOf(RULES)), onFormat: ({ name }: { name: string }) => formats.push(name) };
      await bench.open({ stages });
      await bench.run(60, 'kill');
      expect(formats).toEqual(['combined', 'vhost_combined']);
      bench.write();
      bench.append(`www.example.org:443 ${logLine({ ...SECRET, time: bench.now })}\n`);
      await bench.open({ stages });
      expect(formats).toEqual(['combined', 'vhost_combined', 'vhost_combined']);
      await bench.run(60);
      expect(bench.ledger()).toMatchObject([{ lines: 3, parsed: 3, rejected: {} }]);
    }));

  it.each(['stop', 'kill'] as const)('stays open until a line tells it, be it after a %s', (end) =>
    onBench(async (bench) => {
      bench.append('rubbish\n');
      await bench.go(30, end);
      bench.append(`www.example.org:443 ${logLine(SECRET)}\n`);
      await bench.go(30, end);
      expect(bench.ledger()).toMatchObject([{ lines: 2, parsed: 1, rejected: { 'not-this-format': 1 } }]);
      expect(bench.hits).toEqual(['Secret file']);
    }),
  );

  it('of a log is kept for a new file that begins with what is of no format, until a line tells', () =>
    onBench(async (bench) => {
      bench.append(`www.example.org:443 ${logLine(SECRET)}\n`);
      bench.in(30, () => {
        bench.rotate();
        bench.append('rubbish\n');
      });
      bench.in(60, () => bench.append(`www.example.org:443 ${logLine(SECRET)}\n`));
      bench.in(90, () => bench.append('rubbish\n'));
      await bench.go(120);
      expect(bench.ledger()).toMatchObject([{ lines: 4, parsed: 2, rejected: { 'not-this-format': 2 } }]);
    }));

  it('that was given is used for every line', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      bench.append(`www.example.org:443 ${logLine(SECRET)}\n`);
      await bench.go(30, 'stop', { stages: stagesOf(rulesOf(RULES), findFormat('vhost_combined')) });
      expect(bench.ledger()).toMatchObject([{ lines: 2, parsed: 1, rejected: { 'not-this-format': 1 } }]);
    }));

  describe('that changes in the midst of a file', () => {
    const withHost = (count: number) => `www.example.org:443 ${logLine(SECRET)}\n`.repeat(count);
    const rejects = (count: number) => Array.from({ length: count }, () => 'reject not-this-format');
    /** More lines than a format is chosen by. */
    const before = Array.from({ length: 210 }, () => ({}));

    it.each([
      ['stop', 'from the lines since the start', { journalBytes: 1e9 }],
      ['kill', 'from the lines since the start', { journalBytes: 1e9 }],
      ['kill', 'from a snapshot', { journalBytes: 1 }],
    ] as const)('is told by the lines that are not of it, which are taken again; after a %s, %s', (end, _, bounds) =>
      onBench(async (bench) => {
        bench.write(...before);
        await bench.go(30, end, { bounds });
        for (const count of [20, 29]) {
          bench.append(withHost(count));
          await bench.go(30, end, { bounds });
        }
        expect(bench.ledger()).toMatchObject([{ lines: 259, parsed: 210, rejected: { 'not-this-format': 49 } }]);
        bench.append(withHost(1));
        await bench.go(30, end, { bounds });
        expect(bench.ledger()).toMatchObject([{ lines: 260, parsed: 260, rejected: { 'not-this-format': 0 } }]);
        bench.append(withHost(3));
        bench.write(SECRET);
        await bench.go(HOUR, end, { bounds });
        expect(bench.ledger()).toMatchObject([{ lines: 264, parsed: 263, rejected: { 'not-this-format': 1 } }]);
        expect(bench.hits).toHaveLength(53);
        expect(bench.said).toEqual([...rejects(50), 'strays vhost_combined', ...rejects(1)]);
        expect(bench.entities()).toEqual(await fromScratch(bench));
      }),
    );

    it('stays what it is as long as lines of it come in between', () =>
      onBench(async (bench) => {
        bench.write(...before);
        for (let i = 0; i < 3; i++) {
          bench.append(withHost(49));
          bench.write(SECRET);
        }
        await bench.go(30);
        expect(bench.ledger()).toMatchObject([{ parsed: 213, rejected: { 'not-this-format': 147 } }]);
        expect(bench.said).toEqual(rejects(147));
      }));

    it.each([
      ['most of the lines are of no format', null, `${withHost(24)}${'rubbish\n'.repeat(26)}`],
      ['it was given', findFormat('combined'), withHost(50)],
    ])('stays what it is, which is told once, when %s', (_, format, lines) =>
      onBench(async (bench) => {
        bench.write(...before);
        bench.append(lines.repeat(2));
        await bench.go(30, 'stop', { stages: stagesOf(rulesOf(RULES), format) });
        expect(bench.said).toEqual([...rejects(50), 'strays of no format', ...rejects(50)]);
        expect(bench.ledger()).toMatchObject([{ parsed: 210, rejected: { 'not-this-format': 100 } }]);
      }),
    );

    it('may be told by lines most of which are of it: the others stay rejected', () =>
      onBench(async (bench) => {
        bench.write(...before);
        bench.append(`${withHost(30)}${'rubbish\n'.repeat(20)}`);
        await bench.go(30);
        expect(bench.ledger()).toMatchObject([{ parsed: 240, rejected: { 'not-this-format': 20 } }]);
      }));
  });

  it('of JSON logs has the keys that were named', () =>
    onBench(async (bench) => {
      const json = {
        time: new Date(NOON).toISOString(),
        client: '192.0.2.1',
        method: 'GET',
        uri: '/.env',
        status: 200,
      };
      bench.append(`${JSON.stringify({ ...json, from: '203.0.113.9' })}\n`);
      await bench.go(HOUR, 'stop', { stages: { ...stagesOf(rulesOf(RULES)), jsonFields: { client: 'from' } } });
      expect(bench.sightings()).toEqual(['Secret file from 203.0.113.9']);
    }));
});

describe('rules that are read again', () => {
  const OTHER = RULES.replaceAll('/.env', '/.git/config').replace('title: Secret file', 'title: Repository');

  it('leave windows as they are: what began before them fires after them', () =>
    onBench(async (bench) => {
      bench.write(...logIns(5));
      const live = await bench.open();
      bench.in(60, () => {
        live.reload(stagesOf(rulesOf(OTHER)));
        bench.write(SECRET, { ...SECRET, request: 'GET /.git/config HTTP/1.1' }, ...logIns(5));
      });
      await bench.run(HOUR);
      expect(bench.hits.filter((title) => title !== 'Brute force')).toEqual(['Repository']);
      expect(bench.sightings()).toContain('Brute force from 203.0.113.8');
    }));

  it('count from the next line on, and from the next start on after a kill', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      const live = await bench.open();
      bench.in(30, () => live.reload(stagesOf(rulesOf(OTHER))));
      await bench.run(60, 'kill');
      bench.write({ ...SECRET, request: 'GET /.git/config HTTP/1.1' });
      await bench.go(60, 'stop', { stages: stagesOf(rulesOf(OTHER)) });
      expect(bench.hits).toEqual(['Secret file', 'Repository']);
    }));

  it('are held against the formats in use once more', () =>
    onBench(async (bench) => {
      const formats: string[] = [];
      const stages = { ...stagesOf(rulesOf(RULES)), onFormat: ({ name }: { name: string }) => formats.push(name) };
      bench.write({}, {});
      const live = await bench.open({ stages });
      bench.in(30, () => live.reload(stages));
      await bench.run(60);
      expect(formats).toEqual(['combined', 'combined']);
    }));

  it('may come with a format, which counts at once', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      const live = await bench.open();
      bench.in(30, () => {
        live.reload(stagesOf(rulesOf(RULES), findFormat('vhost_combined')));
        bench.append(`www.example.org:443 ${logLine(SECRET)}\n`);
      });
      await bench.run(60);
      expect(bench.ledger()).toMatchObject([{ lines: 2, parsed: 2 }]);
    }));
});

describe('reading', () => {
  const FULL = 'the outbox is full: reading goes on when bundles have been delivered';

  it('pauses while the outbox is full, and loses nothing', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      await bench.open({ state: { maxBytes: 2000 } });
      bench.in(600, () => bench.write({ ...SECRET, client: '203.0.113.10' }));
      let delivered = 0;
      bench.in(1200, () => {
        expect(bench.said).toEqual([FULL]);
        expect(bench.ledger()).toMatchObject([{ lines: 1 }]);
        for (const { seq, key } of [...bench.state.outbox.list()]) {
          bench.state.outbox.settle(seq, { key, verdict: 'delivered', entities: [], reason: null });
          delivered++;
        }
      });
      await bench.run(HOUR);
      expect(delivered).toBeGreaterThan(0);
      expect(bench.said.slice(0, 2)).toEqual([FULL, 'goes on']);
      expect(bench.ledger()).toMatchObject([{ lines: 2, parsed: 2 }]);
      expect(bench.sightings()).toEqual(['Secret file from 203.0.113.10']);
    }));

  it('takes what came during a pause for what it is: in time', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      await bench.open({ state: { maxBytes: 2000 } });
      bench.in(900, () => bench.write(...logIns(5)));
      bench.in(1100, () => bench.write(...logIns(5)));
      bench.in(2400, () => {
        for (const { seq } of [...bench.state.outbox.list()]) bench.state.outbox.drop(seq);
      });
      const { counts } = bench.live.scan.correlation;
      await bench.run(5400);
      expect(bench.said[0]).toBe(FULL);
      expect(counts.lateHits).toBe(0);
      expect(bench.sightings()).toContain('Brute force from 203.0.113.8');
    }));

  it('stops during a pause when it is told to', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      await bench.open({ state: { maxBytes: 1 } });
      expect(await bench.run(HOUR)).toBe('stopped');
      expect(bench.said).toEqual([FULL, 'goes on']);
      expect(bench.ledger()).toMatchObject([{ lines: 1 }]);
    }));

  it('pauses while the state takes nothing, and goes on with what it had', () =>
    onBench(async (bench) => {
      await bench.open();
      const other = new DatabaseSync(bench.statePath);
      bench.in(20, () => {
        other.exec('BEGIN IMMEDIATE');
        bench.write(SECRET);
      });
      bench.in(600, () => {
        expect(bench.said).toEqual(['missing', 'back', expect.stringContaining('busy')]);
        expect(bench.ledger()).toEqual([]);
        other.exec('ROLLBACK');
        other.close();
      });
      await bench.run(HOUR);
      expect(bench.said.at(-1)).toBe('goes on');
      expect(bench.ledger()).toMatchObject([{ lines: 1, parsed: 1 }]);
      expect(bench.sightings()).toEqual(['Secret file from 203.0.113.9']);
    }));

  it('does not wait for the state when it is told to stop: it fails, and nothing is lost', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      await bench.open();
      const other = new DatabaseSync(bench.statePath);
      bench.in(20, () => other.exec('BEGIN IMMEDIATE'));
      bench.in(30, () => bench.write(SECRET));
      await expect(bench.run(60)).rejects.toMatchObject({ code: 'state-busy' });
      other.close();
      await bench.go(HOUR);
      expect(bench.ledger()).toMatchObject([{ lines: 2, parsed: 2 }]);
    }));

  it('ends at once with a failure that does not pass', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      const live = await bench.open({
        plan: {
          beforeCommit() {
            throw new RangeError('a bug');
          },
        },
      });
      await expect(bench.run(HOUR)).rejects.toThrow('a bug');
      expect(live.tally.lines).toBe(0);
    }));
});

describe('the end', () => {
  it('of standard input is the end of the run: all is given out', () =>
    onBench(async (bench) => {
      const stdin = new PassThrough();
      stdin.end(`${logLine(SECRET)}\n${logLine({ ...LOG_IN, client: '203.0.113.7' })}`);
      await bench.open({ patterns: ['-'], stdin });
      expect(await bench.run(HOUR)).toBe('ended');
      expect(bench.sightings()).toEqual(['Secret file from 203.0.113.9']);
      expect(bench.ledger()).toMatchObject([{ source: '-', lines: 2, parsed: 2 }]);
    }));

  it('of standard input does not end what is followed beside it', () =>
    onBench(async (bench) => {
      const stdin = new PassThrough();
      stdin.end(`${logLine(SECRET)}\n`);
      bench.write({});
      await bench.open({ patterns: ['-', bench.log], stdin });
      expect(await bench.run(HOUR)).toBe('stopped');
      expect(bench.sightings()).toEqual(['Secret file from 203.0.113.9']);
    }));

  it.each([
    ['keeps', 'keep', []],
    ['gives out', 'give-out', ['Secret file from 203.0.113.9']],
  ] as const)('by a signal %s what is not over, if told to %s it', (_, whenStopped, sightings) =>
    onBench(async (bench) => {
      bench.write(SECRET);
      await bench.open({ plan: { whenStopped } });
      expect(await bench.run(60)).toBe('stopped');
      expect(bench.sightings()).toEqual(sightings);
    }),
  );
});

describe('an incident', () => {
  it('that is not confirmed is not told of', () =>
    onBench(async (bench) => {
      bench.write(SECRET, { ...SECRET, client: '203.0.113.7' });
      const confirm: NonNullable<Parameters<typeof bench.open>[0]>['plan'] = {
        confirm: async (incident) => (incident.attacker.key === '203.0.113.7' ? null : incident),
      };
      await bench.open({ stages: { ...stagesOf(rulesOf(RULES)), ...confirm } as ReturnType<typeof stagesOf> });
      await bench.run(HOUR);
      expect(bench.sightings()).toEqual(['Secret file from 203.0.113.9']);
    }));

  it('has what is left to do with the last of its bundles', () =>
    onBench(async (bench) => {
      bench.write(SECRET);
      await bench.go(HOUR);
      await bench.open();
      const { outbox } = bench.state;
      for (const { seq, key } of [...outbox.list()]) {
        outbox.settle(seq, { key, verdict: 'delivered', entities: [], reason: null });
      }
      const told = outbox.ripe(DESTINATION, null).map(({ data }) => JSON.parse(data));
      expect(told.length).toBeGreaterThan(0);
      expect(told[0]).toMatchObject({
        attacker: { key: '203.0.113.9' },
        first: NOON,
        title: 'Secret file from 203.0.113.9',
      });
    }));
});

describe('a clock that jumps', () => {
  it.each([
    ['a day ahead', 86_400_000, 'keep'],
    // A file that seems to have been silent for a day: what it tells next counts as late until that day has passed.
    ['a day back', -86_400_000, 'give-out'],
  ] as const)('%s costs no line and no incident', (_, ms, whenStopped) =>
    onBench(async (bench) => {
      bench.write(SECRET);
      await bench.open({ plan: { whenStopped } });
      bench.in(60, () => bench.jump(ms));
      bench.in(120, () => bench.write({ ...SECRET, client: '203.0.113.10' }));
      bench.in(180, () => bench.jump(-ms));
      bench.in(300, () => bench.rotate());
      bench.in(1000, () => bench.write({ ...SECRET, client: '203.0.113.11' }));
      await bench.run(HOUR);
      const clients = ['203.0.113.10', '203.0.113.11', '203.0.113.9'];
      expect(bench.sightings()).toEqual(clients.map((client) => `Secret file from ${client}`));
      expect(bench.ledger()).toMatchObject([{ lines: 3, parsed: 3 }]);
    }),
  );
});
