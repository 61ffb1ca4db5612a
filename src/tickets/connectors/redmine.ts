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
  TicketNews,
} from '../connector.ts';
import type { Document } from '../document.ts';
import { type HttpSettings, http, serverTime } from '../http.ts';
import { type JsonObject, objectOf, objectsOf, requireNumber, requireText, requireTime, textOf } from '../json.ts';
import { markGuard } from '../mark-guard.ts';
import { titleOf } from '../markup/text.ts';
import { MARKUPS } from '../markup.ts';
import { remember } from '../remember.ts';
import { TicketError } from '../ticket-error.ts';
import { words } from '../words.ts';

export interface RedmineOptions extends HttpSettings {
  /** API access key of an account of Sightline's own. */
  readonly key: string;
  /** Identifier of the project. */
  readonly project: string;
  /** Name of the tracker; default: the project's first one. */
  readonly tracker?: string | undefined;
  /** Number of the custom field that holds the incident's id. */
  readonly incidentField: number;
  /** What the administrator chose as text formatting. */
  readonly markup: 'textile' | 'markdown';
}

const MAX_TITLE_BYTES = 255;
const PAGE = 25;
const MEMBERS_PAGE = 100;
const MAX_MEMBERS = 2000;
/** Remembered at a time. */
const MAX_PEOPLE = 10_000;
/** A change may become visible that long after a later one. */
const OVERLAP_MS = 60_000;

/**
 * Redmine by its REST interface (Redmine wiki, "REST API"). It has no list of changes: what was updated since a time is
 * gone through in the order of the numbers, which updates meanwhile cannot disturb, and each issue's journal is read.
 * It leaves out of an update what its workflow does not allow, without a word: the issue is read back.
 * Over 200 lines: the one place that knows how Redmine says things.
 */
export function redmineConnector(options: RedmineOptions): Connector {
  const { key, project, incidentField, clock } = options;
  const toMarkup = MARKUPS[options.markup];
  const web = http({ ...options, secrets: [key], headers: { 'x-redmine-api-key': key } });
  const get = async (path: string): Promise<JsonObject> => objectOf((await web.json('GET', path)).body);
  const guard = markGuard(
    `check custom field ${incidentField}: is it for this project and tracker, may the account set it?`,
  );
  const people = new Map<string, Promise<Person>>();
  const self = remember(async () => requireText(objectOf((await get('/users/current.json')).user).id, 'user id'));
  const statuses = words(async () => (await get('/issue_statuses.json')).issue_statuses);
  const priorities = words(async () => (await get('/enumerations/issue_priorities.json')).issue_priorities);
  const trackers = words(async () => {
    const { project: found } = await get(`/projects/${encodeURIComponent(project)}.json?include=trackers`);
    return objectOf(found).trackers;
  });

  async function ticketOf(issue: JsonObject): Promise<Ticket> {
    const id = requireText(issue.id, 'issue id');
    const mark = objectsOf(issue.custom_fields).find((field) => field.id === incidentField);
    const updated = requireText(issue.updated_on, 'time of the last update');
    const journals = Array.isArray(issue.journals) ? objectsOf(issue.journals) : null;
    return {
      id,
      url: `${web.base}/issues/${id}`,
      title: textOf(issue.subject) ?? '',
      status: requireText(objectOf(issue.status).name, 'status'),
      priority: textOf(objectOf(issue.priority).name),
      assignee: issue.assigned_to === undefined ? null : await personOf(objectOf(issue.assigned_to)),
      incidentId: textOf(mark?.value),
      updatedAt: requireTime(updated, 'time of the last update'),
      version: journals === null ? null : `${updated} ${textOf(journals.at(-1)?.id) ?? ''}`,
    };
  }

  /** Login and e-mail address are told to those who may see them. */
  function personOf({ id, name }: JsonObject): Promise<Person> {
    const number = requireText(id, 'user id');
    if (people.size > MAX_PEOPLE) people.clear();
    const known = people.get(number) ?? readPerson(number, textOf(name));
    people.set(number, known);
    return known;
  }

  async function readPerson(id: string, name: string | null): Promise<Person> {
    try {
      const user = objectOf((await get(`/users/${id}.json`)).user);
      const full = [textOf(user.firstname), textOf(user.lastname)].filter((part) => part !== null).join(' ');
      return { id, login: textOf(user.login), email: textOf(user.mail), name: name ?? full };
    } catch (error) {
      if (error instanceof TicketError && (error.code === 'not-found' || error.code === 'refused')) {
        return { id, login: null, email: null, name };
      }
      people.delete(id);
      throw error;
    }
  }

  async function readIssue(id: string): Promise<JsonObject> {
    return objectOf((await get(`/issues/${requireNumber(id)}.json?include=journals`)).issue);
  }

  async function userIdOf(assignee: string | null): Promise<string> {
    if (assignee === null) return '';
    if (/^\d+$/.test(assignee)) return assignee;
    const wanted = assignee.toLowerCase();
    for (let offset = 0; offset < MAX_MEMBERS; offset += MEMBERS_PAGE) {
      const path = `/projects/${encodeURIComponent(project)}/memberships.json?limit=${MEMBERS_PAGE}&offset=${offset}`;
      const { memberships, total_count: total } = await get(path);
      for (const { user } of objectsOf(memberships)) {
        if (user === undefined) continue; // A group.
        const { id, login, email } = await personOf(objectOf(user));
        if (login?.toLowerCase() === wanted || email?.toLowerCase() === wanted) return id;
      }
      if (offset + MEMBERS_PAGE >= Number(total)) break;
    }
    throw new TicketError(
      'refused',
      `no member of ${project} that Sightline's account may see is known as ${assignee}`,
    );
  }

  async function update(id: string, changes: TicketChanges, ifVersion?: string): Promise<Ticket> {
    const { status, assignee, title, priority, description } = changes;
    if (ifVersion !== undefined && (await ticketOf(await readIssue(id))).version !== ifVersion) {
      throw new TicketError('conflict', `issue ${id} was changed by somebody else`, { phase: 'answered' });
    }
    const wanted = {
      ...(status === undefined ? {} : { status_id: await statuses.idOf(status, 'status') }),
      ...(assignee === undefined ? {} : { assigned_to_id: await userIdOf(assignee) }),
      ...(title === undefined ? {} : { subject: titleOf(title, MAX_TITLE_BYTES) }),
      ...(priority === undefined ? {} : { priority_id: await priorities.idOf(priority, 'priority') }),
      ...(description === undefined ? {} : { description: toMarkup(description) }),
    };
    await web.json('PUT', `/issues/${requireNumber(id)}.json`, { issue: wanted });
    const issue = await readIssue(id);
    const kept = [
      ['status', wanted.status_id, textOf(objectOf(issue.status).id)],
      ['assignee', wanted.assigned_to_id, textOf(objectOf(issue.assigned_to).id) ?? ''],
      ['priority', wanted.priority_id, textOf(objectOf(issue.priority).id)],
    ].flatMap(([field, given, found]) => (given === undefined || given === found ? [] : [field]));
    if (kept.length === 0) return ticketOf(issue);
    const problem = `issue ${id} kept its ${kept.join(', ')}: permissions or workflow do not let Sightline's account change it`;
    throw new TicketError('refused', problem, { phase: 'answered' });
  }

  async function upload({ name, type, body }: Attachment): Promise<object> {
    const answer = await web.json('POST', `/uploads.json?filename=${encodeURIComponent(name)}`, body, {
      'content-type': 'application/octet-stream',
    });
    const token = requireText(objectOf(objectOf(answer.body).upload).token, 'upload token');
    return { token, filename: name, content_type: type };
  }

  async function uploadAll(attachments: readonly Attachment[]): Promise<object[]> {
    const uploads: object[] = [];
    for (const attachment of attachments) uploads.push(await upload(attachment));
    return uploads;
  }

  async function* changedSince(text: string | null): AsyncGenerator<NewsPage> {
    let bookmark = text === null ? START : readBookmark(bookmarkSchema, text);
    // A scan that was broken off is finished first; what happened since then takes another one.
    const resumed = bookmark.scan !== null;
    for (let scans = resumed ? 2 : 1; scans > 0; scans--) {
      for await (const page of scan(bookmark)) {
        bookmark = page.bookmark;
        yield { news: page.news, bookmark: JSON.stringify(bookmark) };
      }
    }
  }

  async function* scan(from: Bookmark): AsyncGenerator<{ news: TicketNews[]; bookmark: Bookmark }> {
    const { since, told } = from;
    const own = await self.get();
    let started = from.scan?.started ?? null;
    let after = from.scan?.after ?? 0;
    const telling = { ...from.scan?.told };
    for (;;) {
      const before = after;
      const { body, headers } = await web.json('GET', listPath(since, after));
      started ??= serverTime(headers, clock);
      const listed = objectsOf(objectOf(body).issues);
      const issues = await Promise.all(listed.map(({ id }) => readIssue(requireText(id, 'issue id'))));
      const news: TicketNews[] = [];
      for (const issue of issues) {
        const ticket = await ticketOf(issue);
        after = Number(ticket.id);
        if (ticket.incidentId === null) continue;
        const journals = objectsOf(issue.journals);
        const last = Math.max(0, ...journals.map((journal) => Number(journal.id)));
        if (ticket.updatedAt >= started - OVERLAP_MS) telling[ticket.id] = last;
        const before = told[ticket.id];
        if (before === last) continue;
        const fresh = journals.filter(
          ({ id: journal, created_on: at }) =>
            Number(journal) > (before ?? 0) && requireTime(at, 'time of a journal entry') >= since,
        );
        const changes: TicketChange[] = [];
        for (const journal of fresh) changes.push(...(await changesIn(journal, own)));
        news.push({ ticket, changes });
      }
      if (issues.length < PAGE) {
        const next = { since: overlapped(started), told: telling, scan: null };
        if (after > 0) yield { news, bookmark: next };
        return;
      }
      if (after <= before) {
        throw new TicketError('bad-answer', 'the list of issues does not get on', { phase: 'answered' });
      }
      yield { news, bookmark: { since, told, scan: { started, after, told: { ...telling } } } };
    }
  }

  function listPath(since: number, after: number): string {
    const query = new URLSearchParams({
      project_id: project,
      status_id: '*',
      [`cf_${incidentField}`]: '*',
      issue_id: `>=${after + 1}`,
      updated_on: `>=${new Date(since).toISOString().replace(/\.\d+Z$/, 'Z')}`,
      sort: 'id',
      limit: String(PAGE),
    });
    return `/issues.json?${query}`;
  }

  async function changesIn(journal: JsonObject, own: string): Promise<TicketChange[]> {
    const id = requireText(journal.id, 'number of a journal entry');
    const author = await personOf(objectOf(journal.user));
    const facts = { at: requireTime(journal.created_on, 'time of a journal entry'), author, own: author.id === own };
    const changes: TicketChange[] = [];
    for (const { property, name, old_value: from, new_value: to } of objectsOf(journal.details)) {
      if (property !== 'attr') continue;
      if (name === 'status_id') {
        const [was, is] = [await statuses.nameOf(textOf(from)), await statuses.nameOf(textOf(to))];
        changes.push({ ...facts, id: `${id}.status`, kind: 'status', from: was, to: requireText(is, 'new status') });
      } else if (name === 'assigned_to_id') {
        const [was, is] = [await personNumbered(textOf(from)), await personNumbered(textOf(to))];
        changes.push({ ...facts, id: `${id}.assignee`, kind: 'assignee', from: was, to: is });
      }
    }
    const notes = textOf(journal.notes);
    if (notes !== null) {
      const key = facts.own ? (KEY_LINE.exec(notes)?.[1] ?? null) : null;
      const text = key === null ? notes.replaceAll('\r\n', '\n').trim() : '';
      changes.push({ ...facts, id, kind: 'comment', text, key });
    }
    return changes;
  }

  async function personNumbered(id: string | null): Promise<Person | null> {
    return id === null ? null : personOf({ id });
  }

  return {
    name: 'redmine',
    system: `redmine at ${web.base}`,
    capabilities: {
      finds: true,
      reads: true,
      tells: true,
      updates: ['status', 'assignee', 'title', 'priority', 'description'],
      attaches: true,
    },
    read: async (id) => ticketOf(await readIssue(id)),
    update,
    changedSince,
    async create(draft: TicketDraft) {
      guard.assertKept();
      const fields = Object.entries(draft.fields).map(([id, value]) => ({ id: Number(id), value }));
      const issue = {
        project_id: project,
        ...(options.tracker === undefined ? {} : { tracker_id: await trackers.idOf(options.tracker, 'tracker') }),
        subject: titleOf(draft.title, MAX_TITLE_BYTES),
        description: toMarkup(draft.description),
        ...(draft.priority === null ? {} : { priority_id: await priorities.idOf(draft.priority, 'priority') }),
        custom_fields: [...fields, { id: incidentField, value: draft.incidentId }],
        uploads: await uploadAll(draft.attachments),
      };
      const { body } = await web.json('POST', '/issues.json', { issue });
      return guard.check(await ticketOf(objectOf(objectOf(body).issue)), draft.incidentId);
    },
    async findByIncident(incidentId) {
      const query = new URLSearchParams({
        project_id: project,
        status_id: '*',
        [`cf_${incidentField}`]: incidentId,
        sort: 'id',
        limit: '100',
      });
      const found = await Promise.all(objectsOf((await get(`/issues.json?${query}`)).issues).map(ticketOf));
      // Redmine passes over a filter that it does not know.
      return found.filter((ticket) => ticket.incidentId === incidentId);
    },
    async comment(id: string, text: Document, { key: name, again = false, attachments = [] }: CommentOptions) {
      if (again) {
        const own = await self.get();
        const journals = objectsOf((await readIssue(id)).journals);
        const ours = journals.filter(({ user }) => textOf(objectOf(user).id) === own);
        if (ours.some(({ notes }) => KEY_LINE.exec(textOf(notes) ?? '')?.[1] === name)) return;
      }
      const mark = options.markup === 'textile' ? `@sightline ${name}@` : `\`sightline ${name}\``;
      const notes = `${toMarkup(text)}\n\n${mark}`;
      await web.json('PUT', `/issues/${requireNumber(id)}.json`, {
        issue: { notes, uploads: await uploadAll(attachments) },
      });
    },
    async bookmark() {
      const { headers } = await web.json('GET', '/users/current.json');
      let mark: Bookmark = { ...START, since: overlapped(serverTime(headers, clock)) };
      // What was done just now has to be known, to be told from what is done next.
      for await (const page of scan(mark)) mark = page.bookmark;
      return JSON.stringify(mark);
    },
    close: web.close,
  };
}

/** The last line of a comment of ours holds its key. */
const KEY_LINE = /[@`]sightline ([a-z0-9-]{8,64})[@`]\s*$/;

const bookmarkSchema = z.object({
  /** Epoch ms, whole seconds. Everything before was told. */
  since: z.number(),
  /** Of issues updated after that, the last journal entry that was told. */
  told: z.record(z.string(), z.number()),
  /** A pass through what was updated since then that is not over. */
  scan: z.object({ started: z.number(), after: z.number(), told: z.record(z.string(), z.number()) }).nullable(),
});
type Bookmark = Readonly<z.output<typeof bookmarkSchema>>;

/** A time that whatever happens later than `at` will be after; whole seconds, as Redmine keeps. */
function overlapped(at: number): number {
  return Math.floor((at - OVERLAP_MS) / 1000) * 1000;
}

const START: Bookmark = { since: 0, told: {}, scan: null };
