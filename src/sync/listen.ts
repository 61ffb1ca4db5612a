import type { Filters, Stored } from '../ctia/ctia.ts';
import type { TicketNews } from '../tickets/tickets.ts';
import { contentHash, hashOf, textOf, timeOf } from './facts.ts';
import { isClosed } from './is-closed.ts';
import { judgeFailure } from './judge-failure.ts';
import { newcomersOf } from './newcomers.ts';
import { isOwnNote, subjectsOf } from './notes.ts';
import type { SyncOptions } from './options.ts';
import { advance, BEGINNING, isFresh, OVERLAP_MS, type Timed } from './position.ts';
import type { SyncStore } from './store.ts';
import { sameText } from './words.ts';
import { type Happening, lastChanged, type Reason } from './work.ts';

/** Puts into the queue what is new on either side. A position moves together with what is queued, or not at all. */
interface Listener {
  hearIncidents(): Promise<void>;
  hearTickets(): Promise<void>;
  /** Looks through everything, where `reconcileMs` have passed. */
  reconcile(): Promise<void>;
}

type Watched = 'incident' | 'note' | 'relationship';

export function listener(options: SyncOptions, store: SyncStore): Listener {
  const { client, connector, filters, mergeMs, reconcileMs, clock } = options;
  const { reads, tells } = connector.capabilities;
  const newcomers = newcomersOf(options, store);
  const isFiltered = Object.values(filters).some((value) => value !== undefined);

  return {
    async hearIncidents() {
      // Before reading: what it finds at its first time is then in sight of reading, and what comes later in its own.
      await hearChanged('incidents', 'incident', {}, 'modified', (one) => [
        ...changesOf(one),
        ...(isFiltered ? [] : newcomers.happenings(one)),
      ]);
      // What comes to fit the filter, or into sight late, or says that it is older than it is, lies behind the bookmark.
      if (isFiltered) await hearChanged('matching', 'incident', filters, 'modified', newcomers.happenings);
      await newcomers.read();
      await hearChanged('notes', 'note', {}, 'modified', (one) =>
        isOwnNote(one)
          ? []
          : subjectsOf(one).flatMap((id) =>
              isUntold(id, 'notes', timed(one, 'modified')) ? [later(id, 'notes')] : [],
            ),
      );
      await hearChanged('members', 'relationship', { relationship_type: 'member-of' }, 'created', (one) => {
        const id = textOf(one.target_ref);
        return isUntold(id, 'sightings', timed(one, 'created')) ? [later(id, 'sightings')] : [];
      });
    },

    async hearTickets() {
      if (!tells) {
        if (reads) await lookAtTickets();
        return;
      }
      const from = store.bookmark();
      // What happened before there were any pairs concerns nobody.
      if (from === null) return store.setBookmark(await connector.bookmark());
      for await (const { news, bookmark } of connector.changedSince(from)) {
        store.transact(() => {
          add(news.flatMap(happeningsOf));
          store.setBookmark(bookmark);
        });
      }
    },

    async reconcile() {
      const now = clock();
      const passed = now - store.reconciled();
      if (passed >= 0 && passed < reconcileMs) return;
      // What is parked was missed by nobody: it is tried again when something is heard to have happened.
      const catchUp = (happenings: readonly Happening[]): void =>
        add(happenings.filter(({ incidentId }) => store.work(incidentId)?.parked !== true));
      for await (const one of client.entities('incident').search(filters)) catchUp(newcomers.happenings(one));
      for await (const one of client.entities('incident').search({})) catchUp(changesOf(one));
      for (const { incidentId } of openPairs())
        catchUp([later(incidentId, 'sightings'), later(incidentId, 'notes'), later(incidentId, 'ticket')]);
      store.setReconciled(now);
    },
  };

  /**
   * What was changed since the last time, found from the latest change backwards. The first time nothing is old. After a
   * long rest that is much: of each, only what it means is kept, at most one happening for an incident.
   */
  async function hearChanged(
    name: string,
    type: Watched,
    which: Filters,
    field: 'modified' | 'created',
    happenings: (one: Stored) => readonly Happening[],
  ): Promise<void> {
    const known = store.position(name);
    const news = new Map<string, Happening>();
    /** What the position is to remember: of what is older than its overlap, nothing. */
    const recent: Timed[] = [];
    for await (const one of client.entities(type).search(which, { sortBy: [`${field}:desc`] })) {
      const item = timed(one, field);
      if (known !== null && item.time <= known.at - OVERLAP_MS) break;
      if (known === null || isFresh(known, item)) {
        for (const happening of happenings(one)) news.set(happening.incidentId, happening);
        if (item.time > (recent[0] ?? item).time - OVERLAP_MS) recent.push(item);
      }
      if (known === null) break;
    }
    store.transact(() => {
      add([...news.values()]);
      store.setPosition(name, advance(known ?? BEGINNING, recent));
    });
  }

  function happeningsOf({ ticket, changes }: TicketNews): Happening[] {
    const others = changes.filter((change) => !change.own || (change.kind === 'comment' && change.key === null));
    if (others.length === 0) return [];
    const comments = others.flatMap((change) => {
      if (change.kind !== 'comment') return [];
      const { name, email, login, id } = change.author;
      return [{ id: change.id, at: change.at, author: name ?? email ?? login ?? id, text: change.text }];
    });
    const ids = new Set([...store.incidentsOf(ticket.id), ...(ticket.incidentId === null ? [] : [ticket.incidentId])]);
    return [...ids].map((incidentId) => ({
      incidentId,
      reason: 'ticket',
      notBefore: clock(),
      comments,
      changed: lastChanged(changes),
    }));
  }

  function changesOf(one: Stored): Happening[] {
    const pair = store.pair(one.id);
    return pair === null || pair.known.hash === contentHash(one) ? [] : [later(one.id, 'incident')];
  }

  function later(incidentId: string, reason: Reason): Happening {
    return { incidentId, reason, notBefore: clock() + mergeMs };
  }

  function isUntold(incidentId: string, what: 'sightings' | 'notes', item: Timed): boolean {
    const pair = store.pair(incidentId);
    return pair?.state === 'linked' && isFresh(pair.known[what], item);
  }

  /**
   * Tickets of a system that cannot tell what happened: each that is open is compared with what was agreed on, or, while
   * that is parked, with what was refused. One that cannot be read is left to its visit, which alone can park it or put
   * it behind all others.
   */
  async function lookAtTickets(): Promise<void> {
    for (const { incidentId, ticketId, base } of openPairs()) {
      const work = store.work(incidentId);
      if (work?.parked === false && work.reasons.includes('ticket')) continue;
      const look = (looked: string | null): void => add([{ incidentId, reason: 'ticket', notBefore: clock(), looked }]);
      try {
        const { status, assignee } = await connector.read(ticketId);
        const person = assignee?.id ?? null;
        const seen = hashOf(status, person);
        const refused = work?.looked ?? null;
        const isNews =
          refused === null
            ? !sameText(status, base.status.ticket) || person !== base.assignee.ticket
            : refused !== seen;
        if (isNews) look(seen);
      } catch (error) {
        const isRefused = judgeFailure(error, clock())?.action === 'park';
        // What is parked already is not news.
        if (!isRefused || work?.parked !== true) look(null);
        if (!isRefused) throw error;
      }
    }
  }

  function openPairs() {
    return Array.from(store.pairs()).filter(({ state, base }) => state === 'linked' && !isClosed(base.status.xdr));
  }

  function add(happenings: readonly Happening[]): void {
    const now = clock();
    store.transact(() => {
      for (const happening of happenings) store.add(happening, now);
    });
  }
}

function timed(one: Stored, field: 'modified' | 'created'): Timed {
  return { id: one.id, time: timeOf(one[field]) };
}
