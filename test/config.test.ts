import { mkdtempSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Environment, loadConfig, readConfig, readEnvironment, statePath } from '../src/config.ts';
import { FaultsError, SightlineError } from '../src/model/errors.ts';

const NO_ENVIRONMENT: Environment = {
  configFile: null,
  clientId: null,
  clientPassword: null,
  region: null,
  irohUrl: null,
  privateIntelUrl: null,
  httpsProxy: null,
  noProxy: null,
  ticketSecret: null,
  runtimeDir: null,
  stateDirectory: null,
  xdgStateHome: null,
};

function faultsOf(yaml: string, overrides: Parameters<typeof readConfig>[2] = []): string[] {
  try {
    readConfig('sightline.yaml', yaml, overrides);
  } catch (error) {
    if (error instanceof FaultsError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('has a default for everything', () => {
    const config = readConfig('sightline.yaml', '', []);
    expect(config.correlation).toMatchObject({ gap: '30m', bucket: '5m', lateness: '1m', ipv6_prefix: 64 });
    expect(config.bundle).toMatchObject({ source: 'Sightline', prefix: 'sightline-', tlp: 'amber', max_entities: 500 });
    expect(config.logs.max_line_bytes).toBe(65_536);
  });

  it('tells every fault at once with its place', () => {
    const yaml = [
      'logs:',
      '  formt: combined',
      '  max_line_bytes: many',
      'allow:',
      '  - cidr: [10.0.0.0/99]',
      '  - reason: nothing to match',
      'correlation: {gap: 5}',
      'bundle: {tlp: white}',
    ].join('\n');
    const faults = faultsOf(yaml);
    expect(faults.map((fault) => fault.replace(/: .*/, '')).sort()).toEqual([
      'sightline.yaml:2:3',
      'sightline.yaml:3:19',
      'sightline.yaml:5:12',
      'sightline.yaml:6:5',
      'sightline.yaml:7:20',
      'sightline.yaml:8:15',
    ]);
    expect(faults.join('\n')).toContain('unknown key "formt"');
  });

  it.each([
    ['two documents', 'logs: {}\n---\nlogs: {}\n', 'one YAML document'],
    ['no mapping', '- a\n', 'expected object'],
    ['a zero duration', 'correlation: {gap: 0s}', 'duration'],
    ['a prefix without hyphen', 'bundle: {prefix: acme}', 'hyphen last'],
    ['a file URL', 'deliver: {iroh_url: "file:///etc"}', 'http or https'],
  ])('refuses %s', (_, yaml, reason) => {
    expect(faultsOf(yaml).join('\n')).toContain(reason);
  });

  it('lets overrides win and names them when they are wrong', () => {
    const override = { place: ['deliver', 'region'] as const, name: '--region' };
    expect(readConfig('s.yaml', 'deliver: {region: eu}', [{ ...override, value: 'apjc' }]).deliver.region).toBe('apjc');
    expect(readConfig('s.yaml', 'deliver: {region: eu}', [{ ...override, value: undefined }]).deliver.region).toBe(
      'eu',
    );
    expect(faultsOf('', [{ ...override, value: 'mars' }])[0]).toMatch(/^--region: /);
  });
});

describe('loadConfig', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-'));
  const file = join(folder, 'sightline.yaml');
  writeFileSync(file, 'deliver: {region: eu, route: iroh}\n');

  it('flags beat the environment, the environment beats the file', () => {
    const environment = { ...NO_ENVIRONMENT, region: 'apjc' };
    const flag = { place: ['deliver', 'region'] as const, value: 'us', name: '--region' };
    expect(loadConfig(file, NO_ENVIRONMENT, []).deliver).toMatchObject({ region: 'eu', route: 'iroh' });
    expect(loadConfig(file, environment, []).deliver).toMatchObject({ region: 'apjc', route: 'iroh' });
    expect(loadConfig(file, environment, [flag]).deliver).toMatchObject({ region: 'us', route: 'iroh' });
    expect(loadConfig(null, { ...NO_ENVIRONMENT, configFile: file }, []).deliver.region).toBe('eu');
  });

  it('says which file it could not read', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'), NO_ENVIRONMENT, [])).toThrow(SightlineError);
    expect(() => loadConfig(join(folder, 'none.yaml'), NO_ENVIRONMENT, [])).toThrow(/none\.yaml/);
  });
});

describe('statePath', () => {
  const home = join(homedir(), '.local', 'state', 'sightline', 'sightline.db');

  it.each([
    ['what the configuration says', 'state: {path: /a/b.db}', { stateDirectory: '/var/lib/x' }, '/a/b.db'],
    [
      'the folder that systemd made',
      '',
      { stateDirectory: '/var/lib/x', xdgStateHome: '/y' },
      '/var/lib/x/sightline.db',
    ],
    ['the first of several such folders', '', { stateDirectory: '/var/lib/x:/var/lib/z' }, '/var/lib/x/sightline.db'],
    ['the folder for state', '', { xdgStateHome: '/y' }, '/y/sightline/sightline.db'],
    ['that folder by its usual name', '', {}, home],
  ])('is %s', (_, yaml, environment, path) => {
    const config = readConfig('sightline.yaml', yaml, []);
    expect(statePath(config, { ...NO_ENVIRONMENT, ...environment })).toBe(path);
  });
});

describe('readEnvironment', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('takes empty values for absent and knows the lower-case proxy names', () => {
    vi.stubEnv('SIGHTLINE_CLIENT_ID', 'me');
    vi.stubEnv('SIGHTLINE_REGION', '');
    vi.stubEnv('HTTPS_PROXY', '');
    vi.stubEnv('https_proxy', 'http://proxy.example.org:3128');
    expect(readEnvironment()).toMatchObject({
      clientId: 'me',
      region: null,
      httpsProxy: 'http://proxy.example.org:3128',
    });
  });
});
