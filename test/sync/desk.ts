import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  type Connector,
  MARKUPS,
  type NewsPage,
  type Person,
  type Ticket,
  type TicketChange,
  TicketError,
} from '../../src/tickets/tickets.ts';

/** A small ticket system over HTTP, with everything that a connector may be capable of. */

const OWN = 'sightline';
const PAGE = 20;

export interface DeskComment {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly key: string | null;
}

export interface DeskTicket {
  readonly id: string;
  readonly incidentId: string | null;
  title: string;
  status: string;
  priority: string | null;
  assignee: string | null;
  description: string;
  files: string[];
  version: number;
  updatedAt: number;
  readonly comments: DeskComment[];
}

/** What becomes of a request: nothing odd, an answer of this status, or a connection cut before or after it is dealt with. */
export type Mishap = number | 'cut-before' | 'cut-after' | null;

export interface Desk {
  readonly url: string;
  readonly tickets: DeskTicket[];
  /** Method and path of each request. */
  readonly requests: string[];
  /** Asked before each request. */
  onRequest: (request: string) => Mishap | Promise<Mishap>;
  /** Somebody at work in the ticket system. */
  change(id: string, changes: { status?: string; assignee?: string | null }, author?: string): void;
  comment(id: string, text: string, author?: string): void;
  stop(): Promise<void>;
}

interface Change {
  readonly seq: number;
  readonly ticketId: string;
  readonly kind: 'status' | 'assignee' | 'comment' | 'created';
  readonly author: string;
  readonly at: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly key: string | null;
}

export async function openDesk(clock: () => number = Date.now, port = 0): Promise<Desk> {
  const tickets: DeskTicket[] = [];
  const log: Change[] = [];
  const requests: string[] = [];
  const find = (id: string): DeskTicket | undefined => tickets.find((ticket) => ticket.id === id);

  function note(ticket: DeskTicket, change: Pick<Change, 'kind' | 'author' | 'from' | 'to' | 'key'>): void {
    ticket.version++;
    ticket.updatedAt = clock();
    log.push({ ...change, seq: log.length + 1, ticketId: ticket.id, at: clock() });
  }

  function change(id: string, changes: Record<string, unknown>, author: string): DeskTicket {
    const ticket = find(id);
    if (ticket === undefined) throw new Error(`no ticket ${id}`);
    for (const field of ['status', 'assignee'] as const) {
      const to = changes[field] as string | null | undefined;
      if (to === undefined || to === ticket[field]) continue;
      const from = ticket[field];
      ticket[field] = to as string;
      note(ticket, { kind: field, author, from, to, key: null });
    }
    for (const field of ['title', 'priority', 'description'] as const) {
      if (typeof changes[field] === 'string') ticket[field] = changes[field];
    }
    return ticket;
  }

  function comment(id: string, author: string, content: string, key: string | null): void {
    const ticket = find(id);
    if (ticket === undefined) throw new Error(`no ticket ${id}`);
    ticket.comments.push({ id: `c${log.length + 1}`, author, text: content, key });
    note(ticket, { kind: 'comment', author, from: null, to: content, key });
  }

  function answer(method: string, url: URL, body: Record<string, unknown>, version: string | undefined) {
    const [, what, id = '', more] = url.pathname.split('/');
    if (what === 'bookmark') return { status: 200, body: log.length };
    if (what === 'changes') {
      const after = Number(url.searchParams.get('after'));
      return {
        status: 200,
        body: log.slice(after, after + PAGE).map((one) => ({ ...one, ticket: find(one.ticketId) })),
      };
    }
    if (method === 'POST' && id === '') {
      const made: DeskTicket = {
        id: String(tickets.length + 1),
        incidentId: String(body.incidentId),
        title: String(body.title),
        status: 'new',
        priority: (body.priority ?? null) as string | null,
        assignee: null,
        description: String(body.description),
        files: (body.files ?? []) as string[],
        version: 0,
        updatedAt: clock(),
        comments: [],
      };
      tickets.push(made);
      note(made, { kind: 'created', author: OWN, from: null, to: null, key: null });
      return { status: 201, body: made };
    }
    if (id === '') {
      const incident = url.searchParams.get('incident');
      return { status: 200, body: tickets.filter(({ incidentId }) => incidentId === incident) };
    }
    const ticket = find(id);
    if (ticket === undefined) return { status: 404, body: {} };
    if (more === 'comments') comment(id, OWN, String(body.text), String(body.key));
    else if (method === 'PATCH') {
      if (version !== undefined && version !== String(ticket.version)) return { status: 412, body: {} };
      if (typeof body.status === 'string' && body.status.startsWith('no-such')) return { status: 422, body: {} };
      change(id, body, OWN);
    }
    return { status: 200, body: ticket };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const content = await text(request);
    const name = `${method} ${url.pathname}`;
    requests.push(name);
    const mishap = await desk.onRequest(name);
    if (mishap === 'cut-before') return void response.socket?.resetAndDestroy();
    if (typeof mishap === 'number') return void response.writeHead(mishap).end();
    const told = answer(method, url, content === '' ? {} : JSON.parse(content), headers['if-match']);
    if (mishap === 'cut-after') return void response.socket?.resetAndDestroy();
    const body = JSON.stringify(told.body, (_, value) =>
      typeof value?.updatedAt === 'number' ? { ...value, updated: new Date(value.updatedAt).toISOString() } : value,
    );
    response.writeHead(told.status, { 'content-type': 'application/json' }).end(body);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const desk: Desk = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tickets,
    requests,
    onRequest: () => null,
    change: (id, changes, author = 'alice') => void change(id, changes, author),
    comment: (id, content, author = 'alice') => comment(id, author, content, null),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return desk;
}

/** The connector of a desk. People's ids are their logins, their e-mail addresses at example.org. */
export function deskConnector(url: string, more: Partial<Connector['capabilities']> = {}): Connector {
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(url + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new TicketError('unreachable', `${method} ${path}: ${(cause as Error).message}`, {
        phase: 'unanswered',
        cause,
      });
    }
    const { status } = response;
    if (response.ok) return response.json();
    const code =
      status === 404
        ? 'not-found'
        : status === 412
          ? 'conflict'
          : status === 401
            ? 'unauthorised'
            : status < 500
              ? 'refused'
              : 'unreachable';
    throw new TicketError(code, `${method} ${path}: HTTP ${status}`, { phase: 'answered', status });
  }
  const ticketOf = ({ comments: _, files: __, description: ___, version, assignee, ...rest }: DeskTicket): Ticket => ({
    ...rest,
    url: `${url}/tickets/${rest.id}`,
    assignee: personOf(assignee),
    version: String(version),
  });
  const loginOf = (name: string | null): string | null => name?.replace('@example.org', '') ?? null;

  return {
    name: 'desk',
    system: `desk at ${url}`,
    capabilities: {
      finds: true,
      reads: true,
      tells: true,
      updates: ['status', 'assignee', 'title', 'priority', 'description'],
      attaches: true,
      ...more,
    },
    async create({ incidentId, title, priority, description, attachments }) {
      const files = attachments.map(({ body }) => body);
      const draft = { incidentId, title, priority, description: MARKUPS.plain(description), files };
      return ticketOf((await call('POST', '/tickets', draft)) as DeskTicket);
    },
    findByIncident: async (id) =>
      ((await call('GET', `/tickets?incident=${encodeURIComponent(id)}`)) as DeskTicket[]).map(ticketOf),
    read: async (id) => ticketOf((await call('GET', `/tickets/${id}`)) as DeskTicket),
    async update(id, { assignee, description, ...changes }, ifVersion) {
      const body = {
        ...changes,
        ...(assignee === undefined ? {} : { assignee: loginOf(assignee) }),
        ...(description === undefined ? {} : { description: MARKUPS.plain(description) }),
      };
      const headers = ifVersion === undefined ? {} : { 'if-match': ifVersion };
      return ticketOf((await call('PATCH', `/tickets/${id}`, body, headers)) as DeskTicket);
    },
    async comment(id, document, { key, again = false }) {
      if (again) {
        const { comments } = (await call('GET', `/tickets/${id}`)) as DeskTicket;
        if (comments.some((one) => one.key === key)) return;
      }
      await call('POST', `/tickets/${id}/comments`, { key, text: MARKUPS.plain(document) });
    },
    bookmark: async () => String(await call('GET', '/bookmark')),
    async *changedSince(bookmark): AsyncGenerator<NewsPage> {
      for (let after = Number(bookmark ?? 0); ; ) {
        const page = (await call('GET', `/changes?after=${after}`)) as (Change & { ticket: DeskTicket })[];
        const last = page.at(-1);
        if (last === undefined) return;
        after = last.seq;
        const news = page.map(({ ticket, ...change }) => ({ ticket: ticketOf(ticket), changes: changeOf(change) }));
        yield { news, bookmark: String(after) };
      }
    },
    close: async () => {},
  };
}

function changeOf({ seq, kind, author, at, from, to, key }: Omit<Change, 'ticketId'>): TicketChange[] {
  const facts = { id: String(seq), at, author: personOf(author) as Person, own: author === OWN };
  if (kind === 'status') return [{ ...facts, kind, from, to: to ?? '' }];
  if (kind === 'assignee') return [{ ...facts, kind, from: personOf(from), to: personOf(to) }];
  return kind === 'comment' ? [{ ...facts, kind, text: key === null ? (to ?? '') : '', key }] : [];
}

function personOf(login: string | null): Person | null {
  return login === null ? null : { id: login, login, email: `${login}@example.org`, name: login };
}
