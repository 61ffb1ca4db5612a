import { describe, expect, it } from 'vitest';
import { applyStatus } from '../../../src/sandbox/entity/incident-status.ts';
import type { StoredEntity } from '../../../src/sandbox/entity/stored.ts';

const CREATED = '2025-10-10T12:00:00.000Z';
const OPENED = '2025-10-09T00:00:00.000Z';
const CLOSED = '2025-10-10T12:30:00.000Z';
const NOW = '2025-10-10T13:00:00.000Z';

function stored(status: string, times: object = {}, more: object = {}): StoredEntity {
  return {
    id: 'https://h:443/ctia/incident/incident-00000000-0000-4000-8000-000000000000',
    type: 'incident',
    owner: 'alice',
    groups: [],
    tlp: 'amber',
    created: CREATED,
    modified: CREATED,
    timestamp: CREATED,
    status,
    incident_time: { opened: OPENED, ...times },
    ...more,
  };
}

/** As PATCH does: what is given lies over what is stored. */
function patch(before: StoredEntity, status: string, times: object = {}) {
  return applyStatus(
    { ...before, status, incident_time: { ...(before.incident_time as object), ...times } },
    before,
    NOW,
  );
}

describe('a change of status stamps the times', () => {
  it.each([
    ['New', 'Open', { opened: NOW }],
    ['New: Processing', 'Open: Investigating', { opened: NOW }],
    ['New', 'Open: Contained', { opened: NOW, contained: NOW }],
    ['Open', 'Open: Contained', { opened: OPENED, contained: NOW }],
    ['Open', 'Open: Reported', { opened: OPENED }],
    ['Hold', 'Open', { opened: OPENED }],
    ['Closed', 'Open', { opened: OPENED }],
    ['Open', 'Closed: False Positive', { opened: OPENED, closed: NOW }],
    ['New', 'Closed', { opened: OPENED, closed: NOW }],
    ['New', 'Rejected', { opened: OPENED, rejected: NOW }],
    ['Open', 'Incident Reported', { opened: OPENED, reported: NOW }],
    ['Open', 'Containment Achieved', { opened: OPENED, remediated: NOW }],
    ['Open', 'Restoration Achieved', { opened: OPENED, remediated: NOW }],
    ['New', 'Hold: Legal', { opened: OPENED }],
    ['Open', 'Stalled', { opened: OPENED }],
  ])('%s -> %s', (before, after, times) => {
    expect(patch(stored(before), after).incident_time).toEqual(times);
  });

  it('but what is stored stays, where nothing overrides it', () => {
    expect(patch(stored('Open', { rejected: CLOSED }), 'Rejected').incident_time).toMatchObject({ rejected: CLOSED });
    expect(patch(stored('Closed', { closed: CLOSED }), 'Closed: Other').incident_time).toMatchObject({
      closed: CLOSED,
    });
  });

  it('closes anew what was opened again', () => {
    expect(patch(stored('Open', { closed: CLOSED }), 'Closed').incident_time).toMatchObject({ closed: NOW });
  });

  it('beats what is given when a new incident is opened', () => {
    expect(patch(stored('New'), 'Open', { opened: CLOSED }).incident_time).toMatchObject({ opened: NOW });
  });

  it('takes what is given when an incident on hold is', () => {
    expect(patch(stored('Hold'), 'Open', { opened: CLOSED }).incident_time).toMatchObject({ opened: CLOSED });
  });
});

it('without a change nothing is stamped', () => {
  const before = stored('Open');
  expect(patch(before, 'Open')).toEqual(before);
});

describe('spans', () => {
  it.each([
    ['from new to open', stored('New'), 'Open', { new_to_opened: 3600 }],
    ['from new to contained', stored('New'), 'Open: Contained', { new_to_opened: 3600, new_to_contained: 3600 }],
    ['from open to closed', stored('Open', { opened: CREATED }), 'Closed', { opened_to_closed: 3600 }],
    ['known ones stay', stored('Open', {}, { intervals: { new_to_opened: 7 } }), 'Hold', { new_to_opened: 7 }],
    ['negative ones are left out', stored('Open', { opened: '2026-01-01T00:00:00.000Z' }), 'Closed', {}],
  ])('%s', (_, before, after, spans) => {
    expect(patch(before, after).intervals).toEqual(spans);
  });
});
