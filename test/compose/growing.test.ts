import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composer } from '../../src/compose/compose.ts';
import type { CorrelatorOptions, CorrelatorState } from '../../src/correlate/correlate.ts';
import type { Incident } from '../../src/model/incident.ts';
import { makeCorrelator, readEntry } from '../correlate/fixtures.ts';
import { type Line, linesOf, PAST, request, rules, SETTINGS } from '../correlate/streams.ts';
import { optionsOf } from './fixtures.ts';

/** More than the sightings of any episode here, so that each is given out once. */
const AT_ONCE = 10_000;
const compose = composer(optionsOf());

function restarted(options: Partial<CorrelatorOptions>, state: CorrelatorState) {
  const resume = { state: deserialize(serialize(state)), rules, reread: readEntry };
  return makeCorrelator({ ...options, resume });
}

/** The incidents of these lines, with a restart after every so many of them. */
function incidentsOf(lines: readonly Line[], pendingSightings: number, restartEvery: number): Incident[] {
  const options = { ...SETTINGS, pendingSightings };
  let stage = makeCorrelator(options);
  const incidents: Incident[] = [];
  for (const [index, { entry, hits }] of lines.entries()) {
    if (!hits.some(({ rule }) => rule.alerts)) stage.learn(entry, entry.time);
    if (hits.length > 0) stage.take(hits, entry.time);
    incidents.push(...stage.advance(entry.time - SETTINGS.latenessMs).incidents);
    if (index % restartEvery === restartEvery - 1) stage = restarted(options, stage.snapshot());
  }
  return [...incidents, ...stage.end().incidents];
}

/** What a server holds of each incident in the end: a later bundle brings an earlier one up to date. */
function lastDescriptions(incidents: readonly Incident[]): Record<string, string> {
  const bundles = incidents.flatMap(compose).map(({ incident, body }) => {
    const [entity] = JSON.parse(body).incidents;
    return [incident, entity.description];
  });
  return Object.fromEntries(bundles);
}

describe('an incident given out in several bundles', () => {
  it('is described in the last of them as one that was given out at once', () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 90 }),
        (requests, pendingSightings, restartEvery) => {
          const lines = linesOf([...PAST, ...requests]);
          const atOnce = incidentsOf(lines, AT_ONCE, AT_ONCE);
          const inParts = incidentsOf(lines, pendingSightings, restartEvery);
          expect(atOnce.every(({ closed }) => closed)).toBe(true);
          expect(lastDescriptions(inParts)).toEqual(lastDescriptions(atOnce));
        },
      ),
    );
  });

  it('keeps its evidence when nothing new comes with its end', () => {
    const [first] = PAST;
    if (first === undefined) throw new Error('expected a request');
    const incidents = incidentsOf(linesOf([{ ...first, hits: [...rules] }]), 1, 1);
    expect(incidents.map(({ closed }) => closed)).toContain(true);
    expect(incidents.at(-1)?.sightings).toEqual([]);
    expect(Object.values(lastDescriptions(incidents))).toEqual([expect.stringMatching(/## Evidence\n\n- /)]);
  });
});
