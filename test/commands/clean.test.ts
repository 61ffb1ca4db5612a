import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countsIn, openFilledTenant } from './support.ts';

it('removes what was made under a source and our prefix, counted first, and nothing else', async () => {
  const tenant = await openFilledTenant();
  const before = countsIn(tenant);
  const foreign = { source: 'x', sightings: [{ source: 'Sightline', observed_time: { start_time: '2026-01-01' } }] };
  const bundle = JSON.stringify(foreign);
  // A prefix of its own makes it somebody else's, though its source is the same.
  writeFileSync(join(tenant.folder, 'other.yaml'), 'bundle: {prefix: other-}\n');
  await tenant.runWithInput(bundle, 'incidents', 'import', '-', '--config', 'other.yaml');

  const dry = await tenant.run('clean', '--source', 'Sightline');
  expect(dry.stdout).toContain(`would delete ${before.sighting} sightings`);
  expect(countsIn(tenant)).toEqual({ ...before, sighting: (before.sighting ?? 0) + 1 });

  const otherCase = await tenant.run('clean', '--source', 'SIGHTLINE', '--yes');
  expect(otherCase.stdout).toContain('deleted 0 incidents');

  expect(await tenant.run('clean', '--source', 'Sightline', '--yes')).toMatchObject({ code: 0, stderr: '' });
  expect(countsIn(tenant)).toEqual({ incident: 0, sighting: 1, indicator: 0, relationship: 0, note: 0, judgement: 0 });
  await tenant.sandbox.close();
});

it('tells what the server would not remove', async () => {
  const tenant = await openFilledTenant();
  tenant.sandbox.setFaults(['forbidden,method=DELETE,path=/ctia/bulk']);
  expect(await tenant.run('clean', '--source', 'Sightline', '--yes')).toMatchObject({ code: 1 });
  await tenant.sandbox.close();
});
