import { expect, it } from 'vitest';
import { incidentUpdater } from '../../src/deliver/update-incident.ts';
import type { EntityReceipt } from '../../src/model/parcel.ts';
import { openWorld } from './world.ts';

const receipt: EntityReceipt = {
  type: 'incident',
  originalId: 'transient:i',
  result: 'exists',
  id: null,
  reason: null,
};
const incident = {
  title: 'one',
  confidence: 'Low',
  status: 'New',
  incident_time: { opened: '2026-01-01T00:00:00.000Z' },
  tlp: 'amber',
};

it('tells when the incident has been removed', async () => {
  const { client } = await openWorld();
  const update = incidentUpdater(client.entities('incident'));
  const id = 'incident-00000000-0000-4000-8000-000000000000';
  expect(await update({ ...receipt, id }, incident)).toMatchObject({
    result: 'error',
    reason: 'the incident was there and has been removed',
  });
});

it('gives up on an incident that somebody else keeps changing', async () => {
  const { client } = await openWorld();
  const incidents = client.entities('incident');
  const { id } = await incidents.create(incident);
  let rounds = 0;
  const update = incidentUpdater({
    get: (one) => incidents.get(one),
    // A rival client that takes the description away again right after each of our changes.
    async update(one, changes) {
      const { meta: _, description: __, ...rest } = changes;
      return incidents.update(one, { ...rest, title: `rival ${rounds++}` });
    },
  });
  const outcome = await update({ ...receipt, id }, { ...incident, description: 'new', revision: 2 });
  expect(outcome).toMatchObject({ result: 'error', reason: expect.stringContaining('somebody else') });
  expect(rounds).toBeGreaterThan(1);
});

it('passes on what was not stored before', async () => {
  const { client, sandbox } = await openWorld();
  const update = incidentUpdater(client.entities('incident'));
  for (const result of ['created', 'error', 'missing'] as const) {
    const one = { ...receipt, result, id: result === 'created' ? 'incident-x' : null };
    expect(await update(one, incident)).toBe(one);
  }
  expect(sandbox.requests()).toEqual([]);
});
