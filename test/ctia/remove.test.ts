import { expect, it } from 'vitest';
import { removeEntities, type Stored } from '../../src/ctia/ctia.ts';
import { openWorld } from '../deliver/world.ts';
import { clientOf, json, scriptedServer } from './support.ts';

const indicator = { producer: 'p', tlp: 'amber' };

it('removes many entities in few requests; what is gone before counts for nothing', async () => {
  const { client, sandbox } = await openWorld();
  const stored: Stored[] = [];
  for (let i = 0; i < 120; i++) stored.push(await client.entities('indicator').create(indicator));
  await client.entities('indicator').remove(stored[7]?.id ?? '');
  sandbox.forgetRequests();
  expect(await removeEntities(client, 'indicator', stored)).toEqual({ removed: 119, refused: [] });
  expect(sandbox.entities('indicator')).toEqual([]);
  expect(sandbox.requests()).toHaveLength(2);
});

it('tells what the server refuses', async () => {
  const server = await scriptedServer();
  const client = clientOf(server);
  server.on(
    'DELETE /ctia/bulk',
    json(200, { notes: { deleted: ['a'], errors: { forbidden: ['b'], 'not-found': ['c'], 'internal-error': ['d'] } } }),
  );
  const notes = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
  expect(await removeEntities(client, 'note', notes)).toEqual({ removed: 1, refused: ['b', 'd'] });
  await client.close();
  await server.close();
});
