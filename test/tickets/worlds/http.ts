import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parse } from 'yaml';
import { openConnector, ticketSettings } from '../../../src/tickets/options.ts';
import { startJira } from '../servers/jira.ts';
import { startServiceNow } from '../servers/servicenow.ts';
import { CLOSED, type World, type WorldRow } from '../worlds.ts';

interface HttpSystem {
  readonly title: string;
  /** The example among the documentation. */
  readonly example: string;
  start(): Promise<{ url: string; auth: { user: string; secret: string }; stop(): Promise<void> }>;
  readonly words: Pick<World, 'statuses' | 'priorities' | 'assignee'>;
}

function httpWorld({ title, example, start, words }: HttpSystem): WorldRow {
  return {
    connector: 'http',
    kind: 'asked',
    title,
    missing: () => null,
    async start(): Promise<World> {
      const { url, auth, stop } = await start();
      const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'tickets', example);
      const settings = ticketSettings.parse(parse(readFileSync(file, 'utf8')));
      if (settings.kind !== 'http') throw new Error(`${example} describes another connector`);
      return {
        ...words,
        secret: auth.secret,
        open: (how) =>
          openConnector(
            { ...settings, ...auth, url: how === 'at-a-closed-port' ? CLOSED : url },
            {
              secret: how === 'with-another-secret' ? `${auth.secret.slice(0, -4)}beef` : auth.secret,
              output: new PassThrough(),
              clock: Date.now,
              random: () => 0,
              sleep: async () => {},
            },
          ),
        side: null,
        stop,
      };
    },
  };
}

export const jiraWorld = httpWorld({
  title: 'Jira Cloud by docs/tickets/jira.yaml',
  example: 'jira.yaml',
  start: startJira,
  words: {
    statuses: { fresh: 'To Do', other: 'In Progress', closed: 'Done' },
    priorities: ['High', 'Low'],
    assignee: { given: '5b10a2844c20165700ede21g', id: '5b10a2844c20165700ede21g' },
  },
});

export const serviceNowWorld = httpWorld({
  title: 'ServiceNow by docs/tickets/servicenow.yaml',
  example: 'servicenow.yaml',
  start: startServiceNow,
  words: {
    statuses: { fresh: '1', other: '2', closed: '7' },
    priorities: ['1', '3'],
    assignee: { given: '62826bf03710200044e0bfc8bcbe5df1', id: '62826bf03710200044e0bfc8bcbe5df1' },
  },
});
