import type { Connector, Person, Ticket, TicketChanges, TicketField } from '../connector.ts';
import { type HttpCall, type HttpSettings, http } from '../http.ts';
import { requireText, textOf } from '../json.ts';
import { markGuard } from '../mark-guard.ts';
import { titleOf } from '../markup/text.ts';
import { MARKUPS } from '../markup.ts';
import { valueAt } from '../pointer.ts';
import { checkNames, fillJson, fillText, type Template, type Values } from '../template.ts';
import { TicketError } from '../ticket-error.ts';

/** A request, `{{name}}` standing for values. */
export interface RequestTemplate {
  readonly method: HttpCall['method'];
  /** Path and query after the URL; values are percent-encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: Template | undefined;
  /** Other words for the values of a field, such as a transition's number for a status; nobody's is the empty one. */
  readonly map?: Readonly<Record<string, string | null>> | undefined;
}

/** Where a ticket's parts stand in its JSON: JSON Pointers (RFC 6901). */
export interface TicketPointers {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly incident: string;
  readonly updated: string;
  readonly priority: string;
  readonly assignee: {
    readonly id: string;
    readonly login?: string | undefined;
    readonly email?: string | undefined;
    readonly name?: string | undefined;
  };
}

export interface HttpConnectorOptions extends HttpSettings {
  /** For `{{secret}}` in headers; with `user`, for `{{basic}}` (RFC 7617). */
  readonly secret: string;
  readonly user?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** A ticket's page, `{{id}}` standing for its id. */
  readonly page?: string | undefined;
  readonly ticket: TicketPointers;
  /** `id`: where the new ticket's id stands in the answer. */
  readonly create: RequestTemplate & { readonly id: string };
  /** `list`: where the tickets stand in the answer. */
  readonly find: RequestTemplate & { readonly list: string };
  /** `record`: where the ticket stands in the answer; empty: the answer is the ticket. */
  readonly read: RequestTemplate & { readonly record: string };
  /** One request for each field that can be changed. */
  readonly update: { readonly [field in TicketField]?: RequestTemplate | undefined };
  readonly comment: RequestTemplate;
  /** Answers with a ticket's comments: a key is looked for in the text of it. */
  readonly comments: RequestTemplate;
  /** Time zone that times without one are in, as an offset such as `+00:00`. Default UTC. */
  readonly offset?: string | undefined;
}

const MAX_TITLE_BYTES = 160;
const FIELDS: readonly TicketField[] = ['status', 'assignee', 'title', 'priority', 'description'];
/** Ids go into query languages, so nothing that means something there may be in them. */
const INCIDENT_ID = /^[\w:/.-]{1,250}$/;
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  create: ['incidentId', 'title', 'priority', 'description.plain', 'description.markdown', 'description.html'],
  find: ['incidentId'],
  ticket: ['id'],
  comment: ['id', 'key', 'comment.plain', 'comment.markdown', 'comment.html'],
  update: ['id', 'value', 'value.plain', 'value.markdown', 'value.html'],
};

/**
 * Any ticket system that takes JSON over HTTP, described by its requests and by where things stand in its answers. It
 * can be asked what became of a ticket, but not what happened to it. Over 200 lines for the shapes of its options.
 */
export function httpConnector(options: HttpConnectorOptions): Connector {
  const { ticket: at, secret, user, update: updates } = options;
  checkTemplates(options);
  const basic = Buffer.from(`${user ?? ''}:${secret}`).toString('base64');
  const headers = Object.fromEntries(
    Object.entries(options.headers).map(([name, text]) => [name, fillText(text, { secret, basic }, (it) => it)]),
  );
  const web = http({ ...options, headers, secrets: [secret, basic] });
  const guard = markGuard(`check that "create" sets what "${at.incident}" reads`);

  async function run({ method, path, body }: RequestTemplate, values: Values) {
    const filled = body === undefined ? undefined : fillJson(body, values);
    return web.json(method, fillText(path, values, encodeURIComponent), filled);
  }

  function ticketOf(record: unknown): Ticket {
    const id = requireText(valueAt(record, at.id), 'ticket id');
    return {
      id,
      url: options.page === undefined ? null : web.base + fillText(options.page, { id }, encodeURIComponent),
      title: textOf(valueAt(record, at.title)) ?? '',
      status: requireText(valueAt(record, at.status), 'status'),
      priority: textOf(valueAt(record, at.priority)),
      assignee: assigneeOf(record),
      incidentId: textOf(valueAt(record, at.incident)),
      updatedAt: timeOf(requireText(valueAt(record, at.updated), 'time of the last update'), options.offset ?? 'Z'),
      version: null,
    };
  }

  function assigneeOf(record: unknown): Person | null {
    const part = (pointer: string | undefined) => (pointer === undefined ? null : textOf(valueAt(record, pointer)));
    const id = part(at.assignee.id);
    if (id === null) return null;
    return { id, login: part(at.assignee.login), email: part(at.assignee.email), name: part(at.assignee.name) };
  }

  async function read(id: string): Promise<Ticket> {
    const { body } = await run(options.read, { id });
    return ticketOf(valueAt(body, options.read.record));
  }

  return {
    name: 'http',
    system: `http at ${web.base}`,
    capabilities: {
      finds: true,
      reads: true,
      tells: false,
      updates: FIELDS.filter((field) => updates[field] !== undefined),
      attaches: false,
    },
    read,
    async create({ incidentId, title, priority, description, fields }) {
      guard.assertKept();
      assertId(incidentId);
      const values = {
        incidentId,
        title: titleOf(title, MAX_TITLE_BYTES),
        ...(priority === null ? {} : { priority }),
        ...markupsOf('description', description),
        ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`fields.${name}`, value])),
      };
      const { body } = await run(options.create, values);
      const id = requireText(valueAt(body, options.create.id), 'ticket id');
      return guard.check(await read(id), incidentId);
    },
    async findByIncident(incidentId) {
      assertId(incidentId);
      const { body } = await run(options.find, { incidentId });
      const list = valueAt(body, options.find.list);
      if (!Array.isArray(list)) throw new TicketError('bad-answer', 'the answer holds no list of tickets');
      return list.map(ticketOf).filter((ticket) => ticket.incidentId === incidentId);
    },
    async update(id, changes: TicketChanges, ifVersion) {
      if (ifVersion !== undefined) throw new TicketError('unsupported', 'tickets over http have no versions');
      for (const [field, value] of Object.entries(changes)) {
        const request = updates[field as TicketField];
        if (request === undefined) throw new TicketError('unsupported', `no request is given to change the ${field}`);
        const values =
          value === null || typeof value === 'string' ? { value: wordOf(request, value) } : markupsOf('value', value);
        await run(request, { id, ...values });
      }
      const ticket = await read(id);
      const kept = keptIn(changes, ticket);
      if (kept.length === 0) return ticket;
      throw new TicketError('refused', `ticket ${id} kept its ${kept.join(', ')}`, { phase: 'answered' });
    },
    async comment(id, text, { key, again = false }) {
      if (again && (await run(options.comments, { id })).text.includes(key)) return;
      await run(options.comment, { id, key, ...markupsOf('comment', text) });
    },
    // biome-ignore lint/correctness/useYield: there is nothing to tell.
    async *changedSince() {
      throw noNews();
    },
    async bookmark() {
      throw noNews();
    },
    close: web.close,
  };
}

function checkTemplates({
  create,
  find,
  read,
  update,
  comment,
  comments,
  page = '',
  headers,
}: HttpConnectorOptions): void {
  const check = (key: string, { path, body = null }: RequestTemplate, kind = key) => {
    checkNames(`${key}.path`, path, (name) => isKnown(kind, name));
    checkNames(`${key}.body`, body, (name) => isKnown(kind, name));
  };
  check('create', create);
  check('find', find);
  check('read', read, 'ticket');
  check('comment', comment);
  check('comments', comments, 'ticket');
  for (const [field, request] of Object.entries(update)) {
    if (request !== undefined) check(`update.${field}`, request, 'update');
  }
  checkNames('page', page, (name) => isKnown('ticket', name));
  checkNames('headers', headers, (name) => name === 'secret' || name === 'basic');
  if (!JSON.stringify([comment.path, comment.body ?? null]).includes('{{key}}')) {
    throw new TicketError('bad-options', '"comment" must write {{key}} somewhere, or comments are made twice');
  }
}

function isKnown(kind: string, name: string): boolean {
  return KNOWN[kind]?.includes(name) === true || (kind === 'create' && name.startsWith('fields.'));
}

function markupsOf(name: string, document: Parameters<(typeof MARKUPS)['plain']>[0]): Values {
  return {
    [`${name}.plain`]: MARKUPS.plain(document),
    [`${name}.markdown`]: MARKUPS.markdown(document),
    [`${name}.html`]: MARKUPS.html(document),
  };
}

function noNews(): TicketError {
  return new TicketError('unsupported', 'http has no list of changes: read the tickets');
}

/** Fields that are not as they were to be. A person may be known by any of their names. */
function keptIn({ status, priority, assignee }: TicketChanges, ticket: Ticket): string[] {
  const names = Object.values(ticket.assignee ?? {}).map((name: string | null) => name?.toLowerCase());
  const isAssigned = assignee === null ? ticket.assignee === null : names.includes(assignee?.toLowerCase());
  const rows: [string, boolean][] = [
    ['status', status === undefined || status === ticket.status],
    ['priority', priority === undefined || priority === ticket.priority],
    ['assignee', assignee === undefined || isAssigned],
  ];
  return rows.filter(([, isSet]) => !isSet).map(([field]) => field);
}

/** A field's value as the request wants it. */
function wordOf({ map = {} }: RequestTemplate, value: string | null): string | null {
  const mapped = map[value ?? ''];
  return mapped === undefined ? titleOf(value ?? '', MAX_TITLE_BYTES) : mapped;
}

function assertId(incidentId: string): void {
  if (INCIDENT_ID.test(incidentId)) return;
  throw new TicketError('refused', "the incident's id holds characters that must not get into a query");
}

/** Epoch ms of `2026-11-22T12:00:00.000+0000` (Jira) or `2026-11-22 12:00:00` (ServiceNow). */
function timeOf(text: string, offset: string): number {
  const iso = text.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
  const time = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(iso) ? iso : iso + offset);
  if (!Number.isNaN(time)) return time;
  throw new TicketError('bad-answer', `the time of the last update is "${titleOf(text, 40)}"`, { phase: 'answered' });
}
