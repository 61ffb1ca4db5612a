import { z } from 'zod';
import { readBookmark } from '../bookmark.ts';
import type {
  Attachment,
  CommentOptions,
  Connector,
  NewsPage,
  Person,
  Ticket,
  TicketChange,
  TicketChanges,
  TicketDraft,
} from '../connector.ts';
import type { Document } from '../document.ts';
import { fitDocument } from '../fit-document.ts';
import { textOfHtml } from '../html-text.ts';
import { type HttpSettings, http, serverTime } from '../http.ts';
import { type JsonObject, objectOf, objectsOf, requireNumber, requireText, requireTime, textOf } from '../json.ts';
import { markGuard } from '../mark-guard.ts';
import { toHtmlPage } from '../markup/html.ts';
import { titleOf } from '../markup/text.ts';
import { remember } from '../remember.ts';
import { TicketError } from '../ticket-error.ts';

export interface RtOptions extends HttpSettings {
  /** An access token of an account of Sightline's own: `1-28-...`. */
  readonly token: string;
  readonly queue: string;
  /** The custom field that holds the incident's id. */
  readonly incidentField: string;
}

const NOBODY = 'Nobody';
const MAX_TITLE_BYTES = 200;
const MAX_REASON_BYTES = 500;
/** RT shows nothing of a message that is longer, but a link to it (RT documentation, `$MaxInlineBody`). */
const MAX_MESSAGE_BYTES = 12_000;
const REST = 'There is more than Request Tracker shows on a page; the incident and the attached bundle have the rest.';
const PAGE = 50;
/** A transaction may become visible that long after one with a higher number. */
const SETTLE_MS = 60_000;
const TICKET_FIELDS = 'fields=Subject,Status,Priority,Owner,CustomFields,LastUpdated';
const OWNER_FIELDS = `${encodeURIComponent('fields[Owner]')}=Name,EmailAddress,RealName`;
/** Kinds of transactions that tell of something; all of them are visible to an account that sees tickets and comments. */
const TOLD = ['Create', 'Status', 'Set', 'Comment', 'Correspond'].map((type) => `Type = '${type}'`).join(' OR ');

/**
 * Request Tracker 5 by its REST 2 interface (RT documentation, RT::REST2). Its transactions are numbered, so what is new
 * is what has a higher number. A `PUT` succeeds whatever became of it: the ticket is read back.
 * Over 200 lines: the one place that knows how RT says things.
 */
export function rtConnector(options: RtOptions): Connector {
  const { token, queue, incidentField } = options;
  const userId = /^\d+-(\d+)-\w+$/.exec(token)?.[1];
  if (userId === undefined) throw new TicketError('bad-options', 'an access token of RT looks like 1-28-0a1b2c...');
  const web = http({ ...options, secrets: [token], headers: { authorization: `token ${token}` } });
  const call = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown, headers?: Record<string, string>) =>
    web.json(method, `/REST/2.0${path}`, body, headers);
  const inQueue = `Queue = ${quote(queue)}`;
  const guard = markGuard(`check custom field ${incidentField}: may the account set it?`);
  /** The name of the account, when the queue and its custom field are there. */
  const account = remember(check);

  async function check(): Promise<string> {
    const found = await call('GET', `/queue/${encodeURIComponent(queue)}`);
    const fields = objectsOf(objectOf(found.body).TicketCustomFields).map(({ name }) => name);
    if (!fields.includes(incidentField)) {
      const problem = `the queue ${queue} shows no custom field ${incidentField} to Sightline's account`;
      throw new TicketError('refused', problem, { phase: 'unsent' });
    }
    const user = await call('GET', `/user/${userId}`);
    return requireText(objectOf(user.body).Name, 'user name');
  }

  function ticketOf(record: JsonObject, version: string | null): Ticket {
    const id = requireText(record.id, 'ticket id');
    const mark = objectsOf(record.CustomFields).find(({ name }) => name === incidentField);
    const owner = personOf(objectOf(record.Owner));
    return {
      id,
      url: `${web.base}/Ticket/Display.html?id=${id}`,
      title: textOf(record.Subject) ?? '',
      status: requireText(record.Status, 'status'),
      priority: textOf(record.Priority),
      assignee: owner.id === NOBODY ? null : owner,
      incidentId: Array.isArray(mark?.values) ? textOf(mark.values[0]) : null,
      updatedAt: requireTime(record.LastUpdated, 'time of the last update'),
      version,
    };
  }

  async function read(id: string): Promise<Ticket> {
    const { body, headers } = await call('GET', `/ticket/${requireNumber(id)}?${OWNER_FIELDS}`);
    return ticketOf(objectOf(body), textOf(headers.etag));
  }

  async function search(query: string): Promise<Ticket[]> {
    const { body } = await call(
      'GET',
      `/tickets?query=${encodeURIComponent(query)}&orderby=id&per_page=${PAGE}&${TICKET_FIELDS}&${OWNER_FIELDS}`,
    );
    return objectsOf(objectOf(body).items).map((record) => ticketOf(record, null));
  }

  /** RT takes a login for an owner, and no e-mail address. */
  async function loginOf(assignee: string | null): Promise<string> {
    if (assignee === null) return NOBODY;
    if (!assignee.includes('@')) return assignee;
    const query = JSON.stringify([{ field: 'EmailAddress', value: assignee }]);
    const { body } = await call('GET', `/users?query=${encodeURIComponent(query)}&fields=Name`);
    return textOf(objectsOf(objectOf(body).items)[0]?.Name) ?? assignee;
  }

  async function update(id: string, changes: TicketChanges, ifVersion?: string): Promise<Ticket> {
    if (changes.description !== undefined) {
      throw new TicketError('unsupported', 'the description of an RT ticket cannot be changed; add a comment');
    }
    const wanted = {
      ...(changes.status === undefined ? {} : { Status: changes.status }),
      ...(changes.title === undefined ? {} : { Subject: titleOf(changes.title, MAX_TITLE_BYTES) }),
      ...(changes.priority === undefined ? {} : { Priority: priorityOf(changes.priority) }),
      ...(changes.assignee === undefined ? {} : { Owner: await loginOf(changes.assignee) }),
    };
    const condition = ifVersion === undefined ? {} : { 'if-match': ifVersion };
    const { body: messages } = await call('PUT', `/ticket/${requireNumber(id)}`, wanted, condition);
    const ticket = await read(id);
    const kept = [
      ['status', wanted.Status?.toLowerCase(), ticket.status],
      ['assignee', wanted.Owner?.toLowerCase(), (ticket.assignee?.id ?? NOBODY).toLowerCase()],
      ['priority', wanted.Priority, ticket.priority],
    ].flatMap(([field, given, found]) => (given === undefined || given === found ? [] : [field]));
    if (kept.length === 0) return ticket;
    const said = Array.isArray(messages)
      ? messages.filter((it) => typeof it === 'string').join('; ')
      : 'no reason given';
    throw new TicketError('refused', `ticket ${id} kept its ${kept.join(', ')}: ${titleOf(said, MAX_REASON_BYTES)}`, {
      phase: 'answered',
    });
  }

  /** Transactions of the queue that tell of something, from number `after` on, and the server's time. */
  async function transactions(after: number, order: 'ASC' | 'DESC', limit: number) {
    const query = new URLSearchParams({
      query: `id > ${after} AND ObjectType = 'RT::Ticket' AND Ticket${inQueue} AND (${TOLD})`,
      orderby: 'id',
      order,
      per_page: String(limit),
      fields: 'Type,Field,OldValue,NewValue,Data,Creator,Created,ObjectId',
      'fields[Creator]': 'Name,EmailAddress,RealName',
    });
    const { body, headers } = await call('GET', `/transactions?${query}`);
    return { found: objectsOf(objectOf(body).items), now: serverTime(headers, options.clock) };
  }

  async function* changedSince(text: string | null): AsyncGenerator<NewsPage> {
    const self = await account.get();
    const people = new Map<string, Promise<Person>>();
    const bookmark = open(text);
    for (let from = bookmark.after; ; ) {
      const before = from;
      const { found, now } = await transactions(from, 'ASC', PAGE);
      const fresh = found.filter(({ id }) => !bookmark.seen.has(Number(id)));
      const ids = [...new Set(fresh.map(({ ObjectId }) => requireNumber(requireText(ObjectId, 'ticket id'))))];
      const tickets = ids.length === 0 ? [] : await search(ids.map((id) => `id = ${id}`).join(' OR '));
      const news = [];
      for (const ticket of tickets) {
        if (ticket.incidentId === null) continue;
        const changes: TicketChange[] = [];
        for (const transaction of fresh.filter(({ ObjectId }) => String(ObjectId) === ticket.id)) {
          const change = await changeOf(transaction, self, people);
          if (change !== null) changes.push(change);
        }
        news.push({ ticket, changes });
      }
      for (const { id, Created } of found) {
        from = Number(id);
        bookmark.seen.set(from, requireTime(Created, 'time of a transaction'));
      }
      settle(bookmark, now);
      if (fresh.length > 0) yield { news, bookmark: write(bookmark) };
      if (found.length === 0) return;
      if (from <= before)
        throw new TicketError('bad-answer', 'the list of transactions does not get on', { phase: 'answered' });
    }
  }

  async function changeOf(
    transaction: JsonObject,
    self: string,
    people: Map<string, Promise<Person>>,
  ): Promise<TicketChange | null> {
    const { Type: type, Field: field } = transaction;
    const id = requireText(transaction.id, 'transaction id');
    const author = personOf(objectOf(transaction.Creator));
    const facts = {
      id,
      at: requireTime(transaction.Created, 'time of a transaction'),
      author,
      own: author.id === self,
    };
    if (type === 'Status') {
      const to = requireText(transaction.NewValue, 'new status');
      return { ...facts, kind: 'status', from: textOf(transaction.OldValue), to };
    }
    if (type === 'Set' && field === 'Owner') {
      const [from, to] = await Promise.all([
        personNumbered(textOf(transaction.OldValue), people),
        personNumbered(textOf(transaction.NewValue), people),
      ]);
      return { ...facts, kind: 'assignee', from, to };
    }
    if (type !== 'Comment' && type !== 'Correspond') return null;
    const key = facts.own ? keyIn(textOf(transaction.Data)) : null;
    return { ...facts, kind: 'comment', key, text: key === null ? await textOfTransaction(id) : '' };
  }

  /** Transactions name owners by number. */
  async function personNumbered(id: string | null, people: Map<string, Promise<Person>>): Promise<Person | null> {
    if (id === null) return null;
    const person =
      people.get(id) ?? call('GET', `/user/${requireNumber(id)}`).then(({ body }) => personOf(objectOf(body)));
    people.set(id, person);
    const known = await person;
    return known.id === NOBODY ? null : known;
  }

  /** The first part of a message that is its text, and no file. */
  async function textOfTransaction(id: string): Promise<string> {
    const list = await call('GET', `/transaction/${id}/attachments?fields=ContentType,Filename&per_page=${PAGE}`);
    const part = objectsOf(objectOf(list.body).items).find(
      ({ ContentType: type, Filename: name }) => textOf(name) === null && /^text\/(?:plain|html)\b/.test(String(type)),
    );
    if (part === undefined) return '';
    const { body } = await call('GET', `/attachment/${requireNumber(requireText(part.id, 'attachment id'))}`);
    const content = Buffer.from(textOf(objectOf(body).Content) ?? '', 'base64').toString('utf8');
    return String(part.ContentType).startsWith('text/html') ? textOfHtml(content) : content.trim();
  }

  return {
    name: 'rt',
    system: `rt at ${web.base}`,
    capabilities: {
      finds: true,
      reads: true,
      tells: true,
      updates: ['status', 'assignee', 'title', 'priority'],
      attaches: true,
    },
    read,
    update,
    changedSince,
    async create(draft: TicketDraft) {
      guard.assertKept();
      await account.get();
      const { body } = await call('POST', '/ticket', {
        Queue: queue,
        Subject: titleOf(draft.title, MAX_TITLE_BYTES),
        ContentType: 'text/html',
        Content: messageOf(draft.description),
        ...(draft.priority === null ? {} : { Priority: priorityOf(draft.priority) }),
        CustomFields: { ...draft.fields, [incidentField]: draft.incidentId },
        Attachments: draft.attachments.map(toAttachment),
      });
      return guard.check(await read(requireText(objectOf(body).id, 'ticket id')), draft.incidentId);
    },
    async findByIncident(incidentId) {
      await account.get();
      const mark = quote(`CF.{${incidentField}}`);
      const found = await search(`${inQueue} AND ${mark} = ${quote(incidentId)}`);
      return found.filter((ticket) => ticket.incidentId === incidentId);
    },
    async comment(id: string, text: Document, { key, again = false, attachments = [] }: CommentOptions) {
      const subject = `${KEY_MARK}${key}`;
      if (again) {
        const query = `TicketId = ${requireNumber(id)} AND Subject = ${quote(subject)}`;
        const { body } = await call('GET', `/transactions?query=${encodeURIComponent(query)}`);
        if (objectsOf(objectOf(body).items).length > 0) return;
      }
      await call('POST', `/ticket/${requireNumber(id)}/comment`, {
        Subject: subject,
        ContentType: 'text/html',
        Content: messageOf(text),
        Attachments: attachments.map(toAttachment),
      });
    },
    async bookmark() {
      const [last] = (await transactions(0, 'DESC', 1)).found;
      return write({ after: last === undefined ? 0 : Number(last.id), seen: new Map() });
    },
    close: web.close,
  };
}

function messageOf(document: Document): string {
  const fits = (part: Document): boolean => Buffer.byteLength(toHtmlPage(part)) <= MAX_MESSAGE_BYTES;
  return toHtmlPage(fitDocument(document, REST, fits));
}

/** The subject of a comment of ours ends in its key. */
const KEY_MARK = 'Sightline ';

function keyIn(subject: string | null): string | null {
  const line = subject?.trim() ?? '';
  return line.startsWith(KEY_MARK) ? line.slice(KEY_MARK.length) : null;
}

/** RT keeps whole numbers, and takes any word that it does not know for 0. */
function priorityOf(text: string): string {
  if (/^\d{1,9}$/.test(text)) return text;
  throw new TicketError('refused', `RT counts priorities in whole numbers (0 low, 50 medium, 100 high), not "${text}"`);
}

/** A text in TicketSQL and TransactionSQL (RT documentation, query_builder). */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function personOf(user: JsonObject): Person {
  const login = requireText(user.Name, 'user name');
  return { id: login, login, email: textOf(user.EmailAddress), name: textOf(user.RealName) };
}

function toAttachment({ name, type, body }: Attachment): object {
  return { FileName: name, FileType: type, FileContent: Buffer.from(body).toString('base64') };
}

const bookmarkSchema = z.object({
  /** Every transaction up to this number was told. */
  after: z.number(),
  /** Those above it that were told, too, and when they were made (epoch ms). */
  seen: z.array(z.tuple([z.number(), z.number()])),
});

interface Bookmark {
  after: number;
  readonly seen: Map<number, number>;
}

function open(text: string | null): Bookmark {
  const { after, seen } = text === null ? { after: 0, seen: [] } : readBookmark(bookmarkSchema, text);
  return { after, seen: new Map(seen) };
}

function write({ after, seen }: Bookmark): string {
  return JSON.stringify({ after, seen: [...seen] });
}

/** Moves `after` over what is so old that nothing can appear below it any more. */
function settle(bookmark: Bookmark, now: number): void {
  for (const [id, madeAt] of [...bookmark.seen].sort(([a], [b]) => a - b)) {
    if (madeAt + SETTLE_MS >= now) return;
    bookmark.after = id;
    bookmark.seen.delete(id);
  }
}
