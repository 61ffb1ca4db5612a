import { CtiaError, isObject, type JsonObject, type Stored } from '../ctia/ctia.ts';
import { objectsOf, timeOf } from './facts.ts';
import type { IncidentServer } from './options.ts';

/** Fields of an incident that sync changes. */
export type SyncedField = 'status' | 'assignees';

/** What somebody wrote and a write of ours has overwritten, by field; `at`: when ours was made last, epoch ms of the server's clock. */
export type Overwritten = Readonly<Record<string, { readonly value: unknown; readonly at: number }>>;

export interface IncidentWriter {
  /**
   * Writes fields of the incident as it was read, and looks whether they are there. `overwritten` is what somebody else
   * wrote in between: the server checks no versions. `at`: when the write was made, epoch ms of the server's clock.
   */
  write(incident: Stored, changes: JsonObject): Promise<{ readonly overwritten: Overwritten; readonly at: number }>;
  /** When a write of ours since then (epoch ms) gave a field its value, epoch ms of the server's clock; null when that is not known. */
  writtenAt(id: string, field: SyncedField, value: unknown, since: number): Promise<number | null>;
  /** The fields of what was overwritten that nobody has written since. */
  lastWords(id: string, overwritten: Overwritten): Promise<JsonObject>;
  /**
   * When a field was last changed, epoch ms of the server's clock; null when that is not known. `stale`: it is not what
   * was read any more. `differ`: whether two values of the field make a difference.
   */
  lastChange(
    incident: Stored,
    field: SyncedField,
    differ: (a: unknown, b: unknown) => boolean,
  ): Promise<{ readonly at: number; readonly stale: boolean } | null>;
}

/** Rounds of writing and looking; each further one is due to a change that was written over ours. */
const MAX_ROUNDS = 4;

export function incidentWriter(client: Pick<IncidentServer, 'entities' | 'history'>): IncidentWriter {
  const incidents = client.entities('incident');

  async function present(id: string, answer: Promise<Stored | null>): Promise<Stored> {
    const stored = await answer;
    if (stored !== null) return stored;
    throw new CtiaError('not-found', `${id} was removed while it was changed`);
  }

  /** Changes of a field, the latest first. */
  async function changesOf(id: string, field: string): Promise<{ at: number; before: unknown; after: unknown }[]> {
    let bursts: Awaited<ReturnType<IncidentServer['history']>> = [];
    try {
      bursts = await client.history(id);
    } catch (error) {
      // Without the right to read events, the short time between reading and writing is not watched.
      if (!(error instanceof CtiaError) || (error.code !== 'forbidden' && error.code !== 'not-found')) throw error;
    }
    const changes = bursts
      .flatMap(({ events }) => events)
      .flatMap(({ timestamp, entity, fields }) =>
        objectsOf(fields)
          .filter((it) => it.field === field)
          .map(({ change }) => ({
            // An event is written a little later than what it tells of.
            at: timeOf(isObject(entity) ? entity.modified : null) || timeOf(timestamp),
            before: isObject(change) ? change.before : null,
            after: isObject(change) ? change.after : null,
          })),
      );
    return changes.sort((a, b) => b.at - a.at);
  }

  return {
    async write(incident, changes) {
      const { id } = incident;
      let first = Number.POSITIVE_INFINITY;
      for (let round = 1; ; round++) {
        const at = timeOf((await present(id, incidents.update(id, changes))).modified);
        first = Math.min(first, at);
        const stored = await present(id, incidents.get(id));
        const overwritten: Record<string, Overwritten[string]> = {};
        let lost = false;
        for (const [field, value] of Object.entries(changes)) {
          const history = await changesOf(id, field);
          // Who writes an incident that was read before undoes our write, and no event tells of that.
          const [last] = history;
          lost ||= !same(stored[field], value) && (last === undefined || same(last.after, value));
          const since = history.filter((one) => one.at >= first && same(one.after, value));
          // Of those of one millisecond, the server names the later one first.
          const ours = since.find(({ at: when }) => when === since.at(-1)?.at);
          const seen = [incident[field], value].some((known) => same(ours?.before, known));
          if (ours !== undefined && !seen) overwritten[field] = { value: ours.before, at: Math.max(at, ours.at) };
        }
        if (!lost || round === MAX_ROUNDS) return { overwritten, at };
      }
    },
    async writtenAt(id, field, value, since) {
      const history = await changesOf(id, field);
      return history.findLast(({ at, after }) => at >= since && same(after, value))?.at ?? null;
    },
    async lastWords(id, overwritten) {
      const words: Record<string, unknown> = {};
      for (const [field, { value, at }] of Object.entries(overwritten)) {
        const [last] = await changesOf(id, field);
        if (last === undefined || last.at <= at) words[field] = value;
      }
      return words;
    },
    async lastChange(incident, field, differ) {
      const last = (await changesOf(incident.id, field)).find(({ before, after }) => differ(before, after));
      return last === undefined ? null : { at: last.at, stale: differ(last.after, incident[field]) };
    },
  };
}

/** Lists are the same in any order; an empty one, a missing one and null are alike. */
function same(a: unknown, b: unknown): boolean {
  return text(a) === text(b);
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'null' : JSON.stringify(value.map(String).sort());
  return JSON.stringify(value ?? null);
}
