import { shortId } from '../entity/ids.ts';
import type { StoredEntity } from '../entity/stored.ts';
import type { EntityType } from '../entity/types.ts';
import type { Archive } from './archive.ts';
import { Shelf } from './shelf.ts';

/** `now`: the answer waits for the refresh. `later`: it does not. */
export type Visibility = 'now' | 'later';

export type StoredType = EntityType | 'event';

/** Everything stored. All reading sees what was visible at the last refresh. */
export interface Store {
  get(type: StoredType, id: string): StoredEntity | null;
  all(type: StoredType): StoredEntity[];
  byExternalId(type: StoredType, externalId: string): StoredEntity[];
  /** Writes a whole entity; what was there under its id is gone. */
  put(type: StoredType, entity: StoredEntity, visibility: Visibility): void;
  remove(type: StoredType, entity: StoredEntity, visibility: Visibility): void;
  /** Everything of a type, visible or not. */
  written(type: StoredType): StoredEntity[];
}

export interface StoreOptions {
  readonly clock: () => number;
  readonly refreshMs: number;
  /** Keeps what is written; null: memory only. */
  readonly archive: Archive | null;
}

export function openStore({ clock, refreshMs, archive }: StoreOptions): Store {
  const shelves = new Map<StoredType, Shelf>();

  function shelfOf(type: StoredType): Shelf {
    const shelf = shelves.get(type) ?? new Shelf();
    shelves.set(type, shelf);
    shelf.refresh(clock());
    return shelf;
  }

  function write(type: StoredType, id: string, entity: StoredEntity | null, visibility: Visibility): void {
    const now = clock();
    const shelf = shelfOf(type);
    shelf.write(shortId(id), entity, visibility === 'now' ? now : now + refreshMs);
    shelf.refresh(now);
  }

  for (const { type, entity } of archive?.read() ?? []) write(type, entity.id, entity, 'now');
  return {
    get: (type, id) => shelfOf(type).get(shortId(id)),
    all: (type) => shelfOf(type).all(),
    byExternalId: (type, externalId) => shelfOf(type).byExternalId(externalId),
    written: (type) => shelfOf(type).written(),
    put(type, entity, visibility) {
      write(type, entity.id, entity, visibility);
      archive?.put(type, entity);
    },
    remove(type, entity, visibility) {
      write(type, entity.id, null, visibility);
      archive?.remove(entity);
    },
  };
}
