import { describe, expect, it } from 'vitest';
import { callerOf, pageOf } from '../../src/correlate/correlate.ts';
import type { CorrelationRule } from '../../src/model/correlation.ts';
import type { Rule } from '../../src/model/rule.ts';
import { MINUTE, makeCorrelation, makeCorrelator, makeEntry, makeHit, makeRule, NOON, readEntry } from './fixtures.ts';

const gte = (value: number) => [{ operator: 'gte', value }] as const;

/** A correlation of the rule that hits every request. */
function waits(facts: Partial<CorrelationRule> = {}, id = 'waits'): CorrelationRule {
  return makeCorrelation(id, {
    type: 'event_count',
    rules: ['every'],
    timespanMs: MINUTE,
    condition: gte(3),
    ...facts,
  });
}

function openWith(correlations: readonly CorrelationRule[], rule: Partial<Rule> = {}) {
  const every = makeRule('every', { alerts: false, ...rule });
  return makeCorrelator({ correlations, quiet: { rule: every, hitOf: (line) => makeHit(every, readEntry(line)) } });
}

const TWICE = waits({ rules: ['other'], condition: gte(2) }, 'twice');
const BOTH: Partial<CorrelationRule> = { rules: ['every', 'twice'], condition: gte(2) };

describe('a correlator that knows which rule hits every request', () => {
  it.each<[title: string, correlations: CorrelationRule[], canTakeQuiet: boolean]>([
    ['nobody waits for', [], true],
    ['a correlation of another rule does not wait for', [TWICE], true],
    ['is counted by client', [waits()], true],
    [
      'is counted by client under another name',
      [waits({ groupBy: ['who'], aliases: { who: { every: 'c-ip' } } })],
      true,
    ],
    ['gives paths to count', [waits({ type: 'value_count', fields: ['cs-uri-stem'] })], true],
    ['gives clients and paths to count', [waits({ type: 'value_count', fields: ['c-ip', 'cs-uri-stem'] })], true],
    ['is waited for along with a correlation', [waits({ ...BOTH, type: 'temporal' }), TWICE], true],
    ['is waited for before a correlation', [waits({ ...BOTH, type: 'temporal_ordered' }), TWICE], true],
    ['is waited for along with another rule', [waits({ type: 'temporal', rules: ['every', 'other'] })], false],
    ['is counted for all clients together', [waits({ groupBy: [] })], false],
    ['is counted by path', [waits({ groupBy: ['cs-uri-stem'] })], false],
    ['is counted by client and path', [waits({ groupBy: ['c-ip', 'cs-uri-stem'] })], false],
    ['is counted by client, and by path as well', [waits(), waits({ groupBy: ['cs-uri-stem'] }, 'b')], false],
    ['gives users to count', [waits({ type: 'value_count', fields: ['cs-username'] })], false],
    ['gives paths and users to count', [waits({ type: 'value_count', fields: ['cs-uri-stem', 'cs-username'] })], false],
    ['gives sizes to add up', [waits({ type: 'value_sum', fields: ['sc-bytes'] })], false],
    ['fires with one line', [waits({ condition: gte(1) })], false],
    ['fires when a window is over', [waits({ condition: [{ operator: 'lt', value: 3 }] })], false],
    ['sleeps for one correlation and not for another', [waits(), waits({ condition: gte(1) }, 'b')], false],
  ])('tells whether its lines may be quiet: one that %s', (_, correlations, canTakeQuiet) => {
    expect(openWith(correlations).canTakeQuiet).toBe(canTakeQuiet);
  });

  it.each<[title: string, rule: Partial<Rule>]>([
    ['alerts', { alerts: true }],
    ['looks for what should not be there', { success: 'served' }],
  ])('takes no quiet lines of a rule that %s', (_, rule) => {
    expect(openWith([], rule).canTakeQuiet).toBe(false);
  });

  const quietLine = (seconds: number) => {
    const { line, time, client } = makeEntry(seconds);
    const bytes = Buffer.from(line.text, 'latin1');
    return { ...line, bytes, from: 0, to: bytes.length, time, caller: callerOf(client), served: null };
  };

  it('keeps lines for the longest of the windows', () => {
    const long = waits({ timespanMs: 60 * MINUTE }, 'long');
    const stage = openWith([waits(), long]);
    for (const seconds of [0, 1800, 3600]) stage.takeQuiet(quietLine(seconds), NOON + seconds * 1000);
    expect(stage.end().hits.map(({ rule, entry }) => [rule.id, entry.time - NOON])).toEqual([
      ['long', 0],
      ['long', 30 * MINUTE],
      ['long', 60 * MINUTE],
    ]);
  });

  it('counts lines that nobody waits for as it counts their hits', () => {
    const [stage, other] = [openWith([]), openWith([])];
    for (const [seconds, clock] of [
      [0, 0],
      [0, 3600],
    ] as const) {
      stage.takeQuiet(quietLine(seconds), NOON + clock * 1000);
      other.take([makeHit(makeRule('every', { alerts: false }), makeEntry(seconds))], NOON + clock * 1000);
    }
    expect(stage.counts).toMatchObject({ hits: 2, lateHits: 1 });
    expect([stage.end(), stage.counts]).toEqual([other.end(), other.counts]);
  });

  it('learns from quiet lines when there is no such rule at all', () => {
    const served = { host: null, time: NOON, page: pageOf('/'), bytes: 10 };
    const stage = makeCorrelator();
    stage.takeQuiet({ ...quietLine(0), served }, NOON);
    stage.takeQuiet({ ...quietLine(0), served }, NOON + 60 * MINUTE);
    expect([stage.canTakeQuiet, stage.counts.hits, stage.counts.lateAnswers]).toEqual([true, 0, 1]);
    const answers = { count: 1, first: NOON, min: 10, max: 10 };
    const [hour] = stage.snapshot().baseline.waiting;
    expect(hour).toMatchObject({ start: NOON, sites: new Map([['', new Map([['/', answers]])]]) });
  });
});
