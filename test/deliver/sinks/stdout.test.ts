import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { stdoutSink } from '../../../src/deliver/deliver.ts';
import { HOSTILE, parcelOf } from '../parcels.ts';

const text = (output: PassThrough) => String(output.read());

it('prints one bundle a line in which nothing can drive a terminal', async () => {
  const output = new PassThrough();
  await stdoutSink({ output }).send(parcelOf('a', HOSTILE));
  expect(text(output)).toMatch(/^[ -~]+\n$/);
});

it('indents for reading', async () => {
  const output = new PassThrough();
  const parcel = parcelOf('a', 'x');
  await stdoutSink({ output, pretty: true }).send(parcel);
  expect(text(output)).toBe(`${JSON.stringify(JSON.parse(parcel.body), null, 2)}\n`);
});

it('waits for a slow reader', async () => {
  const output = new PassThrough({ highWaterMark: 10 });
  const sink = stdoutSink({ output });
  let sent = 0;
  const sending = (async () => {
    for (; sent < 10; sent++) await sink.send(parcelOf(`p${sent}`, 'x'.repeat(100)));
  })();
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toBeLessThan(10);
  output.resume();
  await sending;
  expect(sent).toBe(10);
});

it('fails with output-closed when the reader has gone', async () => {
  const output = new PassThrough();
  const sink = stdoutSink({ output });
  output.destroy();
  for (const key of ['a', 'b']) await expect(sink.send(parcelOf(key))).rejects.toMatchObject({ code: 'output-closed' });
});

it('lets a program end by itself when its pipe is closed', async () => {
  const door = join(import.meta.dirname, '..', '..', '..', 'src', 'deliver', 'deliver.ts');
  const program = `
    import { stdoutSink } from ${JSON.stringify(door)};
    const sink = stdoutSink({ output: process.stdout });
    let code = 'none';
    for (let i = 0; i < 1000 && code === 'none'; i++) {
      await sink.send({ key: 'k', body: JSON.stringify({ n: 'x'.repeat(100000) }), incident: 'i' }).catch((e) => { code = e.code; });
    }
    console.error(code);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [exitCode] = await once(child, 'close');
  expect([said.trim(), exitCode]).toEqual(['output-closed', 0]);
});
