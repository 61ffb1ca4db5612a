import { afterEach, expect, it } from 'vitest';
import type { TicketDraft } from '../../../src/tickets/connector.ts';
import { redmineConnector } from '../../../src/tickets/connectors/redmine.ts';
import { type Asked, type Loopback, listen, type Told } from '../servers/loopback.ts';

/** What a real Redmine cannot be brought to say in a test; the rest is in the cases for all connectors. */
const DRAFT: TicketDraft = {
  incidentId: 'https://x.example:443/ctia/incident/incident-1',
  title: 'SQL injection',
  priority: null,
  description: [],
  attachments: [],
  fields: { 8: 'High' },
};
const ISSUE = {
  id: 1,
  subject: 'SQL injection',
  status: { id: 1, name: 'New' },
  priority: { id: 2, name: 'Normal' },
  updated_on: '2026-11-22T12:00:00Z',
  custom_fields: [{ id: 7, name: 'Incident', value: DRAFT.incidentId }],
};
let server: Loopback | null = null;
afterEach(() => server?.stop());

/** A Redmine that answers by path, and what it was asked. */
async function start(answers: Readonly<Record<string, Told | undefined>>) {
  const asked: Asked[] = [];
  server = await listen((request) => {
    asked.push(request);
    return answers[`${request.method} ${request.path}`] ?? answers[request.path] ?? { status: 404 };
  });
  const connector = redmineConnector({
    url: server.url,
    key: '0123456789abcdef',
    project: 'incidents',
    incidentField: 7,
    markup: 'textile',
    clock: Date.now,
  });
  return { connector, asked };
}

const ok = (body: unknown): Told => ({ status: 200, body });

it('gives custom fields by number, and makes no second ticket when the first one did not keep its mark', async () => {
  const { connector, asked } = await start({
    '/issues.json': { status: 201, body: { issue: { ...ISSUE, custom_fields: [] } } },
  });
  await expect(connector.create(DRAFT)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('custom field 7'),
  });
  await expect(connector.create(DRAFT)).rejects.toMatchObject({ code: 'refused' });
  expect(asked).toHaveLength(1);
  expect(JSON.parse(asked[0]?.text ?? '').issue.custom_fields).toEqual([
    { id: 8, value: 'High' },
    { id: 7, value: DRAFT.incidentId },
  ]);
  await connector.close();
});

it('finds nothing when Redmine passes over the filter', async () => {
  const other = { ...ISSUE, custom_fields: [{ id: 7, value: 'another' }] };
  const { connector } = await start({
    '/issues.json': ok({ issues: [other, ISSUE, { ...ISSUE, custom_fields: undefined }] }),
  });
  expect(await connector.findByIncident(DRAFT.incidentId)).toMatchObject([{ incidentId: DRAFT.incidentId }]);
  await connector.close();
});

it('knows people by name alone where it may not see more, and asks again after a failure', async () => {
  const answers: Record<string, Told> = {
    '/issues/1.json': ok({ issue: { ...ISSUE, assigned_to: { id: 5, name: 'Alice' } } }),
  };
  const { connector } = await start(answers);
  answers['/users/5.json'] = { status: 503 };
  await expect(connector.read('1')).rejects.toMatchObject({ code: 'unreachable' });
  answers['/users/5.json'] = { status: 403 };
  const hidden = { id: '5', login: null, email: null, name: 'Alice' };
  expect((await connector.read('1')).assignee).toEqual(hidden);
  await connector.close();
});

it('looks for members page by page, and passes over groups', async () => {
  const members = {
    0: [{ group: { id: 9 } }, { user: { id: 5, name: 'Alice' } }],
    100: [{ user: { id: 6, name: 'Bob' } }],
  };
  const asked: string[] = [];
  server = await listen(({ method, path, query }): Told => {
    asked.push(`${method} ${path} ${query.get('offset') ?? ''}`);
    if (path === '/users/5.json') return ok({ user: { login: 'alice', firstname: 'Alice' } });
    if (path === '/users/6.json') return ok({ user: { login: 'bob', mail: 'bob@example.org' } });
    if (path.endsWith('/memberships.json')) {
      return ok({ memberships: members[Number(query.get('offset')) as keyof typeof members], total_count: 101 });
    }
    return method === 'PUT' ? { status: 204 } : ok({ issue: { ...ISSUE, assigned_to: { id: 6, name: 'Bob' } } });
  });
  const options = {
    key: 'k'.repeat(16),
    project: 'incidents',
    incidentField: 7,
    markup: 'textile',
    clock: Date.now,
  } as const;
  const connector = redmineConnector({ url: server.url, ...options });
  expect((await connector.update('1', { assignee: 'BOB@example.org' })).assignee).toMatchObject({
    id: '6',
    login: 'bob',
  });
  await expect(connector.update('1', { assignee: 'carol' })).rejects.toMatchObject({ code: 'refused' });
  expect(asked.filter((it) => it.startsWith('GET /users/'))).toHaveLength(2);
  await connector.close();
});

it('says which fields an issue kept', async () => {
  const { connector } = await start({
    '/issue_statuses.json': ok({
      issue_statuses: [
        { id: 1, name: 'New' },
        { id: 5, name: 'Closed' },
      ],
    }),
    'PUT /issues/1.json': { status: 204 },
    'GET /issues/1.json': ok({ issue: ISSUE }),
  });
  await expect(connector.update('1', { status: 'closed', title: 'Another' })).rejects.toThrow(
    'issue 1 kept its status:',
  );
  await connector.close();
});

it('tells of statuses that have no name any more by number', async () => {
  const details = [
    { property: 'attr', name: 'status_id', old_value: '3', new_value: '4' },
    { property: 'attr', name: 'priority_id', old_value: '1', new_value: '2' },
    { property: 'cf', name: 'status_id', old_value: '1', new_value: '2' },
  ];
  const journal = { id: 9, user: { id: 5, name: 'Alice' }, notes: '', created_on: '2026-11-22T12:00:00Z', details };
  const { connector, asked } = await start({
    '/users/current.json': ok({ user: { id: 4 } }),
    '/users/5.json': ok({ user: { login: 'alice' } }),
    '/issue_statuses.json': ok({ issue_statuses: [{ id: 3, name: 'Open' }] }),
    '/issues.json': ok({ issues: [{ id: 1 }] }),
    '/issues/1.json': ok({ issue: { ...ISSUE, journals: [journal] } }),
  });
  const pages = [];
  for await (const page of connector.changedSince(null)) pages.push(page);
  const changes = [{ id: '9.status', kind: 'status', from: 'Open', to: '4', own: false }];
  expect(pages.flatMap(({ news }) => news)).toMatchObject([{ ticket: { id: '1' }, changes }]);
  expect(asked.filter(({ path }) => path === '/issue_statuses.json')).toHaveLength(2);
  await connector.close();
});

it('tells of an issue that appears late, updated before others that were told, and then forgets what is old', async () => {
  const start = Date.UTC(2026, 10, 22, 12);
  let now = start;
  const updated = new Map<number, number>();
  const iso = (at: number) => new Date(at).toISOString().replace('.000', '');
  const issue = (id: number) => ({
    ...ISSUE,
    id,
    updated_on: iso(updated.get(id) ?? 0),
    journals: [{ id: id * 10, user: { id: 5 }, notes: `on ${id}`, created_on: iso(updated.get(id) ?? 0), details: [] }],
  });
  server = await listen(({ path, query }): Told => {
    const headers = { date: new Date(now).toUTCString() };
    if (path === '/users/current.json') return { status: 200, headers, body: { user: { id: 4 } } };
    if (path === '/users/5.json') return ok({ user: { login: 'alice' } });
    if (path !== '/issues.json') return ok({ issue: issue(Number(/\d+/.exec(path)?.[0])) });
    const since = Date.parse(query.get('updated_on')?.slice(2) ?? '');
    const from = Number(query.get('issue_id')?.slice(2));
    const issues = [...updated].filter(([id, at]) => at >= since && id >= from).map(([id]) => ({ id }));
    return { status: 200, headers, body: { issues } };
  });
  const options = {
    key: 'k'.repeat(16),
    project: 'incidents',
    incidentField: 7,
    markup: 'textile',
    clock: () => now,
  } as const;
  const connector = redmineConnector({ url: server.url, ...options });
  updated.set(1, start - 1000);
  let bookmark = await connector.bookmark();
  const hear = async () => {
    const told: string[] = [];
    for await (const page of connector.changedSince(bookmark)) {
      told.push(...page.news.flatMap(({ changes }) => changes.map(({ id }) => id)));
      bookmark = page.bookmark;
    }
    return told;
  };
  expect(await hear()).toEqual([]);
  updated.set(3, start);
  now += 10_000;
  expect(await hear()).toEqual(['30']);
  updated.set(2, start - 30_000);
  expect(await hear()).toEqual(['20']);
  expect(await hear()).toEqual([]);
  now += 600_000;
  expect(await hear()).toEqual([]);
  expect(JSON.parse(bookmark)).toEqual({ since: now - 60_000, told: {}, scan: null });
  await connector.close();
});

it('stops listening to a Redmine whose list of issues does not get on', async () => {
  const { connector, asked } = await start({
    '/users/current.json': ok({ user: { id: 3 } }),
    '/issues.json': ok({ issues: Array.from({ length: 100 }, () => ({ id: 1 })) }),
    '/issues/1.json': ok({ issue: ISSUE }),
  });
  const listening = Array.fromAsync(connector.changedSince(null));
  await expect(listening).rejects.toMatchObject({
    code: 'bad-answer',
    message: expect.stringContaining('does not get on'),
  });
  expect(asked.filter(({ path }) => path === '/issues.json')).toHaveLength(2);
  await connector.close();
});
