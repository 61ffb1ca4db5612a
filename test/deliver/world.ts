import { onTestFinished } from 'vitest';
import { composer, externalId } from '../../src/compose/compose.ts';
import { type CtiaClient, type CtiaOptions, ctiaClient } from '../../src/ctia/ctia.ts';
import type { Incident } from '../../src/model/incident.ts';
import type { Parcel } from '../../src/model/parcel.ts';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { optionsOf } from '../compose/fixtures.ts';

export const PREFIX = 'sightline-';
export const nameOf = (type: string, facts: readonly string[]) => externalId(PREFIX, type, facts);

export interface World {
  readonly sandbox: Sandbox;
  readonly client: CtiaClient;
}

/** A sandbox with a client whose waiting takes no time: it moves the sandbox's clock instead. */
export async function openWorld(options: SandboxOptions = {}): Promise<World> {
  const sandbox = await openSandbox({ refreshMs: 0, ...options });
  const client = clientOf(sandbox);
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
  });
  return { sandbox, client };
}

export function clientOf(sandbox: Sandbox, options: Partial<CtiaOptions> = {}): CtiaClient {
  let ahead = 0;
  return ctiaClient({
    credentials: sandbox.credentials,
    irohUrl: sandbox.url,
    ctiaUrl: sandbox.url,
    timing: {
      clock: () => Date.now() + ahead,
      random: () => 0.5,
      async sleep(ms) {
        ahead += ms;
        sandbox.advance(ms);
      },
    },
    ...options,
  });
}

/** The one parcel of an incident that is small enough. */
export function parcelFor(incident: Incident): Parcel {
  const [parcel, ...more] = composer(optionsOf())(incident);
  if (parcel === undefined || more.length > 0) throw new Error('expected one parcel');
  return parcel;
}
