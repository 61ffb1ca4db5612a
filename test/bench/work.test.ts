import { beforeAll, describe, expect, it } from 'vitest';
import { makeLog } from '../../bench/make-log.ts';
import { DEFAULT_RULES, type Detector, detector, loadRules } from '../../src/detect/detect.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import { findFormat, isReject, parser } from '../../src/parse/parse.ts';

/**
 * Work is counted, not timed: that is the same on every machine. It grows when a rule comes that wakes for ordinary lines,
 * or when something is looked at again that was known.
 */
describe('what the default rules do for ordinary lines', () => {
  let entries: readonly AccessLogEntry[] = [];
  let detect: Detector;

  beforeAll(async () => {
    const parse = parser({ format: findFormat('combined') });
    entries = [...makeLog({ lines: 6000, attackShare: 0 })]
      .join('')
      .split('\n')
      .slice(0, -1)
      .map((text, i) => parse({ source: 'access.log', number: i + 1, offset: 0, length: text.length, text }))
      .filter((entry): entry is AccessLogEntry => !isReject(entry));
    detect = detector(await loadRules([DEFAULT_RULES]), { own: (entry) => entry });
  });

  /** By line, on average. */
  function workFor(lines: readonly AccessLogEntry[]) {
    const before = { ...detect.counts };
    for (const entry of lines) detect(entry);
    return {
      views: (detect.counts.viewsScanned - before.viewsScanned) / lines.length,
      parts: (detect.counts.partsJudged - before.partsJudged) / lines.length,
      evaluated: (detect.counts.evaluated - before.evaluated) / lines.length,
    };
  }

  it('is little', () => {
    const work = workFor(entries);
    expect(work.views).toBeLessThan(0.2);
    expect(work.parts).toBeLessThan(1);
    expect(work.evaluated).toBeLessThan(1.5);
  });

  it('is hardly a look at texts that were looked at twice before', () => {
    const latest = entries.slice(-1000);
    workFor(latest);
    workFor(latest);
    const { views, parts } = workFor(latest);
    expect(views).toBeLessThan(0.02);
    expect(parts).toBeLessThan(0.02);
  });

  it('takes next to no memory where no rule matches', async () => {
    const ruleSet = await loadRules([DEFAULT_RULES]);
    // Rules that only count requests match every one of them.
    const compiled = ruleSet.compiled.filter(({ rule }) => rule.alerts);
    const alerting = detector({ ...ruleSet, compiled }, { own: (entry) => entry });
    const quiet = entries.slice(-1000).filter((entry) => alerting(entry).length === 0);
    expect(quiet.length).toBeGreaterThan(800);
    const used = Array.from({ length: 20 }, () => {
      const before = process.memoryUsage().heapUsed;
      for (const entry of quiet) alerting(entry);
      return (process.memoryUsage().heapUsed - before) / quiet.length;
    });
    // A collection in between makes a figure negative, a function that is being compiled makes one too large.
    expect(Math.min(...used.filter((bytes) => bytes > 0))).toBeLessThan(400);
  });
});
