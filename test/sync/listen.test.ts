import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { Stored } from '../../src/ctia/ctia.ts';
import type { IncidentServer } from '../../src/sync/sync.ts';
import { makeIncident, openWorld } from './world.ts';

const COUNT = 400;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

it('what changed while nobody listened is not held whole until all of it is read', async () => {
  const world = await openWorld();
  const incident = await makeIncident(world, {}, ['203.0.113.5']);
  await world.settle();
  const alive: Record<string, number> = {};

  /** Changes of the last hours, the latest first; of most of them nobody should know any more when the last is read. */
  async function* changed(type: string): AsyncGenerator<Stored, void, undefined> {
    const given: WeakRef<Stored>[] = [];
    const next = (i: number): Stored => {
      const time = new Date(world.now() - i * 1000).toISOString();
      const about = { source_ref: `x-${i}`, target_ref: incident.id, content: 'x' };
      const stored: Stored = { ...about, id: `${type}-${i}`, type, timestamp: time, created: time, modified: time };
      given.push(new WeakRef(stored));
      return stored;
    };
    for (let i = 0; i < COUNT; i++) yield next(i);
    await setImmediate();
    collectGarbage();
    alive[type] = given.filter((one) => one.deref() !== undefined).length;
  }

  const entities = (type: Parameters<IncidentServer['entities']>[0]) => {
    const real = world.client.entities(type as 'incident');
    return {
      ...real,
      search: (...given: Parameters<typeof real.search>) =>
        given[1]?.sortBy?.[0]?.endsWith(':desc') ? changed(type) : real.search(...given),
    };
  };
  world.advance(COUNT * 1000);
  world.restart({ client: { ...world.client, entities: entities as IncidentServer['entities'] } });
  await world.sync.pass({ drain: false }, new AbortController().signal);
  expect(Object.keys(alive).sort()).toEqual(['incident', 'note', 'relationship']);
  for (const count of Object.values(alive)) expect(count).toBeLessThan(COUNT / 10);
});
