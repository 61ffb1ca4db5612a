import { createHmac } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { jsonlConnector } from '../../../src/tickets/connectors/jsonl.ts';
import { webhookConnector } from '../../../src/tickets/connectors/webhook.ts';
import { listen } from '../servers/loopback.ts';
import { CLOSED, type World, type WorldRow } from '../worlds.ts';

const WORDS = {
  statuses: { fresh: 'New', other: 'Open', closed: 'Closed' },
  priorities: ['High', 'Low'],
  assignee: { given: 'alice@example.org', id: 'alice@example.org' },
  side: null,
} as const;

export const jsonlWorld: WorldRow = {
  connector: 'jsonl',
  title: 'JSON Lines',
  kind: 'one-way',
  missing: () => null,
  async start(): Promise<World> {
    const output = new PassThrough();
    output.resume();
    const open = () => jsonlConnector({ output, source: 'tests', clock: Date.now });
    return { ...WORDS, secret: null, open, stop: async () => {} };
  },
};

export const webhookWorld: WorldRow = {
  connector: 'webhook',
  title: 'Webhook',
  kind: 'one-way',
  missing: () => null,
  async start(): Promise<World> {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const server = await listen(({ headers, text }) => {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
      const right = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
        .update(signed)
        .digest('base64');
      return { status: headers['webhook-signature'] === `v1,${right}` ? 204 : 401 };
    });
    return {
      ...WORDS,
      secret,
      open: (how) =>
        webhookConnector({
          url: how === 'at-a-closed-port' ? CLOSED : server.url,
          secret: how === 'with-another-secret' ? `${secret.slice(0, -4)}beef` : secret,
          source: 'tests',
          deadLetters: null,
          attempts: 1,
          clock: Date.now,
          random: () => 0,
          sleep: async () => {},
        }),
      stop: server.stop,
    };
  },
};
