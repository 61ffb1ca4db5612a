import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { TicketDraft } from '../../../src/tickets/connector.ts';
import { webhookConnector } from '../../../src/tickets/connectors/webhook.ts';
import { type Asked, type Loopback, listen, type Told } from '../servers/loopback.ts';

const KEY = Buffer.from('0123456789abcdef0123456789abcdef');
const DRAFT: TicketDraft = {
  incidentId: 'https://x.example:443/ctia/incident/incident-1',
  title: 'SQL injection',
  priority: 'High',
  description: [{ kind: 'paragraph', spans: ['Seen ', { code: '<b>' }] }],
  attachments: [{ name: 'bundle.json', type: 'application/json', body: '{}' }],
  fields: { severity: 'High' },
};
let server: Loopback | null = null;
let now = Date.UTC(2026, 10, 22, 12);
const asked: Asked[] = [];
const slept: number[] = [];

afterEach(async () => {
  await server?.stop();
  asked.length = 0;
  slept.length = 0;
});

/** A receiver that gives these answers one after another, and the connector to it. */
async function start(answers: readonly Told[], given: { deadLetters?: string; secret?: string } = {}) {
  server = await listen((request) => {
    asked.push(request);
    return answers[asked.length - 1] ?? { status: 204 };
  });
  return webhookConnector({
    url: `${server.url}/hook?tenant=1`,
    secret: given.secret ?? `whsec_${KEY.toString('base64')}`,
    source: 'https://sightline.example',
    deadLetters: given.deadLetters ?? null,
    clock: () => now,
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  });
}

it('posts a signed CloudEvent', async () => {
  const connector = await start([]);
  await connector.create(DRAFT);
  const { headers = {}, text = '', path } = asked[0] ?? {};
  expect(path).toBe('/hook');
  expect(JSON.parse(text)).toEqual({
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    source: 'https://sightline.example',
    type: 'sightline.ticket.created',
    subject: DRAFT.incidentId,
    time: new Date(now).toISOString(),
    datacontenttype: 'application/json',
    data: {
      title: 'SQL injection',
      priority: 'High',
      description: { plain: 'Seen <b>', markdown: 'Seen `<b>`' },
      fields: { severity: 'High' },
      attachments: DRAFT.attachments,
    },
  });
  expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
  expect(headers['webhook-id']).toBe(JSON.parse(text).id);
  const time = String(Math.floor(now / 1000));
  expect(headers['webhook-timestamp']).toBe(time);
  const signature = createHmac('sha256', KEY).update(`${headers['webhook-id']}.${time}.${text}`).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  await connector.close();
});

it('names the same ticket and the same comment the same each time, and each change anew', async () => {
  const connector = await start([]);
  await connector.create(DRAFT);
  await connector.create({ ...DRAFT, title: 'Another title' });
  await connector.comment(DRAFT.incidentId, [], { key: 'key-00000001' });
  await connector.comment(DRAFT.incidentId, [], { key: 'key-00000001', again: true });
  await connector.comment(DRAFT.incidentId, [], { key: 'key-00000002' });
  await connector.update(DRAFT.incidentId, { status: 'Closed' });
  now += 1000;
  await connector.update(DRAFT.incidentId, { status: 'Closed' });
  const ids = asked.map(({ headers }) => headers['webhook-id']);
  expect([ids[0] === ids[1], ids[2] === ids[3], ids[3] === ids[4], ids[5] === ids[6]]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(new Set(ids).size).toBe(5);
  await connector.close();
});

it('tries again with the same id and body, after growing pauses or what the receiver asks for', async () => {
  const connector = await start([{ status: 503 }, { status: 429, headers: { 'retry-after': '9' } }]);
  await connector.create(DRAFT);
  expect(asked).toHaveLength(3);
  expect(new Set(asked.map(({ text, headers }) => `${headers['webhook-id']} ${text}`)).size).toBe(1);
  expect(slept).toEqual([1000, 9000]);
  expect(new Set(asked.map(({ headers }) => headers['webhook-signature'])).size).toBe(3);
  await connector.close();
});

it.each([
  ['no longer knows the signature', 401, 'unauthorised'],
  ['is in conflict with itself', 409, 'conflict'],
] as const)('keeps nothing of what will be sent again: the receiver %s', async (_, status, code) => {
  const dir = await mkdtemp(join(tmpdir(), 'sightline-webhook-'));
  const deadLetters = join(dir, 'dead.jsonl');
  const connector = await start([{ status }], { deadLetters });
  await expect(connector.create(DRAFT)).rejects.toMatchObject({ code });
  expect(asked).toHaveLength(1);
  await expect(stat(deadLetters)).rejects.toMatchObject({ code: 'ENOENT' });
  await connector.close();
});

it('keeps what was refused as text that reorders and hides nothing', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sightline-webhook-'));
  const deadLetters = join(dir, 'dead.jsonl');
  const connector = await start([{ status: 422 }], { deadLetters });
  const attachments = [{ name: 'bundle.json', type: 'application/json', body: '"a\u202eb\u009bc"' }];
  await expect(connector.create({ ...DRAFT, attachments })).rejects.toMatchObject({ code: 'refused' });
  const line = await readFile(deadLetters, 'utf8');
  expect(line).not.toMatch(/[\u0080-\u009f\u202a-\u202e]/);
  expect(JSON.parse(line).event).toEqual(JSON.parse(asked[0]?.text ?? ''));
  await connector.close();
});

it.each([
  ['is down for long', [{ status: 503 }, { status: 503 }, { status: 503 }], 3, 'unreachable'],
  ['asks for more patience than it has', [{ status: 429, headers: { 'retry-after': '600' } }], 1, 'rate-limited'],
] as const)('leaves it to the sender when the receiver %s', async (_, answers, attempts, code) => {
  const dir = await mkdtemp(join(tmpdir(), 'sightline-webhook-'));
  const deadLetters = join(dir, 'dead.jsonl');
  const connector = await start(answers, { deadLetters });
  await expect(connector.create(DRAFT)).rejects.toMatchObject({ code, passes: true });
  expect(asked).toHaveLength(attempts);
  await expect(stat(deadLetters)).rejects.toMatchObject({ code: 'ENOENT' });
  await connector.close();
});

it('keeps what the receiver refused, with the reason, for its owner alone', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sightline-webhook-'));
  const deadLetters = join(dir, 'dead.jsonl');
  const connector = await start([{ status: 400, body: { message: 'no such tenant' } }, { status: 410 }], {
    deadLetters,
  });
  await expect(connector.create(DRAFT)).rejects.toMatchObject({ code: 'refused', passes: false });
  await expect(connector.update(DRAFT.incidentId, { status: 'Closed' })).rejects.toMatchObject({ code: 'not-found' });
  const lines = (await readFile(deadLetters, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { reason: expect.stringContaining('no such tenant'), event: JSON.parse(asked[0]?.text ?? '') },
    { event: { type: 'sightline.ticket.updated' } },
  ]);
  expect((await stat(deadLetters)).mode & 0o777).toBe(0o600);
  expect(slept).toEqual([]);
  await connector.close();
});

it('wants a secret worth the name', async () => {
  await expect(start([], { secret: 'too short' })).rejects.toMatchObject({ code: 'bad-options' });
  await expect(start([], { secret: 'whsec_c2hvcnQ=' })).rejects.toMatchObject({ code: 'bad-options' });
});
