import type { SyncOptions } from './options.ts';
import type { SyncStore } from './store.ts';
import { afterwards, type Changed, lastChanged, NOTHING_CHANGED } from './work.ts';

/** What people last changed of a ticket up to this moment, given what was heard of it already. */
export type HearAhead = (ticketId: string, known: Changed) => Promise<Changed>;

/**
 * Hears what happened since sync last listened, without listening: the bookmark stays. What people did in between must be
 * known before it is written over or taken for what was always there: a value that went away and came back looks as if
 * nobody had touched it. Each change is heard once, however many tickets are asked for.
 */
export function aheadHearer({ connector }: SyncOptions, store: SyncStore): HearAhead {
  let ahead = { from: '', upTo: '', changed: new Map<string, Changed>() };

  return async function hearAhead(ticketId, known) {
    const bookmark = store.bookmark();
    if (!connector.capabilities.tells || bookmark === null) return known;
    if (ahead.from !== bookmark) ahead = { from: bookmark, upTo: bookmark, changed: new Map() };
    for await (const { news, bookmark: upTo } of connector.changedSince(ahead.upTo)) {
      for (const { ticket, changes } of news) {
        const before = ahead.changed.get(ticket.id) ?? NOTHING_CHANGED;
        ahead.changed.set(ticket.id, afterwards(before, lastChanged(changes)));
      }
      ahead.upTo = upTo;
    }
    return afterwards(known, ahead.changed.get(ticketId));
  };
}
