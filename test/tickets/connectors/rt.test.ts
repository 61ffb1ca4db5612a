import { afterEach, expect, it } from 'vitest';
import type { TicketDraft } from '../../../src/tickets/connector.ts';
import { rtConnector } from '../../../src/tickets/connectors/rt.ts';
import { type Asked, type Loopback, listen, type Told } from '../servers/loopback.ts';

/** What a real Request Tracker cannot be brought to say in a test; the rest is in the cases for all connectors. */
const DRAFT: TicketDraft = {
  incidentId: 'https://x.example:443/ctia/incident/incident-1',
  title: 'SQL injection',
  priority: null,
  description: [],
  attachments: [],
  fields: {},
};
const TICKET = {
  id: 1,
  Subject: 'SQL injection',
  Status: 'new',
  Priority: '0',
  Owner: { Name: 'Nobody' },
  LastUpdated: '2026-11-22T12:00:00Z',
  CustomFields: [{ name: 'Incident', values: [] }],
};
const QUEUE = { TicketCustomFields: [{ name: 'Incident' }] };
let server: Loopback | null = null;
afterEach(() => server?.stop());

/** An RT that answers by path, and what it was asked. */
async function start(answers: Readonly<Record<string, unknown>>) {
  const asked: Asked[] = [];
  server = await listen((request): Told => {
    asked.push(request);
    const body = answers[`${request.method} ${request.path}`] ?? answers[request.path];
    return body === undefined ? { status: 404 } : { status: 200, body };
  });
  const token = '1-28-0123456789abcdef';
  const options = { url: server.url, token, queue: "Inci'dents", incidentField: 'Incident', clock: Date.now };
  return { connector: rtConnector(options), asked };
}

it('wants a token that looks like one', () => {
  const options = { url: 'https://rt.example.org', token: 'password', queue: 'q', incidentField: 'f', clock: Date.now };
  expect(() => rtConnector(options)).toThrow(expect.objectContaining({ code: 'bad-options' }));
});

it('makes and looks for no ticket where the custom field is missing, and looks again next time', async () => {
  const answers: Record<string, unknown> = {
    "/REST/2.0/queue/Inci'dents": { TicketCustomFields: [] },
    '/REST/2.0/user/28': { Name: 'sightline' },
    '/REST/2.0/tickets': { items: [] },
  };
  const { connector, asked } = await start(answers);
  await expect(connector.create(DRAFT)).rejects.toMatchObject({ code: 'refused', phase: 'unsent' });
  expect(asked.map(({ method }) => method)).toEqual(['GET']);
  answers["/REST/2.0/queue/Inci'dents"] = QUEUE;
  expect(await connector.findByIncident("x' OR id > 0 OR 'a\\")).toEqual([]);
  expect(asked.at(-1)?.query.get('query')).toBe(
    "Queue = 'Inci\\'dents' AND 'CF.{Incident}' = 'x\\' OR id > 0 OR \\'a\\\\'",
  );
  await connector.close();
});

it('makes no second ticket when the first one did not keep its mark', async () => {
  const { connector, asked } = await start({
    "/REST/2.0/queue/Inci'dents": QUEUE,
    '/REST/2.0/user/28': { Name: 'sightline' },
    'POST /REST/2.0/ticket': { id: '1' },
    '/REST/2.0/ticket/1': TICKET,
  });
  await expect(connector.create(DRAFT)).rejects.toMatchObject({ code: 'refused', phase: 'answered' });
  await expect(connector.create(DRAFT)).rejects.toMatchObject({ code: 'refused' });
  expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
  await connector.close();
});

it('finds nobody of an address that RT does not know, and says what RT said', async () => {
  const { connector } = await start({
    '/REST/2.0/users': { items: [] },
    'PUT /REST/2.0/ticket/1': ['Ticket 1: That user\u001b does not exist'],
    'GET /REST/2.0/ticket/1': TICKET,
  });
  await expect(connector.update('1', { assignee: 'x@example.org' })).rejects.toThrow(
    'ticket 1 kept its assignee: Ticket 1: That user\\x1b does not exist',
  );
  await connector.close();
});

it.each([
  ['a message of text', { ContentType: 'text/plain', Filename: '' }, ' two\nlines ', 'two\nlines'],
  ['a message of HTML', { ContentType: 'text/html', Filename: null }, '<p>two<br>lines</p>', 'two\nlines'],
  ['nothing but a file', { ContentType: 'text/plain', Filename: 'a.txt' }, 'not this', ''],
])('reads %s', async (_, part, content, expected) => {
  const creator = { Name: 'alice', EmailAddress: 'alice@example.org' };
  const transaction = { id: '5', Type: 'Correspond', Creator: creator, Created: '2026-11-22T12:00:00Z', ObjectId: '1' };
  const marked = { ...TICKET, CustomFields: [{ name: 'Incident', values: ['mark'] }] };
  const transactions = [{ items: [transaction] }, { items: [] }];
  const { connector } = await start({
    "/REST/2.0/queue/Inci'dents": QUEUE,
    '/REST/2.0/user/28': { Name: 'sightline' },
    get '/REST/2.0/transactions'() {
      return transactions.shift();
    },
    '/REST/2.0/tickets': { items: [marked] },
    '/REST/2.0/transaction/5/attachments': {
      items: [
        { id: '6', ContentType: 'multipart/mixed' },
        { id: '7', ...part },
      ],
    },
    '/REST/2.0/attachment/7': { Content: Buffer.from(content).toString('base64') },
  });
  const pages = [];
  for await (const page of connector.changedSince(null)) pages.push(page);
  expect(pages).toMatchObject([{ news: [{ changes: [{ kind: 'comment', text: expected, own: false }] }] }]);
  await connector.close();
});

it('tells of a transaction that appears late, below others that were told, and then forgets what is old', async () => {
  const start = Date.UTC(2026, 10, 22, 12);
  let now = start;
  const made: { id: number; at: number }[] = [];
  const iso = (at: number) => new Date(at).toISOString().replace('.000', '');
  server = await listen(({ path, query }): Told => {
    const headers = { date: new Date(now).toUTCString() };
    if (path.startsWith('/REST/2.0/queue/')) return { status: 200, body: QUEUE };
    if (path === '/REST/2.0/user/28') return { status: 200, body: { Name: 'sightline' } };
    if (path === '/REST/2.0/tickets') {
      return { status: 200, body: { items: [{ ...TICKET, CustomFields: [{ name: 'Incident', values: ['mark'] }] }] } };
    }
    const after = Number(/^id > (\d+) /.exec(query.get('query') ?? '')?.[1]);
    const items = made
      .filter(({ id }) => id > after)
      .toSorted((a, b) => a.id - b.id)
      .map(({ id, at }) => ({
        id: String(id),
        Type: 'Status',
        OldValue: 'new',
        NewValue: `s${id}`,
        Creator: { Name: 'alice' },
        Created: iso(at),
        ObjectId: '1',
      }));
    return { status: 200, headers, body: { items } };
  });
  const options = {
    url: server.url,
    token: '1-28-0123456789abcdef',
    queue: 'q',
    incidentField: 'Incident',
    clock: () => now,
  };
  const connector = rtConnector(options);
  let bookmark: string | null = null;
  const hear = async () => {
    const told: string[] = [];
    for await (const page of connector.changedSince(bookmark)) {
      told.push(...page.news.flatMap(({ changes }) => changes.map(({ id }) => id)));
      bookmark = page.bookmark;
    }
    return told;
  };
  made.push({ id: 5, at: start }, { id: 7, at: start });
  expect(await hear()).toEqual(['5', '7']);
  made.push({ id: 6, at: start });
  now += 30_000;
  expect(await hear()).toEqual(['6']);
  expect(await hear()).toEqual([]);
  now += 600_000;
  made.push({ id: 8, at: now });
  expect(await hear()).toEqual(['8']);
  expect(JSON.parse(bookmark ?? '')).toEqual({ after: 7, seen: [[8, now]] });
  await connector.close();
});

it('stops listening to an RT whose list of transactions does not get on', async () => {
  const transaction = {
    id: 5,
    Type: 'Status',
    OldValue: 'new',
    NewValue: 'open',
    Creator: { Name: 'bob' },
    Created: '2026-11-22T12:00:00Z',
    ObjectId: 1,
  };
  const { connector, asked } = await start({
    "/REST/2.0/queue/Inci'dents": QUEUE,
    '/REST/2.0/user/28': { Name: 'sightline' },
    '/REST/2.0/tickets': { items: [TICKET] },
    '/REST/2.0/transactions': { items: [transaction] },
  });
  const listening = Array.fromAsync(connector.changedSince(null));
  await expect(listening).rejects.toMatchObject({
    code: 'bad-answer',
    message: expect.stringContaining('does not get on'),
  });
  expect(asked.filter(({ path }) => path.endsWith('/transactions'))).toHaveLength(2);
  await connector.close();
});
