import { describe, expect, it } from 'vitest';
import { apiOf, INCIDENT, make, testSandbox } from '../support.ts';

const METRIC = '/ctia/incident/metric';

async function api4() {
  const sandbox = await testSandbox();
  const api = await apiOf(sandbox);
  for (const [opened, status, tactics] of [
    ['2025-10-06T23:30:00Z', 'New', ['TA0001', 'TA0002']],
    ['2025-10-08T01:00:00Z', 'New', ['TA0001']],
    ['2025-10-08T02:00:00Z', 'Open', []],
  ] as const) {
    await make(api, 'incident', { ...INCIDENT, status, tactics, incident_time: { opened } });
  }
  sandbox.advance(1);
  return { sandbox, api };
}

describe('a histogram', () => {
  it.each([
    [
      'day',
      '%2B00:00',
      ['2025-10-06T00:00:00.000Z', '2025-10-07T00:00:00.000Z', '2025-10-08T00:00:00.000Z'],
      [1, 0, 2],
    ],
    ['day', '%2B01:00', ['2025-10-07T00:00:00.000+01:00', '2025-10-08T00:00:00.000+01:00'], [1, 2]],
    ['week', '%2B00:00', ['2025-10-06T00:00:00.000Z'], [3]],
    ['month', '%2B00:00', ['2025-10-01T00:00:00.000Z'], [3]],
  ])('by %s in %s', async (granularity, timezone, keys, values) => {
    const { api } = await api4();
    const query = `aggregate-on=incident_time.opened&from=2025-10-01&granularity=${granularity}&timezone=${timezone}`;
    const { body, headers } = await api('GET', `${METRIC}/histogram?${query}`);
    const { opened } = body.data.incident_time;
    expect(opened.map((it: { key: string }) => it.key)).toEqual(keys);
    expect(opened.map((it: { value: number }) => it.value)).toEqual(values);
    expect(body).toMatchObject({ type: 'histogram', filters: { from: '2025-10-01T00:00:00.000Z' } });
    expect(headers.get('x-total-hits')).toBe('3');
  });

  it('of nothing is empty', async () => {
    const { api } = await api4();
    const query = 'aggregate-on=incident_time.opened&from=2025-01-01&to=2025-02-01&granularity=day';
    expect((await api('GET', `${METRIC}/histogram?${query}`)).body.data.incident_time.opened).toEqual([]);
  });
});

it('the top values are counted', async () => {
  const { api } = await api4();
  const { body } = await api('GET', `${METRIC}/topn?aggregate-on=tactics&from=2025-10-01&limit=1&status=new`);
  expect(body).toMatchObject({
    data: { tactics: [{ key: 'ta0001', value: 2 }] },
    type: 'topn',
    filters: { status: 'new' },
  });
});

it('the number of values', async () => {
  const { api } = await api4();
  const { body } = await api('GET', `${METRIC}/cardinality?aggregate-on=status&from=2025-10-01`);
  expect(body).toMatchObject({ data: { status: 2 }, type: 'cardinality' });
});

it('averages of the spans between changes of status', async () => {
  const { sandbox, api } = await api4();
  const average = async () =>
    (await api('GET', `${METRIC}/average?aggregate-on=intervals.new_to_opened&from=2025-10-01`)).body.data.intervals
      .new_to_opened;
  expect(await average()).toBeNull();
  const [first, second] = sandbox.entities('incident');
  sandbox.advance(10_000);
  await api('PATCH', `/ctia/incident/${encodeURIComponent(String(first?.id))}?wait_for=true`, { status: 'Open' });
  sandbox.advance(10_000);
  await api('PATCH', `/ctia/incident/${encodeURIComponent(String(second?.id))}?wait_for=true`, { status: 'Open' });
  expect(await average()).toBe(15);
});

it.each([
  ['no beginning', 'topn?aggregate-on=status', { from: 'missing-required-key' }],
  ['no field', 'topn?from=2025-01-01', { 'aggregate-on': 'missing-required-key' }],
  [
    'a field that cannot be counted',
    'topn?aggregate-on=description&from=2025-01-01',
    { 'aggregate-on': expect.any(String) },
  ],
  ['no granularity', 'histogram?aggregate-on=timestamp&from=2025-01-01', { granularity: 'missing-required-key' }],
  ['severity as a filter', 'topn?aggregate-on=status&from=2025-01-01&severity=High', { severity: 'disallowed-key' }],
])('%s is refused', async (_, path, errors) => {
  const { api } = await api4();
  expect(await api('GET', `${METRIC}/${path}`)).toMatchObject({ status: 400, body: { errors } });
});

it('looks back a year at most', async () => {
  const { api } = await api4();
  const { body } = await api('GET', `${METRIC}/topn?aggregate-on=status&from=2000-01-01`);
  expect(Date.parse(body.filters.from)).toBeGreaterThan(Date.UTC(2024, 9, 1));
});
