import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/ctia/ctia.ts';
import { changesTo, markIncidents, markOf } from '../../src/deliver/growth.ts';

const incident = { id: 'transient:i', revision: 3, title: 'SQL injection', severity: 'High', techniques: ['T1190'] };

/** As the server holds it after the first import. */
function storedAs(sent: JsonObject): JsonObject {
  const { incidents } = markIncidents(JSON.stringify({ incidents: [sent] }));
  return { ...incidents.get('transient:i'), id: 'https://h/i', status: 'New' };
}

const grown = { ...incident, revision: 7, title: 'SQL injection and 1 more', techniques: ['T1059', 'T1190'] };

describe('changesTo', () => {
  it('gives what has grown, lists whole, with new marks', () => {
    expect(changesTo(storedAs(incident), grown)).toEqual({
      title: grown.title,
      techniques: grown.techniques,
      revision: 7,
      meta: { sightline_title: markOf(grown.title), sightline_techniques: markOf(grown.techniques) },
    });
  });

  it.each([
    ['nothing has changed', {}, { ...incident, revision: 4 }],
    ['it is an earlier state', { revision: 8 }, grown],
    ['somebody else wrote all of it', { title: 'Ticket 4711', techniques: [] }, grown],
    ['it bears no marks', { meta: undefined }, grown],
  ])('gives nothing when %s', (_, change, sent) => {
    expect(changesTo({ ...storedAs(incident), ...change }, sent)).toBeNull();
  });

  it.each([
    ['title', 'Ticket 4711', ['techniques']],
    ['techniques', ['T1190', 'T1499'], ['title']],
    ['severity', 'Low', ['techniques', 'title']],
  ])('leaves a %s alone that somebody else wrote', (field, value, changed) => {
    const changes = changesTo({ ...storedAs(incident), [field]: value }, { ...grown, severity: 'Critical' });
    const fields = Object.keys(changes ?? {}).filter((key) => key !== 'meta' && key !== 'revision');
    expect(fields.sort()).toEqual(field === 'severity' ? changed : [...changed, 'severity'].sort());
  });

  it('adds what was not there before', () => {
    expect(changesTo(storedAs(incident), { ...incident, tactics: ['TA0001'] })).toMatchObject({ tactics: ['TA0001'] });
  });

  it('touches neither status nor times nor assignees', () => {
    const sent = { ...grown, status: 'New', incident_time: { opened: 'x' }, assignees: [] };
    expect(Object.keys(changesTo({ ...storedAs(incident), status: 'Open' }, sent) ?? {})).not.toEqual(
      expect.arrayContaining(['status']),
    );
    expect(changesTo(storedAs(incident), sent)).not.toHaveProperty('incident_time');
    expect(changesTo(storedAs(incident), sent)).not.toHaveProperty('assignees');
  });

  it('has nothing left to do once its changes are made', () => {
    const text = fc.string({ maxLength: 5 });
    const state = fc.record(
      { title: text, description: text, severity: text, techniques: fc.array(text, { maxLength: 3 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(state, state, state, (first, touched, second) => {
        const before: JsonObject = { ...storedAs({ ...first, id: 'transient:i', revision: 1 }), ...touched };
        const sent = { ...second, id: 'transient:i', revision: 2 };
        const changes = changesTo(before, sent);
        const after = { ...before, ...changes, meta: { ...(before.meta as object), ...(changes?.meta as object) } };
        expect(changesTo(after, sent)).toBeNull();
      }),
    );
  });
});

describe('markIncidents', () => {
  it('keeps the marks that an incident has: they tell what somebody else changed since', () => {
    const exported = {
      ...incident,
      title: 'Ticket 4711',
      meta: { sightline_title: markOf('SQL injection'), other: 1 },
    };
    const sent = markIncidents(JSON.stringify({ incidents: [exported] })).incidents.get('transient:i');
    expect(sent?.meta).toMatchObject({ sightline_title: markOf('SQL injection'), other: 1 });
  });

  it('leaves a bundle without incidents as it is', () => {
    expect(markIncidents('{"sightings": []}').body).toBe('{"sightings": []}');
  });

  it('refuses what is no bundle', () => {
    expect(() => markIncidents('[]')).toThrow(expect.objectContaining({ code: 'bad-options' }));
  });
});

it('markOf does not mind the order of keys', () => {
  expect(markOf([{ a: 1, b: { d: 2, c: 3 } }])).toBe(markOf([{ b: { c: 3, d: 2 }, a: 1 }]));
  expect(markOf(['a', 'b'])).not.toBe(markOf(['b', 'a']));
});
