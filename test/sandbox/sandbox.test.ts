import { describe, expect, it, onTestFinished } from 'vitest';
import { type CtiaClient, CtiaError, ctiaClient, type Timing } from '../../src/ctia/ctia.ts';
import {
  FAULT_KINDS,
  type FaultSpec,
  openSandbox,
  type Sandbox,
  type SandboxOptions,
} from '../../src/sandbox/sandbox.ts';
import { bundleOf, INCIDENT, INDICATOR, JUDGEMENT, SIGHTING } from './support.ts';

/** The real client, in front of a sandbox whose time passes while it waits. */
async function clientOf(
  options: SandboxOptions = {},
): Promise<{ sandbox: Sandbox; client: CtiaClient; slept: number[] }> {
  let now = Date.UTC(2025, 9, 10, 12);
  const slept: number[] = [];
  const timing: Timing = {
    clock: () => now,
    random: () => 0.5,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
  const sandbox = await openSandbox({ clock: timing.clock, ...options });
  const { SIGHTLINE_IROH_URL: irohUrl = '', SIGHTLINE_PRIVATE_INTEL_URL: ctiaUrl = '' } = sandbox.environment;
  const client = ctiaClient({
    credentials: sandbox.credentials,
    route: 'direct',
    irohUrl,
    ctiaUrl,
    timing,
    timeoutMs: 5000,
  });
  onTestFinished(async () => {
    await client.close();
    await sandbox.close();
  });
  return { sandbox, client, slept };
}

const BUNDLE = JSON.stringify(
  bundleOf({
    incidents: [{ ...INCIDENT, id: 'transient:i', external_ids: ['x-i'] }],
    sightings: ['a', 'b', 'c'].map((key) => ({ ...SIGHTING, id: `transient:${key}`, external_ids: [`x-${key}`] })),
    relationships: ['a', 'b', 'c'].map((key) => ({
      relationship_type: 'member-of',
      id: `transient:r-${key}`,
      external_ids: [`x-r-${key}`],
      source_ref: `transient:${key}`,
      target_ref: 'transient:i',
    })),
  }),
);

const countsOf = (sandbox: Sandbox) =>
  (['incident', 'sighting', 'relationship'] as const).map((type) => sandbox.entities(type).length);

describe('an import by the real client', () => {
  it.each(['direct', 'iroh'] as const)('goes in once by the %s route, however often it is sent', async (route) => {
    const { sandbox } = await clientOf();
    const client = ctiaClient({ credentials: sandbox.credentials, route, irohUrl: sandbox.url, ctiaUrl: sandbox.url });
    onTestFinished(() => client.close());
    const first = await client.importBundle(BUNDLE, { prefix: 'x-' });
    const second = await client.importBundle(BUNDLE, { prefix: 'x-' });
    expect(first.map(({ result }) => result)).toEqual(Array(7).fill('created'));
    expect(second.map(({ result }) => result)).toEqual(Array(7).fill('exists'));
    expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    expect(countsOf(sandbox)).toEqual([1, 3, 3]);
  });

  it.each<[FaultSpec]>([
    ['unauthorised'],
    ['rate-limited:30'],
    ['server-error'],
    ['bad-gateway'],
    ['reset-before'],
    ['reset-after'],
    ['truncated'],
  ])('survives %s without a duplicate', async (fault) => {
    const { sandbox, client } = await clientOf({ faults: [fault] });
    const receipts = await client.importBundle(BUNDLE, { prefix: 'x-' });
    expect(receipts.every(({ result }) => result === 'created' || result === 'exists')).toBe(true);
    expect(countsOf(sandbox)).toEqual([1, 3, 3]);
    expect(sandbox.faults()).toEqual([]);
  });

  it('waits as long as it is told to', async () => {
    const { client, slept } = await clientOf({ faults: ['rate-limited:45'] });
    await client.importBundle(BUNDLE, { prefix: 'x-' });
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(45_000);
  });

  it('leaves the same entities with faults on a third of all requests', async () => {
    const faults = FAULT_KINDS.filter(
      (kind) => !['forbidden', 'slow', 'store-failure', 'token-failure'].includes(kind),
    );
    const { sandbox, client } = await clientOf({
      faults: faults.map((kind, i) => ({ kind, every: 3 * faults.length, skip: 3 * i })),
    });
    for (let i = 0; i < 40; i++) {
      const receipts = await client.importBundle(BUNDLE, { prefix: 'x-' });
      expect(receipts.every(({ result }) => result === 'created' || result === 'exists')).toBe(true);
    }
    expect(countsOf(sandbox)).toEqual([1, 3, 3]);
    const befallen = new Set(sandbox.requests().flatMap(({ fault }) => fault ?? []));
    expect([...befallen].sort()).toEqual([...faults].sort());
  });

  it('tells which entity the store refused', async () => {
    const { client } = await clientOf({ faults: ['store-failure:1'] });
    const receipts = await client.importBundle(BUNDLE, { prefix: 'x-' });
    expect(receipts.filter(({ result }) => result === 'error').length).toBeGreaterThan(0);
  });

  it('is not sent when the scope is missing', async () => {
    const client = { clientId: 'c', clientPassword: 'p', org: 'o', user: 'u', scopes: ['inspect'] };
    const made = await clientOf({ clients: [client] });
    const error = await made.client.importBundle(BUNDLE, { prefix: 'x-' }).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(CtiaError);
    expect(error).toMatchObject({ code: 'missing-scope' });
  });
});

describe('the real client', () => {
  it('pages through a search to the end', async () => {
    const { client } = await clientOf();
    await client.bulk.create({ sightings: Array.from({ length: 25 }, (_, i) => ({ ...SIGHTING, title: `${i}` })) });
    const titles: unknown[] = [];
    for await (const { title } of client.entities('sighting').search({}, { pageSize: 10 })) titles.push(title);
    expect(titles.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, i) => i));
    expect(await client.entities('sighting').count({ query: 'title:7' })).toBe(1);
  });

  it('changes, links, exports and removes an incident', async () => {
    const { client } = await clientOf();
    const incidents = client.entities('incident');
    const { id } = await incidents.create(INCIDENT);
    expect(await incidents.update(id, { severity: 'High' })).toMatchObject({ severity: 'High' });
    const casebook = await client.entities('casebook').create({});
    expect(await client.linkCasebook(id, casebook.id)).toMatchObject({ source_ref: casebook.id, target_ref: id });
    expect(await client.setIncidentStatus(id, 'Open')).toMatchObject({ status: 'Open' });
    expect(await client.exportBundle([id])).toMatchObject({ incidents: [{ id }] });
    expect(await incidents.count({ severity: 'High' })).toBe(1);
    expect(await incidents.removeAll({ source: 'nobody' }, { really: true })).toBe(0);
    expect(await incidents.remove(id)).toBe(true);
    expect(await incidents.get(id)).toBeNull();
  });

  it('keeps a feed of judgements, and ends one', async () => {
    const { client, sandbox } = await clientOf();
    const indicator = await client.entities('indicator').ensure({ ...INDICATOR, external_ids: ['x-list'] });
    expect(await client.entities('indicator').ensure({ ...INDICATOR, external_ids: ['x-list'] })).toEqual(indicator);
    const feed = await client.entities('feed').create({
      feed_type: 'indicator',
      output: 'observables',
      indicator_id: indicator.id,
    });
    const judgement = await client.entities('judgement').create(JUDGEMENT);
    const edge = { relationship_type: 'element-of', source_ref: judgement.id, target_ref: indicator.id };
    await client.entities('relationship').create(edge);
    const { pathname, searchParams } = new URL(String(feed.feed_view_url));
    const secret = searchParams.get('s') ?? '';
    const feedId = String(pathname.split('/')[3]);
    expect(await client.feedValues(feedId, secret)).toEqual(['203.0.113.9']);
    expect(await client.verdict('ip', '203.0.113.9')).toMatchObject({ disposition: 2, judgement_id: judgement.id });
    await client.expireJudgement(judgement.id, 'over');
    sandbox.advance(1000);
    expect(await client.feedValues(feedId, secret)).toEqual([]);
    expect(await client.verdict('ip', '203.0.113.9')).toBeNull();
    expect(JSON.stringify(sandbox.requests())).not.toContain(secret);
  });

  it('finds out that all is well', async () => {
    const { client } = await clientOf();
    expect(await client.version()).toMatchObject({ base: '/ctia' });
    expect(await client.status()).toEqual({ status: 'ok' });
    expect(await client.scopes()).toContain('private-intel');
    expect(await client.inspect('203.0.113.9')).toEqual([{ type: 'ip', value: '203.0.113.9' }]);
  });
});

describe('a sandbox', () => {
  it('gives out copies', async () => {
    const { sandbox, client } = await clientOf();
    await client.entities('incident').create({ ...INCIDENT, assignees: ['a'] });
    (sandbox.entities('incident')[0]?.assignees as string[]).push('b');
    expect(sandbox.entities('incident')[0]?.assignees).toEqual(['a']);
  });

  it('does the same for the same seed and ids', async () => {
    const run = async () => {
      let count = 0;
      const uuid = () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`;
      const { sandbox, client } = await clientOf({ uuid, seed: 5 });
      await client.importBundle(BUNDLE, { prefix: 'x-' });
      const { client_id: _, owner: __, groups: ___, ...incident } = sandbox.entities('incident')[0] ?? {};
      return incident;
    };
    expect(await run()).toEqual(await run());
  });

  it('has credentials of its own', async () => {
    const [a, b] = [await clientOf(), await clientOf()];
    expect(a.sandbox.credentials.clientPassword).not.toBe(b.sandbox.credentials.clientPassword);
    expect(a.sandbox.environment).toMatchObject({ SIGHTLINE_CLIENT_ID: a.sandbox.credentials.clientId });
  });

  it('refuses faults that it does not know', async () => {
    await expect(openSandbox({ faults: ['nonsense'] })).rejects.toThrow(expect.objectContaining({ code: 'bad-fault' }));
  });
});
