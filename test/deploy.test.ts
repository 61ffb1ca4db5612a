import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENT } from '../src/config.ts';
import { ROOT } from './support/run-cli.ts';
import { refusalOf } from './support/usage.ts';

const deploy = join(ROOT, 'deploy');
const read = (name: string) => readFileSync(join(deploy, name), 'utf8');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const variables = ENVIRONMENT.flatMap(([names]) => names.split(', '));

describe('deploy/sightline.service', () => {
  const settings = new Map<string, string[]>();
  for (const [, name = '', value = ''] of read('sightline.service').matchAll(/^(\w+)=(.*)$/gm)) {
    settings.set(name, [...(settings.get(name) ?? []), value]);
  }
  const one = (name: string) => settings.get(name)?.[0] ?? '';

  it('runs a command that there is', () => {
    const [program, ...args] = one('ExecStart').split(' ');
    expect(program).toBe('/usr/bin/sightline');
    expect(refusalOf(args)).toBeNull();
  });

  it('sends the signals that the command understands', () => {
    expect(one('ExecReload')).toBe('/bin/kill -HUP $MAINPID');
    expect(one('KillSignal')).toBe('SIGTERM');
  });

  it('names variables that are read', () => {
    const named = [...read('sightline.service').matchAll(/\bSIGHTLINE_\w+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(variables).toEqual(expect.arrayContaining(named));
  });

  it('may write its state only, and leaves the engine able to compile', () => {
    expect(one('ProtectSystem')).toBe('strict');
    expect(one('DynamicUser')).toBe('yes');
    expect(settings.has('ReadWritePaths')).toBe(false);
    expect(settings.has('MemoryDenyWriteExecute')).toBe(false);
  });

  const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  const version = Number(/systemd (\d+)/.exec(analyze('--version').stdout ?? '')?.[1] ?? 0);

  describe.skipIf(version < 250)('as systemd reads it (needs systemd-analyze 250)', () => {
    const unit = join(deploy, 'sightline.service');

    it('has no mistakes', () => {
      const { stderr } = analyze('verify', unit);
      const own = stderr.split('\n').filter((line) => line.includes('sightline') && !line.includes('not executable'));
      expect(own).toEqual([]);
    });

    it('is exposed to little', () => {
      const { status, stdout } = analyze('security', '--offline=true', '--threshold=20', unit);
      expect(stdout).toContain('Overall exposure level');
      expect(status).toBe(0);
    });
  });
});

/** Instructions of a Dockerfile, with what they are given. */
function instructionsOf(text: string): { name: string; rest: string }[] {
  return [...text.matchAll(/^([A-Z]+) (.*)$/gm)].map(([, name = '', rest = '']) => ({ name, rest }));
}

describe('deploy/Dockerfile', () => {
  const all = instructionsOf(read('Dockerfile'));
  const given = (wanted: string) => all.filter(({ name }) => name === wanted).map(({ rest }) => rest);
  const last = (wanted: string) => given(wanted).at(-1) ?? '';
  const copied = given('COPY').filter((rest) => !rest.startsWith('--from'));
  const sources = copied.flatMap((rest) => rest.split(' ').slice(0, -1));
  const folder = '/var/lib/sightline';

  it('copies what there is', () => {
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('copies nothing that is kept from it', () => {
    const let_in = read('Dockerfile.dockerignore').split('\n').filter(Boolean);
    expect(let_in[0]).toBe('*');
    expect(let_in.slice(1).map((line) => line.slice(1))).toEqual(expect.arrayContaining([...new Set(sources)]));
  });

  it('runs scripts that there are', () => {
    const scripts = given('RUN').flatMap((rest) => [...rest.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name));
    expect(scripts.length).toBeGreaterThan(0);
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(scripts));
  });

  it('has everything that the package has, but documents', () => {
    const inside = all.slice(all.findLastIndex(({ name }) => name === 'FROM')).filter(({ name }) => name === 'COPY');
    const targets = inside.flatMap(({ rest }) => rest.replace(/^--from=\S+ /, '').split(' '));
    const missing = manifest.files.filter((path: string) => !targets.some((target) => target.endsWith(path)));
    expect(missing).toEqual(['deploy', 'docs', 'samples', 'README.md', 'CHANGELOG.md']);
  });

  it('runs on a Node.js that is new enough', () => {
    const [, least = ''] = />=(\d+)/.exec(manifest.engines.node) ?? [];
    for (const image of given('FROM')) expect(image).toMatch(new RegExp(`^node:${least}-slim`));
  });

  it('starts the command as a user without rights, with a state that outlives it', () => {
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual(['node', `/app/${manifest.bin.sightline}`]);
    expect(refusalOf(JSON.parse(last('CMD')))).toBeNull();
    expect(last('USER')).toBe('node');
    expect(last('VOLUME')).toBe(folder);
    expect(last('ENV')).toContain(`STATE_DIRECTORY=${folder}`);
    expect(last('RUN')).toContain(folder);
  });
});

describe('deploy/compose.yaml', () => {
  const { services, volumes } = parse(read('compose.yaml'));
  const { sightline } = services;

  it('runs a command that there is', () => {
    expect(refusalOf(sightline.command)).toBeNull();
  });

  it('builds from a file that there is', () => {
    expect(existsSync(join(deploy, sightline.build.context, sightline.build.dockerfile))).toBe(true);
  });

  it('reads the logs, and writes the state only', () => {
    const [logs, state] = sightline.volumes.map((volume: string) => volume.split(':'));
    expect(sightline.command[1].startsWith(`${logs[1]}/`)).toBe(true);
    expect(logs[2]).toBe('ro');
    expect(state).toEqual([Object.keys(volumes)[0], '/var/lib/sightline']);
    expect(sightline.read_only).toBe(true);
  });

  it('sets variables that are read', () => {
    expect(variables).toEqual(expect.arrayContaining(Object.keys(sightline.environment)));
  });
});

describe('deploy/kubernetes.yaml', () => {
  const { spec } = parse(read('kubernetes.yaml'));
  const pod = spec.template.spec;
  const [sidecar] = pod.initContainers;
  const [apache] = pod.containers;

  it('runs a command that there is', () => {
    expect(refusalOf(sidecar.args)).toBeNull();
  });

  it('asks for what is served', () => {
    expect(sidecar.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'metrics' });
    expect(sidecar.args.at(-1)).toBe(`0.0.0.0:${sidecar.ports[0].containerPort}`);
  });

  it('reads where Apache writes, and keeps its state', () => {
    const mounts = new Map(sidecar.volumeMounts.map((it: { name: string }) => [it.name, it]));
    expect(apache.volumeMounts).toEqual([{ name: 'logs', mountPath: '/logs' }]);
    expect(mounts.get('logs')).toEqual({ name: 'logs', mountPath: '/logs', readOnly: true });
    expect(mounts.get('state')).toEqual({ name: 'state', mountPath: '/var/lib/sightline' });
    const claims = spec.volumeClaimTemplates.map((it: { metadata: { name: string } }) => it.metadata.name);
    const given = [...pod.volumes.map((it: { name: string }) => it.name), ...claims];
    expect(given).toEqual(expect.arrayContaining([...mounts.keys()]));
  });

  const hasApache = existsSync('/usr/sbin/apache2');

  it.skipIf(!hasApache)('gives Apache a configuration that it takes (needs apache2)', () => {
    const directives = apache.args.filter((word: string) => /^(?:LogFormat|CustomLog) /.test(word));
    expect(directives).toHaveLength(2);
    const args = directives.flatMap((text: string) => ['-C', text]);
    const mpm = 'LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so';
    const authz = 'LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so';
    const run = [
      '-t',
      '-f',
      '/dev/null',
      '-C',
      mpm,
      '-C',
      authz,
      '-C',
      'ServerName localhost',
      '-C',
      'Listen 127.0.0.1:1',
      '-C',
      'ErrorLog /dev/null',
    ];
    expect(() => execFileSync('/usr/sbin/apache2', [...run, ...args], { stdio: 'pipe' })).not.toThrow();
  });
});
