import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { TicketDraft } from '../../../src/tickets/connector.ts';
import { type HttpConnectorOptions, httpConnector } from '../../../src/tickets/connectors/http.ts';
import { HOSTILE } from '../hostile.ts';
import { type JiraServer, startJira } from '../servers/jira.ts';
import { listen } from '../servers/loopback.ts';

const EXAMPLE = parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'tickets', 'jira.yaml'), 'utf8'),
);
const DRAFT: TicketDraft = {
  incidentId: 'https://x.example:443/ctia/incident/incident-1',
  title: 'SQL injection',
  priority: null,
  description: [{ kind: 'paragraph', spans: 'Seen' }],
  attachments: [],
  fields: {},
};
let jira: JiraServer;

beforeAll(async () => {
  jira = await startJira();
});
afterAll(() => jira.stop());

const open = (given: Partial<HttpConnectorOptions> = {}) =>
  httpConnector({ ...EXAMPLE, ...jira.auth, url: jira.url, clock: Date.now, ...given });

it('writes hostile text where it is no markup, and links to the page of a ticket', async () => {
  const connector = open();
  const description = HOSTILE.map((text) => ({ kind: 'paragraph', spans: text }) as const);
  const { id, url } = await connector.create({ ...DRAFT, description });
  expect(url).toBe(`${jira.url}/browse/${id}`);
  expect(jira.descriptionOf(id)).toContain('<script>alert("evil")</script>');
  await connector.close();
});

it.each([
  ['an unknown name in a request', { create: { ...EXAMPLE.create, path: '/{{ttile}}' } }, /\{\{ttile\}\}/],
  ['a name that has no value there', { read: { ...EXAMPLE.read, path: '/{{title}}' } }, /\{\{title\}\}/],
  ['a secret in a request', { find: { ...EXAMPLE.find, path: '/{{secret}}' } }, /\{\{secret\}\}/],
  ['an unknown name in a header', { headers: { authorization: 'Bearer {{token}}' } }, /\{\{token\}\}/],
  ['an unknown name in the page', { page: '/{{key}}' }, /\{\{key\}\}/],
  ['an unknown name in a change', { update: { title: { method: 'PUT', path: '/{{title}}' } } }, /\{\{title\}\}/],
  ['a comment without its key', { comment: { method: 'POST', path: '/{{id}}' } }, /\{\{key\}\}/],
] as [string, Partial<HttpConnectorOptions>, RegExp][])('refuses %s', (_, given, message) => {
  expect(() => open(given)).toThrow(
    expect.objectContaining({ code: 'bad-options', message: expect.stringMatching(message) }),
  );
});

it('takes custom fields by name, and leaves out those that a draft has not', async () => {
  const body = { fields: { ...EXAMPLE.create.body.fields, customfield_10050: '{{fields.incident}}' } };
  const connector = open({ create: { ...EXAMPLE.create, body } });
  const fields = { incident: DRAFT.incidentId };
  await expect(connector.create({ ...DRAFT, fields })).resolves.toMatchObject({ incidentId: DRAFT.incidentId });
  await connector.close();
});

it('makes no second ticket when the first one did not keep its mark', async () => {
  const { customfield_10050: _, ...fields } = EXAMPLE.create.body.fields;
  const connector = open({ create: { ...EXAMPLE.create, body: { fields } } });
  const first = await connector.create(DRAFT).catch((error: Error) => error);
  expect(first).toMatchObject({ code: 'refused', message: expect.stringContaining('/fields/customfield_10050') });
  await expect(connector.create(DRAFT)).rejects.toBe(first);
  await connector.close();
});

it('lets no other text than an id into a query', async () => {
  const connector = open();
  for (const incidentId of ['x" OR project = OTHER', 'a^b', '', 'x'.repeat(300)]) {
    await expect(connector.findByIncident(incidentId)).rejects.toMatchObject({ code: 'refused', phase: 'unsent' });
    await expect(connector.create({ ...DRAFT, incidentId })).rejects.toMatchObject({
      code: 'refused',
      phase: 'unsent',
    });
  }
  await connector.close();
});

it('knows no versions', async () => {
  const connector = open();
  await expect(connector.update('SEC-1', {}, 'any')).rejects.toMatchObject({ code: 'unsupported' });
  await connector.close();
});

it.each([
  ['no id', { fields: { status: { name: 'Open' }, updated: '2026-11-22' } }, /no ticket id/],
  ['no status', { key: 'SEC-1', fields: { updated: '2026-11-22' } }, /no status/],
  ['no time', { key: 'SEC-1', fields: { status: { name: 'Open' }, updated: 'noon\u001b' } }, /"noon\\x1b"/],
])('an answer with %s is a bad one', async (_, body, message) => {
  const server = await listen(() => ({ status: 200, body }));
  const connector = open({ url: server.url });
  await expect(connector.read('SEC-1')).rejects.toMatchObject({
    code: 'bad-answer',
    message: expect.stringMatching(message),
  });
  await expect(connector.findByIncident(DRAFT.incidentId)).rejects.toMatchObject({ code: 'bad-answer' });
  await connector.close();
  await server.stop();
});

it.each([
  ['2026-11-22T12:00:00.000+0200', undefined, Date.UTC(2026, 10, 22, 10)],
  ['2026-11-22 12:00:00', undefined, Date.UTC(2026, 10, 22, 12)],
  ['2026-11-22 12:00:00', '-05:00', Date.UTC(2026, 10, 22, 17)],
])('the time %s with the offset %s is understood', async (updated, offset, expected) => {
  const server = await listen(() => ({
    status: 200,
    body: { key: 'SEC-1', fields: { status: { name: 'Open' }, updated } },
  }));
  const connector = open({ url: server.url, offset });
  expect((await connector.read('SEC-1')).updatedAt).toBe(expected);
  await connector.close();
  await server.stop();
});
