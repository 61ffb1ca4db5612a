import { describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { apiOf, EVE, INDICATOR, JUDGEMENT, make, request, testSandbox } from '../support.ts';

/** A feed with a judgement of each value, related to its indicator. */
async function feedOf(values: readonly string[], feed: object = {}, options: SandboxOptions = {}) {
  const sandbox = await testSandbox(options);
  const api = await apiOf(sandbox);
  const indicator = await make(api, 'indicator', INDICATOR);
  const add = async (value: string, more: object = {}, edge: object = {}) => {
    const judgement = await make(api, 'judgement', { ...JUDGEMENT, observable: { type: 'ip', value }, ...more });
    await make(api, 'relationship', {
      relationship_type: 'element-of',
      source_ref: judgement.id,
      target_ref: indicator.id,
      ...edge,
    });
    return judgement;
  };
  for (const value of values) await add(value);
  const made = await make(api, 'feed', {
    feed_type: 'indicator',
    output: 'observables',
    indicator_id: indicator.id,
    ...feed,
  });
  const url = new URL(made.feed_view_url);
  const view = (path = url.pathname, query = url.search) => request(sandbox, 'GET', path + query);
  return { sandbox, api, made, view, add, path: url.pathname, secret: url.search };
}

it('shows values sorted, each once, a line each, to whoever has the address', async () => {
  const { made, view } = await feedOf(['192.0.2.2', '192.0.2.10', '192.0.2.2']);
  expect(made.feed_view_url).toBe(`${made.id}/view.txt?s=${made.secret}`);
  const reply = await view();
  expect(reply).toMatchObject({ status: 200, text: '192.0.2.10\n192.0.2.2' });
  expect(reply.headers.get('content-type')).toMatch(/^text\/plain/);
});

it('shows JSON, too', async () => {
  const { view, path } = await feedOf(['192.0.2.2']);
  expect((await view(path.replace('.txt', ''))).body).toEqual({ observables: [{ type: 'ip', value: '192.0.2.2' }] });
});

it('shows judgements when that is its output', async () => {
  const { made, view } = await feedOf(['192.0.2.2'], { output: 'judgements' });
  expect(made.feed_view_url).toContain('/view?s=');
  expect((await view()).body.judgements).toMatchObject([{ type: 'judgement', observable: { value: '192.0.2.2' } }]);
});

describe('leaves out', () => {
  it.each([
    ['what is no longer valid', { valid_time: { start_time: '2025-01-01', end_time: '2025-02-01' } }, {}],
    ['what is not valid yet', { valid_time: { start_time: '2026-01-01' } }, {}],
    ['what is related otherwise', {}, { relationship_type: 'based-on' }],
    ['what names the indicator without its port', {}, { port: false }],
  ])('%s', async (_, judgement, edge: { port?: boolean; relationship_type?: string }) => {
    const { view, add, made } = await feedOf([]);
    const { port = true, ...rest } = edge;
    await add('192.0.2.9', judgement, port ? rest : { target_ref: String(made.indicator_id).replace(':443', '') });
    expect(await view()).toMatchObject({ status: 200, text: '' });
  });

  it('what its owner may not read', async () => {
    const { sandbox, view, made } = await feedOf([]);
    const eve = await apiOf(sandbox, EVE);
    const judgement = await make(eve, 'judgement', { ...JUDGEMENT, tlp: 'amber' });
    const edge = { relationship_type: 'element-of', source_ref: judgement.id, target_ref: made.indicator_id };
    await make(eve, 'relationship', { ...edge, tlp: 'green' });
    expect((await view()).text).toBe('');
  });
});

describe('refuses', () => {
  it.each([
    ['a wrong secret', '?s=wrong', 401, 'wrong secret'],
    ['no secret', '', 400, expect.stringContaining('missing-required-key')],
    ['unknown parameters', '?s=x&nope=1', 400, expect.stringContaining('disallowed-key')],
    ['too large a page', '?s=x&limit=10001', 400, expect.any(String)],
  ])('%s', async (_, query, status, text) => {
    const { view, path } = await feedOf([]);
    expect(await view(path, query)).toMatchObject({ status, text });
  });

  it.each([
    ['before its lifetime', { start_time: '2026-01-01' }],
    ['after its lifetime', { end_time: '2025-01-01' }],
  ])('to be seen %s', async (_, lifetime) => {
    const { view, path } = await feedOf([], { lifetime });
    expect(await view()).toMatchObject({ status: 404, text: 'feed not found' });
    expect(await view(path.replace('.txt', ''))).toMatchObject({ status: 404, body: { error: 'feed not found' } });
  });

  it('to be seen when it does not exist', async () => {
    const { view } = await feedOf([]);
    expect(await view('/ctia/feed/feed-0/view.txt', '?s=x')).toMatchObject({ status: 404, text: 'feed not found' });
  });
});

it('comes in pages of relationships', async () => {
  const { view, path, secret } = await feedOf(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
  const first = await view(path, `${secret}&limit=2`);
  expect(first.text.split('\n')).toHaveLength(2);
  const after = (first.headers.get('x-search_after') ?? '').split(',').map((value) => `&search_after=${value}`);
  expect(first.headers.get('x-limit')).toBe('2');
  expect(first.headers.get('x-next')).toBeNull();
  const second = await view(path, `${secret}&limit=2${after.join('')}`);
  expect([first.text, second.text].join('\n').split('\n').sort()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
});

it('keeps its secret when it is changed', async () => {
  const { api, made, sandbox } = await feedOf([]);
  const changed = { feed_type: 'indicator', output: 'judgements', indicator_id: made.indicator_id, secret: 'mine' };
  const reply = await api('PUT', `/ctia/feed/${encodeURIComponent(made.id)}?wait_for=true`, changed);
  expect(reply.body).toMatchObject({ secret: made.secret, feed_view_url: `${made.id}/view?s=${made.secret}` });
  const seen = async () => (await api('GET', `/ctia/feed/${encodeURIComponent(made.id)}`)).body.output;
  expect(await seen()).toBe('observables');
  sandbox.advance(1000);
  expect(await seen()).toBe('judgements');
});
