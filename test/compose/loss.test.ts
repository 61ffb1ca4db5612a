import { expect, it } from 'vitest';
import { composeLoss } from '../../src/compose/compose.ts';
import { checkBundle } from '../../src/ctim/check.ts';
import type { CtimBundle } from '../../src/ctim/ctim.ts';
import { optionsOf } from './fixtures.ts';

const SINCE = Date.UTC(2026, 10, 22, 12, 0, 5);

function bundleOf(source: string, bytes: number): CtimBundle {
  return JSON.parse(composeLoss({ source, bytes, since: SINCE }, optionsOf()).body);
}

it('is an incident that the server takes, and says what is missing since when', () => {
  const bundle = bundleOf('/var/log/apache2/access.log', 123_456);
  expect(checkBundle(bundle)).toEqual([]);
  expect(bundle.incidents).toEqual([
    expect.objectContaining({
      title: 'Log lines lost before they were read: /var/log/apache2/access.log',
      severity: 'Medium',
      confidence: 'High',
      incident_time: { opened: '2026-11-22T12:00:05.000Z', discovered: '2026-11-22T12:00:05.000Z' },
      description: expect.stringContaining('At least 123,456 bytes are missing.'),
    }),
  ]);
});

it('is less sure where nobody knows how much it was', () => {
  const [incident] = bundleOf('access.log', 0).incidents ?? [];
  expect(incident).toMatchObject({
    confidence: 'Medium',
    description: expect.stringContaining('How much it was is not known.'),
  });
});

it('is the same parcel for the same loss, and another one for another', () => {
  const parcels = [
    { source: 'a.log', bytes: 1, since: SINCE },
    { source: 'a.log', bytes: 1, since: SINCE },
    { source: 'b.log', bytes: 1, since: SINCE },
    { source: 'a.log', bytes: 1, since: SINCE + 1 },
  ].map((loss) => composeLoss(loss, optionsOf()));
  expect(parcels[1]).toEqual(parcels[0]);
  expect(new Set(parcels.map(({ key }) => key)).size).toBe(3);
  expect(new Set(parcels.map(({ incident }) => incident)).size).toBe(3);
});

it('lets no name of a file forge markup or drive a terminal', () => {
  const [incident] = bundleOf('`x`](http://evil.example)\n# <script>\u001b[2J', 5).incidents ?? [];
  expect(incident?.title).not.toMatch(/[\u0000-\u001f]/);
  expect(incident?.description).not.toMatch(/\n# <script>|\u001b/);
});
