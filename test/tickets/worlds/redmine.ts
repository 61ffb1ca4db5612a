import { redmineConnector } from '../../../src/tickets/connectors/redmine.ts';
import { missingRedmine, startRedmine } from '../servers/redmine.ts';
import { ask, CLOSED, type World, type WorldRow } from '../worlds.ts';

function redmineWorld(title: string, formatting: 'textile' | 'common_mark', markup: 'textile' | 'markdown'): WorldRow {
  return {
    connector: 'redmine',
    title,
    kind: 'two-way',
    missing: missingRedmine,
    async start(): Promise<World> {
      const server = await startRedmine(formatting);
      const { sightline = '', alice = '' } = server.keys;
      const headers = { 'x-redmine-api-key': alice };
      const issue = (id: string) => `${server.url}/issues/${id}.json`;
      const settings = {
        kind: 'redmine',
        url: server.url,
        project: 'incidents',
        tracker: 'Support',
        incident_field: server.incidentField,
        markup,
      } as const;
      const { users } = { users: { alice: '6', bob: '7' } as Readonly<Record<string, string>> };
      const statuses: Readonly<Record<string, number>> = { New: 1, 'In Progress': 2, Closed: 5 };
      return {
        statuses: { fresh: 'New', other: 'In Progress', closed: 'Closed' },
        priorities: ['Urgent', 'Low'],
        assignee: { given: 'Alice@example.org', id: users.alice ?? '' },
        secret: sightline,
        open: (how) =>
          redmineConnector({
            url: how === 'at-a-closed-port' ? CLOSED : server.url,
            key: how === 'with-another-secret' ? `${sightline.slice(0, -4)}beef` : sightline,
            project: 'incidents',
            tracker: 'Support',
            incidentField: server.incidentField,
            markup,
            clock: Date.now,
          }),
        side: {
          settings,
          analyst: {
            id: users.alice ?? '',
            async update(id, { status, assignee }) {
              await ask(issue(id), headers, 'PUT', {
                issue: {
                  ...(status === undefined ? {} : { status_id: statuses[status] }),
                  ...(assignee === undefined
                    ? {}
                    : { assigned_to_id: assignee === null ? '' : (users[assignee] ?? assignee) }),
                },
              });
            },
            async comment(id, text) {
              const put = () => ask(issue(id), headers, 'PUT', { issue: { notes: text } });
              // On a busy machine Redmine's SQLite is locked now and then, and nothing is written.
              await put().catch(put);
            },
            async create(subject) {
              const made = await ask(`${server.url}/issues.json`, headers, 'POST', {
                issue: { project_id: 'incidents', subject },
              });
              return String((made as { issue: { id: number } }).issue.id);
            },
          },
          async pageOf(id) {
            const page = await (await logIn(server.url))(`/issues/${id}`);
            return page.replace(/<textarea[^>]*>[^<]*<\/textarea>/g, ''); // The form holds the source once more.
          },
          async filesOf(id) {
            const { issue: found } = (await ask(`${issue(id)}?include=attachments`, headers)) as {
              issue: { attachments: { filename: string; content_url: string }[] };
            };
            const files = found.attachments.map(async ({ filename, content_url: url }) => {
              const { pathname } = new URL(url);
              return [filename, await (await fetch(server.url + pathname, { headers })).text()] as const;
            });
            return Object.fromEntries(await Promise.all(files));
          },
          async marks() {
            const marks: { id: string; incidentId: string }[] = [];
            for (;;) {
              const path = `/issues.json?project_id=incidents&status_id=*&sort=id&limit=100&offset=${marks.length}`;
              const { issues } = (await ask(server.url + path, headers)) as {
                issues: { id: number; custom_fields: { id: number; value: string }[] }[];
              };
              if (issues.length === 0) return marks.filter(({ incidentId }) => incidentId !== '');
              for (const { id, custom_fields: fields } of issues) {
                const mark = fields.find((field) => field.id === server.incidentField);
                marks.push({ id: String(id), incidentId: mark?.value ?? '' });
              }
            }
          },
          async commentsOn(id) {
            const { issue: found } = (await ask(`${issue(id)}?include=journals`, headers)) as {
              issue: { description: string; journals: { notes: string }[] };
            };
            return [found.description, ...found.journals.map(({ notes }) => notes)];
          },
          goDown: server.goDown,
          comeUp: server.comeUp,
        },
        stop: server.stop,
      };
    },
  };
}

/** Pages want a session, which an API key does not give. */
async function logIn(url: string): Promise<(path: string) => Promise<string>> {
  const cookieOf = (answer: Response) =>
    answer.headers
      .getSetCookie()
      .map((it) => it.split(';', 1)[0])
      .join('; ');
  const form = await fetch(`${url}/login`);
  const token = /name="authenticity_token" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
  const login = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookieOf(form) },
    body: new URLSearchParams({ authenticity_token: token, username: 'alice', password: 'alice-password' }),
  });
  return async (path) => (await fetch(url + path, { headers: { cookie: cookieOf(login) } })).text();
}

export const textileWorld = redmineWorld('Redmine with Textile', 'textile', 'textile');
export const commonMarkWorld = redmineWorld('Redmine with CommonMark', 'common_mark', 'markdown');
