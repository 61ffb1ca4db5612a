import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ctiaClient } from '../../src/ctia/ctia.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { runCli } from '../support/run-cli.ts';

const INCIDENT = {
  title: 't',
  confidence: 'Low',
  status: 'New',
  incident_time: { opened: '2026-01-01' },
  tlp: 'amber',
};

it('a process does not import while another one does, unless it is told to', async () => {
  const sandbox = await openSandbox({ refreshMs: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'sightline-lock-'));
  const client = ctiaClient({
    credentials: sandbox.credentials,
    irohUrl: sandbox.url,
    ctiaUrl: sandbox.url,
    lock: { folder: join(folder, 'sightline') },
  });
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
  });
  writeFileSync(join(folder, 'b.json'), JSON.stringify({ source: 'x', incidents: [INCIDENT] }));
  const run = (importLock: boolean) => {
    writeFileSync(join(folder, 'sightline.yaml'), `deliver: {max_wait: 1s, import_lock: ${importLock}}\n`);
    const env = { ...sandbox.environment, XDG_RUNTIME_DIR: folder };
    return runCli(['incidents', 'import', 'b.json'], { cwd: folder, env });
  };

  await client.exclusively(async () => {
    const { code, stderr } = await run(true);
    expect(code).toBe(1);
    expect(stderr).toContain('another process is importing; waiting for it');
    expect(stderr).toContain('another process on this machine has been importing for more than 1 s; nothing was sent');
    expect(sandbox.entities('incident')).toEqual([]);
    expect((await run(false)).code).toBe(0);
  });
  expect(await run(true)).toMatchObject({ code: 0, stdout: 'incident exists: 1\n', stderr: '' });
});
