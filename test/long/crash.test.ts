import { expect, it } from 'vitest';
import { crashRun } from '../support/crash-run.ts';
import type { LiveWorld } from '../support/live-world.ts';

/** A failing run is repeated with its seed: SEED=123 npm run test:long -- crash */
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

const byName = [
  (world: LiveWorld) => world.rotateByRename(),
  (world: LiveWorld) => world.rotateToGzip(),
  (world: LiveWorld) => world.rotateByCopy(),
];

it.each([
  ['renamed, compressed, and copied and emptied', 150, byName],
  ['reached by a link that leads elsewhere', 50, [(world: LiveWorld) => world.rotateBySymlink()]],
])(
  'a process that follows a log %s, killed %i times, makes what one batch run makes',
  async (_, kills, rotations) => {
    console.info(`SEED=${SEED}`);
    const result = await crashRun({ seed: SEED, kills, lines: kills * 120, lifeMs: [1200, 5000], rotations });
    expect(result.rotations, `SEED=${SEED}`).toBeGreaterThan(kills / 5);
    expect(result.batch.size).toBeGreaterThan(100);
    expect(result.live, `SEED=${SEED}`).toEqual(result.batch);
  },
  1_200_000,
);
