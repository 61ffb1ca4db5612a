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
  const isOneWay = settings.kind === 'webhook' || settings.kind === 'jsonl';
  expect(connector.system).toBe(isOneWay ? settings.kind : `${settings.kind} at ${url}`);
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

it.each(['rt', 'redmine', 'http', 'webhook'])('%s needs a secret, and says where it looks for one', (kind) => {
  const settings = ticketSettings.parse(SETTINGS.find((it) => it.kind === kind));
  expect(() => openConnector(settings, { ...means, secret: '' })).toThrow(
    expect.objectContaining({
      code: 'bad-config-value',
      message: `sync.system: ${kind} needs a secret: in SIGHTLINE_TICKET_SECRET, or in a file that sync.secret_file names`,
    }),
  );
});

it.each([
  ['a URL that is none', { ...SETTINGS[0], url: 'rt.example.org' }, 'must look like https://host[:port][/path]'],
  ['the key of comments that is written nowhere', { ...SETTINGS[2], comment: request }, '"comment" must write {{key}}'],
  ['a name that is not known', { ...SETTINGS[2], page: '/{{ticket}}' }, 'page: there is no {{ticket}} here'],
  [
    'a name that is not known in a body',
    { ...SETTINGS[2], update: { title: { ...request, body: { a: ['{{titel}}'] } } } },
    'update.title.body: there is no {{titel}} here',
  ],
  [
    'a name that is not known in a path',
    { ...SETTINGS[2], find: { method: 'GET', path: '/?q={{id}}', list: '' } },
    'find.path: there is no {{id}} here',
  ],
])('%s is a fault of the configuration, and its key is named', (_, settings, message) => {
  expect(() => openConnector(ticketSettings.parse(settings), means)).toThrow(
    expect.objectContaining({
      code: 'bad-config-value',
      message: expect.stringMatching(/^sync\.system/),
    }),
  );
  expect(() => openConnector(ticketSettings.parse(settings), means)).toThrow(message);
});
