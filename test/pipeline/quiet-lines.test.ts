import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH_DEFAULTS, findFormat, isReject } from '../../src/index.ts';
import { emptyTally } from '../../src/model/tally.ts';
import { quietLines, quietMemory } from '../../src/pipeline/quiet-lines.ts';
import { openScan, type ScanPlan } from '../../src/pipeline/scan.ts';
import { takeLines } from '../../src/read/take-lines.ts';
import { cut } from '../read/helpers.ts';
import { NOON } from '../support/logs.ts';
import { anyLog, type Line, LOUD_RULES, OFFICE, RULES, rule, rulesOf, write } from './quiet-logs.ts';

interface Drive extends Partial<Pick<ScanPlan, 'rules' | 'allow'>> {
  readonly format?: string;
  readonly maxLineBytes?: number;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** False: every line is parsed. */
  readonly byBytes?: boolean;
}

/** Reads chunks as a batch does; tells which lines were taken by their bytes, and which as quiet once they were parsed. */
async function drive(chunks: readonly Buffer[], given: Drive = {}) {
  const { format = 'combined', maxLineBytes = 4096, byBytes = true } = given;
  const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = given;
  const scan = openScan({ ...BATCH_DEFAULTS, rules: RULES, ...given }, emptyTally());
  const lane = scan.open('x.log', findFormat(format));
  const skimmer = lane.format.openSkimmer();
  if (skimmer === null) throw new Error(`${format} cannot be skimmed`);
  const facts = { source: 'x.log', maxLineBytes };
  const quiet = quietLines({
    ...facts,
    ...{ scan, lane, skimmer, sinceMs, untilMs, memory: quietMemory() },
  });
  const [sighted, parsed]: [number[], number[]] = [[], []];
  const framing = { ...facts, onReject: scan.noteReject, ledger: { lines: 0, skipped: 0 } };
  const ticks = takeLines(
    (async function* () {
      yield* chunks;
    })(),
    framing,
    {
      sight(bytes, from, end, number, offset) {
        const newline = byBytes ? quiet.sight(bytes, from, end, number, offset) : -1;
        if (newline >= 0) sighted.push(number);
        return newline;
      },
      take(line) {
        const entry = lane.parse(line);
        if (isReject(entry)) scan.noteReject(entry);
        if (isReject(entry) || entry.time < sinceMs || entry.time >= untilMs) return;
        lane.clock = Math.max(lane.clock, entry.time);
        if (byBytes && quiet.take(entry)) parsed.push(line.number);
        else scan.take(entry, lane.clock);
      },
      tick: () => undefined,
    },
  );
  for await (const _ of ticks) throw new Error('nothing was to be told');
  const { baseline } = scan.correlation.snapshot();
  return { sighted, parsed, outcome: { baseline, end: scan.correlation.end(), tally: scan.tally, clock: lane.clock } };
}

describe('a line is taken by its bytes', () => {
  const office = { allow: [OFFICE] };
  const none = { rules: rulesOf(rule('None', 'cs-user-agent: null')) };
  it.each<[title: string, line: Line, sighted: string, parsed: string, given?: Drive]>([
    ['when all of it was met before', {}, '3456', '2'],
    ['when all that its format has was met before', {}, '3456', '2', { format: 'common' }],
    ['from the second of a new client on', { client: '2001:DB8::1' }, '456', '23'],
    ['from the first of a new request on', { request: 'POST /a?b HTTP/1.0' }, '3456', '2'],
    [
      'from the first of a new request on that is too long to remember',
      { request: `GET /${'a'.repeat(600)}` },
      '3456',
      '2',
    ],
    ['from the first of a new agent on', { agent: 'curl/8' }, '3456', '2'],
    ['from the first of a new referer on', { referer: 'https://www.example/' }, '3456', '2'],
    ['from the second without an agent on', { agent: '-' }, '456', '23'],
    ['from the second with an empty agent on', { agent: '' }, '456', '23'],
    ['from the second of a new status on', { status: '404' }, '456', '23'],
    ['from the second without a status on', { status: '-' }, '456', '23'],
    ['from the second of a new user on', { user: 'bob' }, '456', '23'],
    ['from the second of a new host on', { host: 'b.test' }, '456', '23', { format: 'vhost_combined' }],
    ['from the second without a host on', { host: '-' }, '456', '23', { format: 'vhost_common' }],
    ['unless a rule may hit its request', { request: 'GET /?a=union HTTP/1.1' }, '6', '2'],
    ['unless a rule may hit its agent', { agent: 'evilbot/1' }, '6', '2'],
    ['unless a rule may hit its referer', { referer: 'http://evilsite/' }, '6', '2'],
    ['unless a rule may hit its status', { status: '418' }, '6', '2'],
    ['unless a rule may hit its user', { user: 'mallory' }, '6', '2'],
    ['unless a rule may hit its host', { host: 'bad.invalid' }, '6', '2', { format: 'vhost_combined' }],
    ['unless a rule may hit what its format does not have', {}, '', '', { ...none, format: 'common' }],
    ['unless there is no request', { request: '-' }, '6', '2'],
    ['unless its request is none', { request: 'hello' }, '6', '2'],
    ['unless its request names a host', { request: 'GET http://bad.invalid/ HTTP/1.1' }, '6', '2'],
    ['unless its request names a host alone', { request: 'CONNECT bad.invalid:443 HTTP/1.1' }, '6', '2'],
    ['unless it may be allowed', { client: '192.0.2.200' }, '6', '2', office],
    ['unless all may be allowed', {}, '', '', { allow: [{ ...OFFICE, cidrs: null, paths: ['/b'] }] }],
    ['unless it has no client', { client: 'a!b' }, '6', '2'],
    ['unless it is not plain', { user: 'a b' }, '6', '2'],
    ['unless it is too long', { agent: 'a'.repeat(200) }, '6', '2', { maxLineBytes: 250 }],
    ['unless it is as late as the first not asked for', { seconds: 60 }, '6', '2', { untilMs: NOON + 60_000 }],
    ['unless it is older than the first asked for', { seconds: -1 }, '6', '2', { sinceMs: NOON }],
    ['unless rules look at whole lines', {}, '', '', { rules: LOUD_RULES }],
  ])('%s', async (_, line, sighted, parsed, given = {}) => {
    const { format = 'combined' } = given;
    const lines = [{}, {}, line, line, line, {}].map((one) => `${write(format, one)}\n`).join('');
    const taken = await drive([Buffer.from(lines)], given);
    expect([taken.sighted.join(''), taken.parsed.join('')]).toEqual([sighted, parsed]);
    expect(taken.outcome).toEqual((await drive([Buffer.from(lines)], { ...given, byBytes: false })).outcome);
  });
});

it.each<[title: string, format: string, lines: readonly Line[]]>([
  [
    'the host that a request names is not that of others with the same bytes for a host',
    'vhost_combined',
    [{}, { request: 'GET http://b.test/ HTTP/1.1' }, {}, {}].map((line) => ({ ...line, host: '-' })),
  ],
  [
    'a line is too long for its parts as well, when all of them were met before',
    'combined',
    [
      {},
      { agent: 'a'.repeat(100) },
      { referer: 'b'.repeat(100) },
      { agent: 'a'.repeat(100), referer: 'b'.repeat(100) },
      {},
    ],
  ],
  [
    'an answer without a body shows nothing of its path',
    'combined',
    [{}, {}, {}, ...['0', '-', '1', '9999'].map((bytes) => ({ bytes }))],
  ],
])('%s', async (_, format, lines) => {
  const bytes = Buffer.from(lines.map((line) => `${write(format, line)}\n`).join(''));
  const taken = await drive([bytes], { format, maxLineBytes: 250 });
  expect(taken.sighted).toContain(lines.length);
  expect(taken.outcome).toEqual((await drive([bytes], { format, maxLineBytes: 250, byBytes: false })).outcome);
});

it('lines that say the same keep their order, whichever of them are put by', async () => {
  const lines: readonly Line[] = [
    { client: '2001:db8::2', agent: 'evilbot' },
    ...[0, -20, -14, -11, -5].map((seconds) => ({ client: '2001:db8::1', seconds })),
    { client: '2001:db8::1' },
  ];
  // The last line has no newline: it is not looked at by its bytes.
  const bytes = Buffer.from(lines.map((line) => write('combined', line)).join('\n'));
  const taken = await drive([bytes]);
  const { outcome } = await drive([bytes], { byBytes: false });
  expect(outcome.end.hits.map(({ entry }) => entry.line.number)).toEqual([3, 4, 5, 6, 2, 7, 1]);
  expect(taken.outcome).toEqual(outcome);
});

it('what comes of lines is the same, wherever chunks begin', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(anyLog, sizes, async ({ format, bytes }, chunkSizes) => {
      const given = { format, allow: [OFFICE], maxLineBytes: 300, untilMs: NOON + 7_000_000 };
      const { outcome } = await drive([bytes], { ...given, byBytes: false });
      const [whole, inParts] = [await drive([bytes], given), await drive(cut(bytes, chunkSizes), given)];
      expect(whole.outcome).toEqual(outcome);
      expect(inParts).toEqual(whole);
    }),
    { numRuns: 20 },
  );
});
