import { rtConnector } from '../../../src/tickets/connectors/rt.ts';
import { missingRt, startRt } from '../servers/rt.ts';
import { ask, CLOSED, type World, type WorldRow } from '../worlds.ts';

const rtSettings = (url: string) => ({ kind: 'rt', url, queue: 'Incidents', incident_field: 'Incident' }) as const;

export const rtWorld: WorldRow = {
  connector: 'rt',
  title: 'Request Tracker 5',
  kind: 'two-way',
  missing: missingRt,
  async start(): Promise<World> {
    const server = await startRt();
    const { sightline = '', alice = '' } = server.tokens;
    const api = `${server.url}/REST/2.0`;
    const headers = { authorization: `token ${alice}` };
    return {
      statuses: { fresh: 'new', other: 'open', closed: 'resolved' },
      priorities: ['80', '20'],
      assignee: { given: 'Alice@example.org', id: 'alice' },
      secret: sightline,
      open: (how) =>
        rtConnector({
          url: how === 'at-a-closed-port' ? CLOSED : server.url,
          token: how === 'with-another-secret' ? `${sightline.slice(0, -4)}beef` : sightline,
          queue: 'Incidents',
          incidentField: 'Incident',
          clock: Date.now,
        }),
      side: {
        settings: rtSettings(server.url),
        analyst: {
          id: 'alice',
          async update(id, { status, assignee }) {
            await ask(`${api}/ticket/${id}`, headers, 'PUT', {
              ...(status === undefined ? {} : { Status: status }),
              ...(assignee === undefined ? {} : { Owner: assignee ?? 'Nobody' }),
            });
          },
          async comment(id, text) {
            const Content = `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`;
            await ask(`${api}/ticket/${id}/comment`, headers, 'POST', { ContentType: 'text/html', Content });
          },
          async create(title) {
            const made = (await ask(`${api}/ticket`, headers, 'POST', { Queue: 'Incidents', Subject: title })) as {
              id: string;
            };
            return made.id;
          },
        },
        async pageOf(id) {
          const login = await fetch(`${server.url}/NoAuth/Login.html`, {
            method: 'POST',
            redirect: 'manual',
            body: new URLSearchParams({ user: 'alice', pass: 'alice-password' }),
          });
          const cookie = login.headers
            .getSetCookie()
            .map((it) => it.split(';', 1)[0])
            .join('; ');
          return (await fetch(`${server.url}/Ticket/History.html?id=${id}`, { headers: { cookie } })).text();
        },
        async filesOf(id) {
          const list = (await ask(`${api}/ticket/${id}/attachments?fields=Filename&per_page=100`, headers)) as {
            items: { id: string; Filename: string }[];
          };
          const named = list.items.filter(({ Filename }) => Filename !== '');
          const files = named.map(async ({ id: file, Filename }) => {
            const { Content } = (await ask(`${api}/attachment/${file}`, headers)) as { Content: string };
            return [Filename, Buffer.from(Content, 'base64').toString('utf8')] as const;
          });
          return Object.fromEntries(await Promise.all(files));
        },
        async marks() {
          const query = encodeURIComponent("Queue = 'Incidents' AND CF.{Incident} IS NOT NULL");
          const marks: { id: string; incidentId: string }[] = [];
          for (let page = 1; ; page++) {
            const { items, pages } = (await ask(
              `${api}/tickets?query=${query}&fields=CustomFields&orderby=id&per_page=100&page=${page}`,
              headers,
            )) as { items: { id: string; CustomFields: { name: string; values: string[] }[] }[]; pages: number };
            for (const { id, CustomFields: fields } of items) {
              const [incidentId = ''] = fields.find(({ name }) => name === 'Incident')?.values ?? [];
              marks.push({ id: String(id), incidentId });
            }
            if (page >= pages) return marks;
          }
        },
        async commentsOn(id) {
          const list = (await ask(`${api}/ticket/${id}/attachments?fields=ContentType&per_page=100`, headers)) as {
            items: { id: string; ContentType: string }[];
          };
          const texts = list.items.filter(({ ContentType: type }) => type.startsWith('text/html'));
          return Promise.all(
            texts.map(async ({ id: part }) => {
              const { Content } = (await ask(`${api}/attachment/${part}`, headers)) as { Content: string };
              return Buffer.from(Content, 'base64').toString('utf8');
            }),
          );
        },
        goDown: server.goDown,
        comeUp: server.comeUp,
      },
      stop: server.stop,
    };
  },
};
