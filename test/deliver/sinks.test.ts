import { constants, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SINKS, type Sink, type SinkName } from '../../src/deliver/deliver.ts';
import { clientOf, IMPORT_ROUTE, json, scriptedServer, text } from '../ctia/support.ts';
import { HOSTILE, parcelOf } from './parcels.ts';

/** A sink at work, and a look at its other end. */
interface Stage {
  readonly sink: Sink;
  /** Bundles that arrived, in their order; asked for after closing. */
  arrived(): Promise<unknown[]>;
}

const parseLines = (lines: string): unknown[] =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function importServer(answer: Parameters<Awaited<ReturnType<typeof scriptedServer>>['on']>[1]) {
  const server = await scriptedServer();
  const client = clientOf(server);
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  server.on(IMPORT_ROUTE, answer);
  return { server, sink: SINKS.ctia({ client, prefix: 'acme-' }) };
}

/** How each sink is set up, working. A new row in SINKS wants one here. */
const WORKING: Readonly<Record<SinkName, () => Promise<Stage>>> = {
  async stdout() {
    const written: string[] = [];
    const output = new Writable({
      highWaterMark: 1,
      write(chunk, _, done) {
        written.push(String(chunk));
        setImmediate(done);
      },
    });
    return { sink: SINKS.stdout({ output }), arrived: async () => parseLines(written.join('')) };
  },
  async file() {
    const path = join(await newFolder(), 'out.jsonl');
    return { sink: await SINKS.file({ path }), arrived: async () => parseLines(await readFile(path, 'utf8')) };
  },
  async ctia() {
    const { server, sink } = await importServer((response, { body }) => {
      const [{ id }] = JSON.parse(body).incidents;
      json(200, { results: [{ type: 'incident', original_id: id, result: 'created', id: 'https://h/1' }] })(response);
    });
    return { sink, arrived: async () => server.calls(IMPORT_ROUTE).map(({ body }) => withoutMarks(JSON.parse(body))) };
  },
};

/** A bundle without what this one sink adds to incidents: by which it knows later what it wrote itself. */
function withoutMarks({ incidents, ...bundle }: { incidents: readonly { meta?: unknown }[] }): unknown {
  return { ...bundle, incidents: incidents.map(({ meta: _, ...incident }) => incident) };
}

/** Each sink where nothing can be delivered for the time being. */
const BROKEN: Readonly<Record<SinkName, () => Promise<Sink>>> = {
  async stdout() {
    const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) });
    return SINKS.stdout({ output });
  },
  file: () => SINKS.file({ path: '/dev/full' }),
  async ctia() {
    return (await importServer(text(503, 'down'))).sink;
  },
};

/** No device that is always full elsewhere. */
const hasFullDevice = await open('/dev/full', constants.O_WRONLY).then(
  (file) => file.close().then(() => true),
  () => false,
);

describe.each(Object.keys(SINKS) as SinkName[])('sink %s', (name) => {
  it('bears its name', async () => {
    const { sink } = await WORKING[name]();
    expect(sink.name).toBe(name);
    await sink.close();
  });

  it('delivers a parcel and says so', async () => {
    const { sink, arrived } = await WORKING[name]();
    const parcel = parcelOf('one');
    expect(await sink.send(parcel)).toMatchObject({ key: 'one', verdict: 'delivered', reason: null });
    await sink.close();
    expect(await arrived()).toEqual([JSON.parse(parcel.body)]);
  });

  it('keeps the order of parcels that are sent at once', async () => {
    const { sink, arrived } = await WORKING[name]();
    const parcels = Array.from({ length: 20 }, (_, i) => parcelOf(`p${i}`, 'x'.repeat(i % 3 === 0 ? 50_000 : 1)));
    const receipts = await Promise.all(parcels.map((parcel) => sink.send(parcel)));
    await sink.close();
    expect(receipts.map(({ key }) => key)).toEqual(parcels.map(({ key }) => key));
    expect(await arrived()).toEqual(parcels.map(({ body }): unknown => JSON.parse(body)));
  });

  it('carries hostile text unharmed', async () => {
    const { sink, arrived } = await WORKING[name]();
    const parcel = parcelOf('h', HOSTILE);
    await sink.send(parcel);
    await sink.close();
    expect(await arrived()).toEqual([JSON.parse(parcel.body)]);
  });

  it('closes without having sent anything', async () => {
    const { sink, arrived } = await WORKING[name]();
    await sink.close();
    expect(await arrived()).toEqual([]);
  });

  it.skipIf(name === 'file' && !hasFullDevice)('answers a failure with a receipt that gives the reason', async () => {
    const sink = await BROKEN[name]();
    for (const key of ['one', 'two']) {
      const receipt = await sink.send(parcelOf(key));
      expect(receipt).toMatchObject({ key, verdict: 'undelivered', entities: [] });
      expect(receipt.reason).toMatch(/disk full|ENOSPC|HTTP 503, down/);
    }
    await sink.close().catch((error: unknown) => expect(error).toMatchObject({ code: 'output-failed' }));
  });
});
