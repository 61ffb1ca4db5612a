import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { CONNECTORS } from '../../src/tickets/connectors.ts';
import { type ConnectorMeans, openConnector, ticketSettings } from '../../src/tickets/options.ts';

const means: ConnectorMeans = {
  secret: '1-28-0123456789abcdef',
  output: new PassThrough(),
  clock: () => 0,
  random: () => 0,
  sleep: async () => {},
};
const request = { method: 'GET', path: '/{{id}}' };
const pointers = {
  id: '/id',
  title: '/title',
  status: '/status',
  priority: '/priority',
  incident: '/mark',
  updated: '/at',
};
const url = 'https://tickets.example.org';
const SETTINGS = [
  { kind: 'rt', url, queue: 'Incidents' },
  { kind: 'redmine', url, project: 'incidents', incident_field: 7 },
  {
    kind: 'http',
    url,
    headers: { authorization: 'Bearer {{secret}}' },
    ticket: { ...pointers, assignee: { id: '/owner' } },
    create: { method: 'POST', path: '/tickets', id: '/id', body: { title: '{{title}}' } },
    find: { method: 'GET', path: '/tickets?mark={{incidentId}}', list: '' },
    read: { ...request, record: '' },
    update: { title: { ...request, body: { title: '{{value}}' } } },
    comment: { ...request, body: { text: '{{comment.plain}} {{key}}' } },
    comments: request,
  },
  { kind: 'webhook', url },
  { kind: 'jsonl' },
];

it.each(SETTINGS)('settings of kind $kind open the connector of that name', async (settings) => {
  const connector = openConnector(ticketSettings.parse(settings), means);
  expect(connector.name).toBe(settings.kind);
  await connector.close();
});

it('there are settings for every connector', () => {
  expect(SETTINGS.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(CONNECTORS).toSorted());
});

it.each([
  ['an unknown kind', { kind: 'trac', url }],
  ['an unknown key', { ...SETTINGS[0], token: 'x' }],
  ['a pointer that is none', { ...SETTINGS[2], find: { method: 'GET', path: '/', list: 'issues' } }],
  ['a path without a slash', { ...SETTINGS[2], comments: { method: 'GET', path: 'https://evil.example' } }],
])('%s is a fault', (_, settings) => {
  expect(ticketSettings.safeParse(settings).success).toBe(false);
});

it.each(['rt', 'redmine', 'http', 'webhook'])('%s needs a secret', (kind) => {
  const settings = ticketSettings.parse(SETTINGS.find((it) => it.kind === kind));
  expect(() => openConnector(settings, { ...means, secret: '' })).toThrow(
    expect.objectContaining({ code: 'bad-options' }),
  );
});
