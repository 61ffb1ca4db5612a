import { type StoredEntity, textsOf } from '../entity/stored.ts';

/**
 * The entities of one type behind a search index: what is written becomes visible at the next refresh, and nothing can
 * be read before, not even by id.
 */
export class Shelf {
  readonly #visible = new Map<string, StoredEntity>();
  readonly #idsByExternalId = new Map<string, Set<string>>();
  /** Written and not yet visible; null for what was removed. */
  readonly #pending = new Map<string, StoredEntity | null>();
  #dueAt = Number.POSITIVE_INFINITY;

  /** `key` is the short id. `dueAt`: epoch milliseconds of the next refresh. */
  write(key: string, entity: StoredEntity | null, dueAt: number): void {
    this.#pending.delete(key); // The last write counts as written last.
    this.#pending.set(key, entity);
    this.#dueAt = Math.min(this.#dueAt, dueAt);
  }

  /** Makes what is due visible. */
  refresh(now: number): void {
    if (now < this.#dueAt) return;
    for (const [key, entity] of this.#pending) this.#show(key, entity);
    this.#pending.clear();
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  get(key: string): StoredEntity | null {
    return this.#visible.get(key) ?? null;
  }

  all(): StoredEntity[] {
    return [...this.#visible.values()];
  }

  /** Exact, in the order of storing. */
  byExternalId(externalId: string): StoredEntity[] {
    const keys = this.#idsByExternalId.get(externalId) ?? [];
    return [...keys].flatMap((key) => this.#visible.get(key) ?? []);
  }

  /** Everything that was written, visible or not. */
  written(): StoredEntity[] {
    const entities = new Map<string, StoredEntity | null>([...this.#visible, ...this.#pending]);
    return [...entities.values()].filter((entity) => entity !== null);
  }

  #show(key: string, entity: StoredEntity | null): void {
    const before = this.#visible.get(key);
    for (const externalId of textsOf(before?.external_ids)) this.#idsByExternalId.get(externalId)?.delete(key);
    if (entity === null) {
      this.#visible.delete(key);
      return;
    }
    this.#visible.set(key, entity);
    for (const externalId of textsOf(entity.external_ids)) {
      const known = this.#idsByExternalId.get(externalId);
      if (known === undefined) this.#idsByExternalId.set(externalId, new Set([key]));
      else known.add(key);
    }
  }
}
