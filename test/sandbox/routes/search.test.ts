import { describe, expect, it } from 'vitest';
import { ALICE, type Api, apiOf, EVE, INCIDENT, JUDGEMENT, make, SIGHTING, testSandbox } from '../support.ts';

/** Incidents a, b, c ... a second apart. */
async function incidents(
  count: number,
  more: (i: number) => object = () => ({}),
  options: Parameters<typeof testSandbox>[0] = {},
) {
  const sandbox = await testSandbox(options);
  const api = await apiOf(sandbox);
  for (let i = 0; i < count; i++) {
    await make(api, 'incident', { ...INCIDENT, title: String.fromCharCode(97 + i), ...more(i) });
    sandbox.advance(1000);
  }
  return { sandbox, api };
}

async function titles(api: Api, query: string) {
  const reply = await api('GET', `/ctia/incident/search${query}`);
  expect(reply.status, reply.text).toBe(200);
  return reply.body.map(({ title }: { title: string }) => title).join('');
}

describe('filters', () => {
  it.each([
    ['status, whatever the case', '?status=OPEN', 'b'],
    ['severity', '?severity=High', 'b'],
    ['one of a list', '?techniques=t1190', 'b'],
    ['any of several', '?techniques=T1190&techniques=T1059', 'bc'],
    ['all of several names', '?techniques=T1190&status=New', ''],
    ['assignees', '?assignees=soc@example.org', 'c'],
    ['tlp', '?tlp=red', 'a'],
    ['created from, inclusive', '?from=2025-10-10T12:00:01Z', 'bc'],
    ['created to, exclusive', '?to=2025-10-10T12:00:01Z', 'a'],
    ['a query and a field', '?query=b%20OR%20c&status=New', 'ac'],
    ['a simple query', '?simple_query=b', 'ab'],
    ['fields of a query', '?query=b&search_fields=description', 'a'],
  ])('by %s', async (_, query, expected) => {
    const facts = [
      { tlp: 'red', description: 'b' },
      { status: 'Open', severity: 'High', techniques: ['T1190'] },
      { techniques: ['T1059'], assignees: ['soc@example.org'] },
    ];
    const { api } = await incidents(3, (i) => facts[i] ?? {});
    expect(await titles(api, query)).toBe(expected);
  });

  it('by id, short or long', async () => {
    const { api, sandbox } = await incidents(2);
    const id = String(sandbox.entities('incident')[1]?.id);
    expect(await titles(api, `?id=${encodeURIComponent(id)}`)).toBe('b');
    expect(await titles(api, `?id=${id.split('/').at(-1)}`)).toBe('b');
  });

  it('by observables of sightings', async () => {
    const api = await apiOf(await testSandbox());
    const of = (value: string) => ({ ...SIGHTING, observables: [{ type: 'ip', value }], title: value });
    for (const value of ['192.0.2.1', '192.0.2.2']) await make(api, 'sighting', of(value));
    const { body } = await api('GET', '/ctia/sighting/search?observables.value=192.0.2.2');
    expect(body).toMatchObject([{ title: '192.0.2.2' }]);
  });

  it.each([
    ['an unknown parameter', '/ctia/incident/search?external_ids=x', { external_ids: 'disallowed-key' }],
    ['no TLP', '/ctia/incident/search?tlp=blue', { tlp: expect.any(String) }],
    ['no number', '/ctia/incident/search?limit=many', { limit: expect.any(String) }],
    [
      'a field that cannot be searched',
      '/ctia/incident/search?search_fields=status',
      { search_fields: expect.any(String) },
    ],
    ['severity when counting', '/ctia/incident/search/count?severity=High', { severity: 'disallowed-key' }],
    ['tactics when counting', '/ctia/incident/search/count?tactics=TA0001', { tactics: 'disallowed-key' }],
    ['paging when counting', '/ctia/incident/search/count?limit=1', { limit: 'disallowed-key' }],
  ])('%s is refused', async (_, path, errors) => {
    const api = await apiOf(await testSandbox());
    expect(await api('GET', path)).toMatchObject({ status: 400, body: { errors } });
  });
});

describe('sorting', () => {
  const facts = [
    { severity: 'High', tactics: ['TA0040'], scores: { asset: 5 } },
    { severity: 'Low', tactics: ['TA0001'], scores: { asset: 10 } },
    { severity: 'Critical', tactics: ['TA0011'] },
    { severity: 'Info' },
  ];
  it.each([
    ['?sort_by=title:desc', 'dcba'],
    ['?sort_by=severity', 'dbac'],
    ['?sort_by=severity&sort_order=desc', 'cabd'],
    ['?sort_by=tactics,title', 'bcad'],
    ['?sort_by=scores.asset:desc,title', 'bacd'],
    ['?sort_by=created:desc', 'dcba'],
    ['', 'abcd'],
  ])('%s', async (query, expected) => {
    const { api } = await incidents(4, (i) => facts[i] ?? {});
    expect(await titles(api, query)).toBe(expected);
  });

  it.each(['nonsense', 'title:up', 'title:asc:asc'])('by %s is refused by the store', async (key) => {
    const api = await apiOf(await testSandbox());
    const reply = await api('GET', `/ctia/incident/search?sort_by=${key}`);
    expect(reply).toMatchObject({ status: 400, body: { type: 'ES Invalid Request' } });
  });
});

describe('paging', () => {
  it('by offset tells what comes before and after, and nothing of the filters', async () => {
    const { api } = await incidents(5);
    const reply = await api('GET', '/ctia/incident/search?limit=2&offset=2&status=New');
    expect(reply.body.map((it: { title: string }) => it.title)).toEqual(['c', 'd']);
    const last = reply.body[1];
    const sort = [Date.parse(last.timestamp), Date.parse(last.created), `"${last.id.split('/').at(-1)}"`];
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'x-total-hits': '5',
      'x-previous': 'limit=2&offset=0',
      'x-sort': `[${sort.join(' ')}]`,
    });
    const next = new URLSearchParams(reply.headers.get('x-next') ?? '');
    expect([next.get('limit'), next.get('offset'), next.getAll('search_after')]).toEqual([
      '2',
      '4',
      [String(sort[0]), String(sort[1]), last.id.split('/').at(-1)],
    ]);
    expect([...next.keys()]).not.toContain('status');
  });

  it('by offset ends with the last page', async () => {
    const { api } = await incidents(4);
    const reply = await api('GET', '/ctia/incident/search?limit=2&offset=2');
    expect(reply.headers.get('x-next')).toBeNull();
  });

  it('by search_after goes through all, with an empty page at the end', async () => {
    const { api } = await incidents(4);
    let query = 'limit=2';
    const pages: string[] = [];
    for (let i = 0; i < 5; i++) {
      const reply = await api('GET', `/ctia/incident/search?sort_by=title:desc,id&${query}`);
      pages.push(reply.body.map((it: { title: string }) => it.title).join(''));
      const next = reply.headers.get('x-next');
      if (next === null) break;
      query = next;
    }
    expect(pages).toEqual(['dc', 'ba', '']);
  });

  it('skips rows that are equal by all that is sorted by', async () => {
    const { api } = await incidents(3, () => ({ timestamp: '2025-01-01' }));
    const next = (await api('GET', '/ctia/incident/search?sort_by=timestamp&limit=1')).headers.get('x-next');
    expect((await api('GET', `/ctia/incident/search?sort_by=timestamp&${next}`)).body).toEqual([]);
  });

  it.each([
    ['a window too wide', '?offset=9999&limit=2'],
    ['a page too large', '?limit=10001'],
    ['too few values to go on after', '?sort_by=title,id&search_after=a'],
    ['no date to go on after', '?sort_by=created&search_after=yesterday'],
    ['a negative limit', '?limit=-1'],
  ])('%s is refused', async (_, query) => {
    const api = await apiOf(await testSandbox());
    const reply = await api('GET', `/ctia/incident/search${query}`);
    expect(reply).toMatchObject({ status: 400, body: { type: 'ES Invalid Request' } });
  });

  it('goes beyond the window by search_after', async () => {
    const { api } = await incidents(6, undefined, { searchWindow: 4 });
    expect((await api('GET', '/ctia/incident/search?limit=2&offset=4')).status).toBe(400);
    const { headers } = await api('GET', '/ctia/incident/search?sort_by=title,id&limit=4');
    expect(
      await titles(
        api,
        `?sort_by=title,id&limit=4&search_after=${headers.get('x-next')?.split('search_after=')[1]}&${headers.get('x-next')?.split('&').at(-1)}`,
      ),
    ).toBe('ef');
  });

  it('has a page size when none is asked for', async () => {
    const { api } = await incidents(3, undefined, { defaultLimit: 2 });
    expect(await titles(api, '')).toBe('ab');
  });
});

describe('by external id', () => {
  it('takes no notice of case, has a closed list of sort fields, and pages', async () => {
    const { api } = await incidents(3, () => ({ external_ids: ['Mine-1'] }));
    const reply = await api('GET', '/ctia/incident/external_id/MINE-1?limit=2&sort_by=title&sort_order=desc');
    expect(reply.body.map((it: { title: string }) => it.title)).toEqual(['c', 'b']);
    expect(reply.headers.get('x-total-hits')).toBe('3');
    expect((await api('GET', '/ctia/incident/external_id/mine-1?sort_by=created')).status).toBe(400);
    expect((await api('GET', '/ctia/incident/external_id/other')).body).toEqual([]);
  });
});

describe('delete by search', () => {
  it('needs a filter', async () => {
    const { api } = await incidents(1);
    expect(await api('DELETE', '/ctia/incident/search')).toMatchObject({
      status: 403,
      body: { error: 'you must provide at least one of from, to, query or any field filter.' },
    });
  });

  it('only counts, unless it is really meant', async () => {
    const { api, sandbox } = await incidents(3, (i) => ({ status: i === 0 ? 'Open' : 'New' }));
    expect(await api('DELETE', '/ctia/incident/search?status=New')).toMatchObject({ status: 200, body: 2 });
    expect(sandbox.entities('incident')).toHaveLength(3);
    const really = '/ctia/incident/search?status=New&REALLY_DELETE_ALL_THESE_ENTITIES=true';
    expect(await api('DELETE', really)).toMatchObject({ status: 200, body: 2 });
    expect(sandbox.entities('incident')).toMatchObject([{ status: 'Open' }]);
  });

  it('leaves what others wrote', async () => {
    const sandbox = await testSandbox();
    await make(await apiOf(sandbox, EVE), 'judgement', { ...JUDGEMENT, tlp: 'green' });
    const api = await apiOf(sandbox, ALICE);
    const path = '/ctia/judgement/search?source=test&REALLY_DELETE_ALL_THESE_ENTITIES=true';
    expect((await api('DELETE', path)).body).toBe(0);
    expect(sandbox.entities('judgement')).toHaveLength(1);
  });
});
