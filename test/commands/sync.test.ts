import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CtiaClient, ctiaClient } from '../../src/ctia/ctia.ts';
import { ROOT, type Run } from '../support/run-cli.ts';
import { makeIncident } from '../sync/world.ts';
import { openTenant, type Tenant } from './support.ts';

let tenant: Tenant;
let client: CtiaClient;

beforeAll(async () => {
  tenant = await openTenant();
  const { url, credentials } = tenant.sandbox;
  client = ctiaClient({ credentials, irohUrl: url, ctiaUrl: url });
});

afterAll(async () => {
  await client.close();
  await tenant.sandbox.close();
});

interface Place {
  readonly folder: string;
  readonly config: string;
  run(...args: string[]): Promise<Run>;
  /** The events in the file of the connector. */
  events(): { id: string; type: string; subject: string; data: Record<string, unknown> }[];
}

/** A folder with a configuration of its own. */
function place(more = ''): Place {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-sync-cli-'));
  const config = join(folder, 'sightline.yaml');
  const path = join(folder, 'tickets.jsonl');
  writeFileSync(
    config,
    `sync:\n  system: {kind: jsonl, path: ${path}}\n  state_path: ${join(folder, 'sync.db')}\n${more}`,
  );
  return {
    folder,
    config,
    run: (...args) => tenant.run('sync', ...args, '--config', config),
    events: () =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

describe('sightline sync --once', () => {
  it('makes a ticket of each incident that the filter lets through, once', async () => {
    const wanted = await makeIncident({ client }, { title: 'Wanted', source: 'once' }, ['203.0.113.5']);
    await makeIncident({ client }, { title: 'Too low', source: 'once', severity: 'Low' });
    await makeIncident({ client }, { title: 'Of another source', source: 'other' });
    const { run, events } = place('  filter: {source: [once], severity: [High, Critical]}\n');
    const { code, stderr } = await run('--once');
    expect([code, stderr]).toEqual([0, expect.stringContaining('"msg":"a ticket was made"')]);
    const created = events().filter(({ type }) => type === 'sightline.ticket.created');
    expect(created).toMatchObject([{ subject: wanted.id, data: { title: 'Wanted', priority: 'High' } }]);
    expect(JSON.stringify(created[0]?.data.attachments)).toContain('203.0.113.5');

    const before = events().length;
    expect((await run('--once')).code).toBe(0);
    expect(events()).toHaveLength(before);
    await client.entities('incident').update(wanted.id, { status: 'Closed' });
    await run('--once', '--quiet');
    expect(events().at(-1)).toMatchObject({ type: 'sightline.ticket.updated', data: { status: 'Closed' } });
  });

  it('says what is missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-sync-cli-'));
    const config = join(folder, 'sightline.yaml');
    writeFileSync(config, 'sync: {}\n');
    expect(await tenant.run('sync', '--once', '--config', config)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no ticket system'),
    });
    writeFileSync(config, 'sync:\n  system: {kind: rt, url: https://rt.example.org, queue: q, nonsense: 1}\n');
    const { code, stderr } = await tenant.run('sync', '--once', '--config', config);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/:2:\d+: sync\.system: unknown key \\"nonsense\\"/)]);
    writeFileSync(
      config,
      `sync:\n  system: {kind: rt, url: "http://127.0.0.1:9", queue: q}\n  secret_file: ${join(folder, 'secret')}\n`,
    );
    writeFileSync(join(folder, 'secret'), '1-28-abc\n', { mode: 0o644 });
    const open = await tenant.run('sync', '--once', '--config', config);
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('may be read by others (mode 0644)')]);
    expect((await tenant.run('sync', '--interval', 'soon', '--config', config)).code).toBe(2);
    expect((await tenant.run('sync', 'nonsense', '--config', config)).code).toBe(2);
  });
});

describe('sightline sync --dry-run', () => {
  it('prints what would be created and changed, and touches nothing', async () => {
    const incident = await makeIncident({ client }, { title: 'Dry', source: 'dry' });
    const { run, events } = place('  filter: {source: [dry]}\n');
    const notes = tenant.sandbox.entities('note').length;
    const first = await run('--dry-run');
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('would create ticket new-1 for incident-');
    expect(first.stdout).toContain('priority High: Dry');
    expect(first.stdout).toContain('would add a note: Ticket');
    expect(events).toThrow('ENOENT');
    expect(tenant.sandbox.entities('note')).toHaveLength(notes);

    await run('--once');
    await client.entities('incident').update(incident.id, { status: 'Open' });
    const before = events().length;
    const { stdout } = await run('--dry-run');
    expect(stdout).toContain('status to Open');
    expect(events()).toHaveLength(before);
    await run('--once');
    expect((await run('--dry-run')).stdout).toBe('Nothing would be created or changed.\n');
  });
});

describe('sightline sync status, retry and unlink', () => {
  it('show and change what waits', async () => {
    const incident = await makeIncident({ client }, { title: 'Stuck', source: 'stuck' });
    const here = place(`  filter: {source: [stuck]}\n`);
    expect(await here.run('status')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('sightline sync makes it'),
    });
    const system = readFileSync(here.config, 'utf8');
    // A folder that is not there: the connector cannot write.
    writeFileSync(here.config, system.replace('tickets.jsonl', 'missing/tickets.jsonl'));
    expect((await here.run('--once')).code).toBe(1);
    const waiting = await here.run('status');
    expect(waiting.stdout).toMatch(/waiting +incident-\S+ +- +1 +20\S+ +new +cannot write .*ENOENT/);
    expect(waiting.stdout).toContain('0 incidents with tickets, 1 waiting, 0 parked');
    expect(waiting.stdout).toMatch(/Nothing is asked of the ticket system before 20\S+, after 1 failure in a row/);
    expect(JSON.parse((await here.run('status', '--json')).stdout)).toMatchObject({
      pairs: 0,
      work: [{ incidentId: incident.id }],
    });
    expect((await here.run('retry')).code).toBe(2);
    writeFileSync(here.config, system);
    expect((await here.run('retry', '--all')).stdout).toBe('1 to be tried at once, by the process that syncs\n');
    expect((await here.run('--once')).code).toBe(0);
    expect((await here.run('status')).stdout).toBe('1 incident with tickets, 0 waiting, 0 parked\n');

    const short = incident.id.slice(incident.id.lastIndexOf('/') + 1);
    expect((await here.run('unlink', short)).stdout).toMatch(
      /^incident-\S+ and ticket \S+ do not follow each other any more\n$/,
    );
    expect(await here.run('unlink', short)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing was unlinked'),
    });
    expect((await here.run('status')).stdout).toBe('0 incidents with tickets, 0 waiting, 0 parked\n');
  });
});

describe('sightline sync as a service', () => {
  it('goes on until SIGTERM, reads its configuration again at SIGHUP, and lets no second one in', async () => {
    const { run, events, config, folder } = place('  filter: {source: [service]}\n  merge: 1s\n');
    const child = spawn(
      process.execPath,
      [join(ROOT, 'dist', 'cli.js'), 'sync', '--interval', '1s', '--config', config],
      {
        env: { PATH: process.env.PATH, ...tenant.sandbox.environment },
        cwd: folder,
      },
    );
    let log = '';
    child.stderr.on('data', (chunk) => {
      log += chunk;
    });
    const until = async (isSo: () => boolean): Promise<void> => {
      for (let i = 0; i < 1500 && !isSo(); i++) await sleep(20);
      expect(isSo(), log).toBe(true);
    };
    const subjects = (): string[] => (log.includes('a ticket was made') ? events().map(({ subject }) => subject) : []);
    await until(() => log.includes('"msg":"syncing"'));
    expect(await run('--once')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('another Sightline works on'),
    });
    const incident = await makeIncident({ client }, { source: 'service' });
    await until(() => subjects().includes(incident.id));

    const before = readFileSync(config, 'utf8');
    writeFileSync(join(folder, 'secret'), '0123456789abcdef', { mode: 0o600 });
    const other = '{kind: webhook, url: "http://127.0.0.1:9"}';
    writeFileSync(config, `${before.replace(/\{kind.*\}/, other)}  secret_file: ${join(folder, 'secret')}\n`);
    child.kill('SIGHUP');
    await until(() => log.includes('sync.system is webhook, but what sync remembers is of jsonl'));
    writeFileSync(config, `${before}  nonsense: 1\n`);
    child.kill('SIGHUP');
    await until(() => log.includes('unknown key'));
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replace('  nonsense: 1\n', '').replace('[service]', '[service, other-service]'),
    );
    child.kill('SIGHUP');
    await until(() => log.includes('the configuration was read again'));
    const later = await makeIncident({ client }, { source: 'other-service' });
    await until(() => subjects().includes(later.id));
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(log).toContain('"msg":"stopped"');
  }, 120_000);

  it('waits at its end for an answer that is under way, but not for ever', async () => {
    const { config, folder } = place();
    tenant.sandbox.setFaults([{ kind: 'slow', value: 60_000, path: '/ctia/incident' }]);
    const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.js'), 'sync', '--config', config], {
      env: { PATH: process.env.PATH, ...tenant.sandbox.environment },
      cwd: folder,
    });
    let log = '';
    child.stderr.on('data', (chunk) => {
      log += chunk;
    });
    tenant.sandbox.forgetRequests();
    const isAsked = () => tenant.sandbox.requests().some(({ path }) => path.startsWith('/ctia/incident'));
    for (let i = 0; i < 1500 && !isAsked(); i++) await sleep(20);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(log).toContain('stopped before the server answered');
    tenant.sandbox.setFaults([]);
  }, 120_000);
});
