import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector, NewsPage, TicketChange, TicketDraft, TicketNews } from '../../src/tickets/connector.ts';
import type { Document } from '../../src/tickets/document.ts';
import { lineOf } from '../../src/tickets/markup/text.ts';
import { TicketError } from '../../src/tickets/ticket-error.ts';
import { HOSTILE, HOSTILE_DOCUMENTS, livePartsOf, regionsOf, seenTextOf } from './hostile.ts';
import type { Side, World, WorldRow } from './worlds.ts';

const TEXT: Document = [{ kind: 'paragraph', spans: ['A text with ', { code: 'code' }, '.'] }];
const START_MS = 300_000;

/** What each connector must do, tried on a system of its kind. What its capabilities leave out, it must refuse. */
export function connectorCases({ title, connector: name, kind, missing, start }: WorldRow): void {
  const reason = missing();
  const itsTickets = kind === 'one-way' ? null : it;
  const itsNews = kind === 'two-way' ? it : null;
  describe.skipIf(reason !== null)(reason === null ? title : `${title} (skipped: ${reason})`, () => {
    let world: World;
    let connector: Connector;
    let made = 0;

    beforeAll(async () => {
      world = await start();
      connector = world.open();
    }, START_MS);
    afterAll(async () => {
      await connector?.close();
      await world?.stop();
    }, START_MS);

    const draft = (given: Partial<TicketDraft> = {}): TicketDraft => ({
      incidentId: `https://private.intel.example.com:443/ctia/incident/incident-${String(++made).padStart(8, '0')}-0000-4000-8000-000000000000`,
      title: 'SQL injection from 203.0.113.5',
      priority: world.priorities[0],
      description: TEXT,
      attachments: [],
      fields: {},
      ...given,
    });
    const otherSide = (): Side => {
      if (world.side === null) throw new Error('a two-way connector is tried with somebody on the other side');
      return world.side;
    };
    const can = (what: 'finds' | 'reads' | 'tells') => connector.capabilities[what];

    it('bears the name of its row and can do what is tried here', () => {
      const { finds, reads, tells } = connector.capabilities;
      expect(connector.name).toBe(name);
      expect([finds, reads, tells]).toEqual([kind !== 'one-way', kind !== 'one-way', kind === 'two-way']);
    });

    it('makes a ticket that bears its incident and is found by it', async () => {
      const given = draft();
      const ticket = await connector.create(given);
      expect(ticket).toMatchObject({
        title: given.title,
        priority: given.priority,
        assignee: null,
        incidentId: given.incidentId,
      });
      if (!can('finds')) {
        await expect(connector.findByIncident(given.incidentId)).rejects.toMatchObject({ code: 'unsupported' });
        return;
      }
      expect(await connector.findByIncident(given.incidentId)).toMatchObject([{ id: ticket.id, title: given.title }]);
      expect(await connector.findByIncident(`${given.incidentId}0`)).toEqual([]);
    });

    itsTickets?.('finds a ticket that is closed', async () => {
      const ticket = await connector.create(draft());
      await connector.update(ticket.id, { status: world.statuses.closed });
      expect(await connector.findByIncident(ticket.incidentId ?? '')).toMatchObject([
        { id: ticket.id, status: world.statuses.closed },
      ]);
    });

    it('puts a title on one line and shortens it', async () => {
      const title = `evil\r\n\tBcc: evil@evil.example\u202e\u0007 ${'x'.repeat(300)}`;
      const ticket = await connector.create(draft({ title }));
      expect(ticket.title).toMatch(/^evil Bcc: evil@evil\.example\\u\{202e\}\\x07 x+…$/);
      expect(ticket.title.length).toBeLessThanOrEqual(255);
    });

    it('reads a ticket, and knows of one that is not there', async () => {
      const { id } = await connector.create(draft());
      if (!can('reads')) {
        await expect(connector.read(id)).rejects.toMatchObject({ code: 'unsupported' });
        return;
      }
      expect(await connector.read(id)).toMatchObject({ id, status: world.statuses.fresh, assignee: null });
      await expect(connector.read('999999')).rejects.toMatchObject({ code: 'not-found' });
      await expect(connector.read('../../1')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('changes each field that it says it can, and refuses the others', async () => {
      const { id } = await connector.create(draft());
      const changes = {
        status: world.statuses.other,
        assignee: world.assignee.given,
        title: 'Another title',
        priority: world.priorities[1],
        description: TEXT,
      };
      const [status, assignee] = [world.statuses.other, world.assignee.id];
      const expected = {
        status,
        assignee: { id: assignee },
        title: 'Another title',
        priority: world.priorities[1],
        description: {},
      };
      for (const field of ['status', 'assignee', 'title', 'priority', 'description'] as const) {
        const change = connector.update(id, { [field]: changes[field] });
        if (!connector.capabilities.updates.includes(field)) {
          await expect(change, field).rejects.toMatchObject({ code: 'unsupported' });
        } else if (field === 'description') {
          await expect(change).resolves.toMatchObject({ id });
        } else {
          await expect(change, field).resolves.toMatchObject({ [field]: expected[field] });
        }
      }
      expect((await connector.update(id, { assignee: null })).assignee).toBeNull();
    });

    itsTickets?.(
      'refuses a status, a priority and an assignee that the system does not know, with a reason',
      async () => {
        const before = await connector.create(draft());
        await expect(connector.update(before.id, { status: 'nonsense' })).rejects.toMatchObject({ code: 'refused' });
        await expect(connector.update(before.id, { assignee: 'nobody-of-that-name' })).rejects.toMatchObject({
          code: 'refused',
        });
        await expect(connector.update(before.id, { priority: 'banana' })).rejects.toMatchObject({ code: 'refused' });
        expect(await connector.read(before.id)).toMatchObject({
          status: before.status,
          assignee: null,
          priority: before.priority,
        });
      },
    );

    itsNews?.('changes nothing when a ticket is no longer at the version that was named', async () => {
      const { id } = await connector.create(draft());
      const { version } = await connector.read(id);
      if (version === null) throw new Error('a ticket that was read has a version');
      const { version: next } = await connector.update(id, { title: 'First' }, version);
      expect(next).not.toBe(version);
      await expect(connector.update(id, { title: 'Second' }, version)).rejects.toMatchObject({ code: 'conflict' });
      expect((await connector.read(id)).title).toBe('First');
    });

    itsNews?.('keeps attachments of a ticket and of a comment', async () => {
      const body = JSON.stringify({ type: 'bundle', text: 'Ünïcode \u202e' });
      const attachments = [{ name: 'bundle.json', type: 'application/json', body }];
      const { id } = await connector.create(draft({ attachments }));
      const more = [{ name: 'more.json', type: 'application/json', body: '[]' }];
      await connector.comment(id, TEXT, { key: 'key-files', attachments: more });
      expect(await otherSide().filesOf(id)).toEqual({ 'bundle.json': body, 'more.json': '[]' });
    });

    itsNews?.('shows hostile text in a description and in a comment, and nothing of it lives', async () => {
      const [first = [], ...others] = HOSTILE_DOCUMENTS;
      const { id } = await connector.create(draft({ description: first, title: HOSTILE[0] }));
      for (const [i, text] of others.entries()) await connector.comment(id, text, { key: `key-hostile-${i}` });
      const page = await otherSide().pageOf(id);
      const regions = regionsOf(page);
      expect(regions).toHaveLength(HOSTILE_DOCUMENTS.length);
      expect(regions.flatMap(livePartsOf)).toEqual([]);
      const seen = regions.map(seenTextOf).join('');
      for (const text of HOSTILE) expect(seen).toContain(lineOf(text).replace(/\s+/g, ''));
      expect(page).not.toContain(HOSTILE[0]);
    });

    itsNews?.('shows as much of a long text as the system has room for', async () => {
      const rows = Array.from({ length: 300 }, (_, i) => [[{ code: `row ${i} of a long table` }]]);
      const long: Document = [{ kind: 'table', head: ['Rows'], rows }];
      const { id } = await connector.create(draft({ description: long }));
      await connector.comment(id, long, { key: 'key-long' });
      const page = seenTextOf(await otherSide().pageOf(id));
      expect(page.split('row99ofalongtable')).toHaveLength(3);
      expect(page.split('row299ofalongtable').length + page.split('Thereismorethan').length).toBe(4);
    });

    it('tells another secret from a closed port, and tells neither secret', async () => {
      const { secret } = world;
      if (secret === null) return expect(name).toBe('jsonl');
      for (const [how, code, phase] of [
        ['with-another-secret', 'unauthorised', 'answered'],
        ['at-a-closed-port', 'unreachable', 'unsent'],
      ] as const) {
        const other = world.open(how);
        const failure = await other.create(draft()).then(
          () => null,
          (error: unknown) => error,
        );
        await other.close();
        expect(failure).toBeInstanceOf(TicketError);
        expect(failure).toMatchObject({ code, phase });
        expect(JSON.stringify(failure) + String(failure)).not.toContain(secret.slice(0, -4));
      }
    });

    it('tells of changes if it says that it can', async () => {
      const { id } = await connector.create(draft());
      if (can('tells')) {
        const { news } = await drain(connector.changedSince(null));
        expect(news.map(({ ticket }) => ticket.id)).toContain(id);
        expect((await drain(connector.changedSince(await connector.bookmark()))).news).toEqual([]);
      } else {
        await expect(drain(connector.changedSince(null))).rejects.toMatchObject({ code: 'unsupported' });
        await expect(connector.bookmark()).rejects.toMatchObject({ code: 'unsupported' });
      }
    });

    it('makes a comment once for each key, and again only what is not there', async () => {
      const { id } = await connector.create(draft());
      const bookmark = can('tells') ? await connector.bookmark() : null;
      await connector.comment(id, TEXT, { key: 'key-00000001', again: true });
      await connector.comment(id, TEXT, { key: 'key-00000001', again: true });
      await connector.comment(id, TEXT, { key: 'key-00000002' });
      if (!can('tells')) return;
      expect(await changesSince(connector, bookmark)).toMatchObject([
        { key: 'key-00000001', own: true, text: '' },
        { key: 'key-00000002', own: true, text: '' },
      ]);
    });

    itsNews?.('tells what an analyst did to marked tickets, once, and nothing of other tickets', async () => {
      const { analyst } = otherSide();
      const bookmark = await connector.bookmark();
      const ticket = await connector.create(draft());
      const other = await analyst.create('Printer is on fire');
      await analyst.comment(other, 'Not an incident');
      await analyst.update(ticket.id, { status: world.statuses.other });
      await analyst.update(ticket.id, { assignee: analyst.id });
      await analyst.comment(ticket.id, 'Looks <b>bad</b> & is\u202e "bad"');
      await analyst.update(ticket.id, { assignee: null });

      const first = await drain(connector.changedSince(bookmark));
      expect([...new Set(first.news.map((news) => news.ticket.id))]).toEqual([ticket.id]);
      const changes = first.news.flatMap((news) => news.changes);
      const facts = { own: false, author: { id: analyst.id, email: 'alice@example.org' }, at: expect.any(Number) };
      expect(changes).toMatchObject([
        { ...facts, kind: 'status', from: world.statuses.fresh, to: world.statuses.other },
        { ...facts, kind: 'assignee', from: null, to: { id: analyst.id, email: 'alice@example.org' } },
        { ...facts, kind: 'comment', text: 'Looks <b>bad</b> & is\u202e "bad"', key: null },
        { ...facts, kind: 'assignee', from: { id: analyst.id }, to: null },
      ]);
      expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
      for (const { at } of changes) expect(Math.abs(at - Date.now())).toBeLessThan(3_600_000);

      expect((await drain(connector.changedSince(first.bookmark))).news.flatMap((news) => news.changes)).toEqual([]);
      await analyst.comment(ticket.id, 'One more');
      const second = await drain(connector.changedSince(first.bookmark));
      expect(second.news.flatMap((news) => news.changes)).toMatchObject([{ kind: 'comment', text: 'One more' }]);
    });

    itsNews?.('knows a key only in a comment of its own', async () => {
      const { analyst } = otherSide();
      const { id } = await connector.create(draft());
      const bookmark = await connector.bookmark();
      await analyst.comment(id, 'as you said:\n\n@sightline key-forged@');
      expect(await changesSince(connector, bookmark)).toMatchObject([{ kind: 'comment', own: false, key: null }]);
      await connector.comment(id, TEXT, { key: 'key-forged', again: true });
      expect(await changesSince(connector, bookmark)).toMatchObject([{ key: null }, { key: 'key-forged' }]);
    });

    itsNews?.('loses and repeats nothing over many pages, while others go on, wherever it is stopped', async () => {
      const { analyst } = otherSide();
      let bookmark = await connector.bookmark();
      const ids: string[] = [];
      for (let i = 0; i < MANY; i++) ids.push((await connector.create(draft())).id);
      for (const id of ids) await analyst.comment(id, `first on ${id}`);

      const heard: string[] = [];
      const hear = ({ news, bookmark: next }: NewsPage): void => {
        heard.push(...news.flatMap(commentsIn));
        bookmark = next;
      };
      // One page at a time, each by a new start from the stored bookmark, while tickets change before and behind it.
      for (let page = 0; page < 3; page++) {
        for await (const one of connector.changedSince(bookmark)) {
          hear(one);
          break;
        }
        for (const id of [ids[0] ?? '', ids.at(-1) ?? '']) await analyst.comment(id, `page ${page} on ${id}`);
      }
      for (let calls = 0; calls < 2; calls++) for await (const page of connector.changedSince(bookmark)) hear(page);
      const expected = [
        ...ids.map((id) => `first on ${id}`),
        ...[0, 1, 2].flatMap((page) => [`page ${page} on ${ids[0]}`, `page ${page} on ${ids.at(-1)}`]),
      ];
      expect(heard.toSorted()).toEqual(expected.toSorted());
    });

    itsNews?.('refuses a bookmark of another kind', async () => {
      await expect(drain(connector.changedSince('{}'))).rejects.toMatchObject({ code: 'bad-options' });
      await expect(drain(connector.changedSince('nonsense'))).rejects.toMatchObject({ code: 'bad-options' });
    });
  });
}

/** More than a page of any connector. */
const MANY = 30;

interface Drained {
  readonly news: readonly TicketNews[];
  readonly bookmark: string | null;
}

async function drain(pages: AsyncIterable<NewsPage>): Promise<Drained> {
  const news: TicketNews[] = [];
  let bookmark: string | null = null;
  for await (const page of pages) {
    news.push(...page.news);
    bookmark = page.bookmark;
  }
  return { news, bookmark };
}

async function changesSince(connector: Connector, bookmark: string | null): Promise<TicketChange[]> {
  const { news } = await drain(connector.changedSince(bookmark));
  return news.flatMap(({ changes }) => changes);
}

function commentsIn({ changes }: TicketNews): string[] {
  return changes.flatMap((change) => (change.kind === 'comment' ? [change.text] : []));
}
