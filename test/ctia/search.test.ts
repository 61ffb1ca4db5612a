import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CtiaClient, type Filters, quoteForQuery, type SearchOptions } from '../../src/ctia/ctia.ts';
import { readSortHeader } from '../../src/ctia/search.ts';
import { clientOf, json, type ScriptedServer, type Step, scriptedServer } from './support.ts';

const SEARCH = 'GET /ctia/incident/search';
let server: ScriptedServer;
let client: CtiaClient;
beforeEach(async () => {
  server = await scriptedServer();
  client = clientOf(server);
});
afterEach(async () => {
  await client.close();
  await server.close();
});

const page = (ids: readonly string[], headers: Record<string, string> = {}): Step =>
  json(
    200,
    ids.map((id) => ({ id })),
    { 'x-total-hits': '5', ...headers },
  );
const next = (...after: string[]) => ({
  'x-next': new URLSearchParams([['limit', '2'], ['offset', '2'], ...after.map((value) => ['search_after', value])] as [
    string,
    string,
  ][]).toString(),
});
async function find(filters: Filters, options?: SearchOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of client.entities('incident').search(filters, options)) found.push(id);
  return found;
}
const queries = () => server.calls(SEARCH).map(({ query }) => query.toString());

describe('search', () => {
  it('goes through the pages with the filters kept', async () => {
    server.on(SEARCH, page(['a', 'b'], next('1', 'b')), page(['c', 'd'], next('2', 'd')), page(['e']));
    const filters = { source: 'Sight line', status: ['New', 'Open'], from: undefined };
    expect(await find(filters, { pageSize: 2, fields: ['title'] })).toEqual(['a', 'b', 'c', 'd', 'e']);
    const common = 'source=Sight+line&status=New&status=Open&sort_by=created%2Cid&limit=2&fields=title&fields=id';
    expect(queries()).toEqual([
      common,
      `${common}&search_after=1&search_after=b`,
      `${common}&search_after=2&search_after=d`,
    ]);
  });

  it.each([
    [
      'the last page is full and an empty one follows',
      [page(['a', 'b'], next('1', 'b')), page([], next('1', 'b'))],
      ['a', 'b'],
    ],
    ['nothing is found', [page([])], []],
    ['the header of the next page is missing', [page(['a'])], ['a']],
  ])('ends when %s', async (_, steps, expected) => {
    server.on(SEARCH, ...steps);
    expect(await find({})).toEqual(expected);
  });

  it('asks for no page that nobody wants', async () => {
    server.on(SEARCH, page(['a', 'b'], next('1', 'b')));
    for await (const { id } of client.entities('incident').search({})) if (id === 'b') break;
    expect(server.calls(SEARCH)).toHaveLength(1);
  });

  it('takes the sort values of X-Sort where X-Next has none', async () => {
    server.on(SEARCH, page(['a'], { ...next(), 'x-sort': '[1637680112997 "incident-a"]' }), page(['b']));
    await find({});
    expect(queries().at(-1)).toMatch(/search_after=1637680112997&search_after=incident-a$/);
  });

  it('hands out a bookmark after each page, and begins behind one', async () => {
    server.on(
      SEARCH,
      page(['a', 'b'], { ...next('1', 'b'), 'x-sort': '[1 "b"]' }),
      page(['c'], { 'x-sort': '[2 "c"]' }),
      page(['d'], { 'x-sort': '[3]' }),
      page([]),
    );
    const pagesFrom = async (after?: readonly string[]) => {
      const options = { sortBy: ['timestamp'], ...(after === undefined ? {} : { after }) };
      const found: [string[], readonly string[] | null][] = [];
      for await (const { entities, bookmark } of client.entities('incident').pages({}, options))
        found.push([entities.map(({ id }) => id), bookmark]);
      return found;
    };
    expect(await pagesFrom()).toEqual([
      [
        ['a', 'b'],
        ['1', 'b'],
      ],
      [['c'], ['2', 'c']],
    ]);
    // What the server does not tell is no bookmark.
    expect(await pagesFrom(['2', 'c'])).toEqual([[['d'], null]]);
    expect(await pagesFrom(['3', 'd'])).toEqual([]);
    expect(queries().slice(2)).toEqual([
      'sort_by=timestamp%2Cid&limit=100&search_after=2&search_after=c',
      'sort_by=timestamp%2Cid&limit=100&search_after=3&search_after=d',
    ]);
  });

  it.each([
    ['too few sort values', [page(['a'], next('1'))]],
    ['none at all', [page(['a'], { ...next(), 'x-sort': '#object[x]' })]],
    ['the same page again', [page(['a'], next('1', 'a'))]],
    ['no list', [json(200, {})]],
    ['a list of something else', [json(200, ['a'])]],
  ])('fails for %s', async (_, steps) => {
    server.on(SEARCH, ...steps);
    await expect(find({})).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it.each([
    [['timestamp:desc'], 'timestamp:desc,id'],
    [['severity', 'id:desc'], 'severity,id:desc'],
  ])('sorts by %j and always ends in a tie-break', async (sortBy, expected) => {
    server.on(SEARCH, page([]));
    await find({}, { sortBy });
    expect(server.calls(SEARCH)[0]?.query.get('sort_by')).toBe(expected);
  });
});

describe('count', () => {
  it.each([
    [{ source: 'x' }, { source: 'x' }],
    [{ severity: 'High' }, { query: 'severity:("High")' }],
    [
      { query: 'a OR b', tactics: ['TA0001', 'TA"2'], severity: 'Low' },
      { query: '(a OR b) AND severity:("Low") AND tactics:("TA0001" OR "TA\\"2")' },
    ],
  ])('of incidents by %j asks for %j', async (filters, expected) => {
    server.on('GET /ctia/incident/search/count', json(200, 7));
    expect(await client.entities('incident').count(filters)).toBe(7);
    expect(Object.fromEntries(server.seen.at(-1)?.query ?? [])).toEqual(expected);
  });

  it('of other types passes the filters on', async () => {
    server.on('GET /ctia/judgement/search/count', json(200, 3));
    expect(await client.entities('judgement').count({ severity: 'High' })).toBe(3);
    expect(server.seen.at(-1)?.query.toString()).toBe('severity=High');
  });

  it('fails for what is no number', async () => {
    server.on('GET /ctia/incident/search/count', json(200, '7'));
    await expect(client.entities('incident').count({})).rejects.toMatchObject({ code: 'bad-answer' });
  });
});

describe('readSortHeader', () => {
  it.each([
    ['[1637680112997 "incident-1"]', ['1637680112997', 'incident-1']],
    ['["a b" "c\\"d\\\\" nil]', ['a b', 'c"d\\', 'nil']],
    ['[]', []],
    ['', []],
    ['"x"', []],
  ])('%s', (header, expected) => {
    expect(readSortHeader(header)).toEqual(expected);
  });
});

it('quoteForQuery never lets a text end its quotation', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const inner = quoteForQuery(text).slice(1, -1);
      expect(inner.replace(/\\[\\"]/g, '')).not.toMatch(/["\\]/);
      expect(inner.replace(/\\(.)/gs, '$1')).toBe(text);
    }),
  );
});
