import { z } from 'zod';
import { shortIdOf } from '../ctia/ctia.ts';
import type { State } from '../state/state.ts';
import type { Side } from './event.ts';
import { type Joins, type Known, knownSchema, type Pair, readJoins, readPair } from './pair.ts';
import { type Position, positionSchema } from './position.ts';
import { addTo, type Happening, readWork, type Work } from './work.ts';

const holdSchema = z.object({
  until: z.number(),
  failures: z.number(),
  reason: z.string(),
  /** What it failed at: telling what is new, or doing what it was told. */
  at: z.enum(['telling', 'doing']),
});
/** A side that is left alone for a while. */
export type Hold = z.output<typeof holdSchema>;

const digestSchema = z.object({ hour: z.number(), incidentId: z.string(), ticketId: z.string().nullable() });
/** The digest ticket of an hour: the incident whose mark it bears, and its id once it is made. */
export type Digest = z.output<typeof digestSchema>;

const sightedSchema = z.object({ ticketId: z.string(), at: z.number() });
const textsSchema = z.array(z.string());
const timesSchema = z.array(z.number());

/** What sync remembers, in tables of the state file. Incidents may be named by long or short id. */
export interface SyncStore {
  transact<Result>(work: () => Result): Result;
  /** The ticket system whose tickets these are; null where that was never said. */
  system(): string | null;
  setSystem(system: string): void;
  /** Whether nothing of any ticket system is remembered. */
  isBlank(): boolean;
  pair(incidentId: string): Pair | null;
  setPair(pair: Pair): void;
  pairs(): Iterable<Pair>;
  /** What a ticket that is about to be made tells, should nobody hear of its making. */
  opening(incidentId: string): Known | null;
  setOpening(incidentId: string, known: Known | null): void;
  /** The status that the ticket which was made last began with; null where none was. */
  begunAs(): string | null;
  setBegunAs(status: string): void;
  /** Long ids of the incidents whose ticket it is. */
  incidentsOf(ticketId: string): readonly string[];
  work(incidentId: string): Work | null;
  setWork(work: Work): void;
  add(happening: Happening, now: number): void;
  /** Takes work away, or what of it was there at `version`. */
  finish(work: Work): void;
  /** All work, in no order. */
  queue(): Iterable<Work>;
  /** Sort values of the incident up to which each one has its ticket, or was refused one; null for none. */
  reached(): readonly string[] | null;
  setReached(values: readonly string[]): void;
  position(name: string): Position | null;
  setPosition(name: string, position: Position): void;
  /** A connector's own bookmark. */
  bookmark(): string | null;
  setBookmark(text: string): void;
  hold(side: Side): Hold | null;
  setHold(side: Side, hold: Hold | null): void;
  /** Epoch ms of the last look through everything; 0 for never. */
  reconciled(): number;
  setReconciled(at: number): void;
  /** When tickets were made, epoch ms. */
  made(): readonly number[];
  setMade(times: readonly number[]): void;
  digest(): Digest | null;
  setDigest(digest: Digest): void;
  /** The ticket of the incident that an observable was last seen in. */
  sighted(observable: string): { readonly ticketId: string; readonly at: number } | null;
  setSighted(observable: string, ticketId: string, at: number): void;
  forgetSightedBefore(at: number): void;
  joins(ticketId: string): Joins | null;
  setJoins(ticketId: string, joins: Joins | null): void;
  ticketsWithJoins(): readonly string[];
}

/** Names of the tables; a copy of them is a copy of all that sync knows. */
export const SYNC_TABLES = ['sync-pair', 'sync-ticket', 'sync-work', 'sync-joins', 'sync-sighted', 'sync'] as const;

export function syncStore(state: Pick<State, 'table' | 'transact'>): SyncStore {
  const [pairs, tickets, queue, joins, sighted, facts] = SYNC_TABLES.map((name) => state.table(name)) as Tables;
  const fact = <T>(name: string, schema: z.ZodType<T>): T | null => parse(facts.get(name), schema);
  const setFact = (name: string, value: unknown): void => facts.set(name, JSON.stringify(value));

  const incidentsOf = (ticketId: string): readonly string[] => parse(tickets.get(ticketId), textsSchema) ?? [];
  const work = (incidentId: string): Work | null => read(queue.get(shortIdOf(incidentId)), readWork);
  const setWork = (one: Work): void => queue.set(shortIdOf(one.incidentId), JSON.stringify(one));

  return {
    transact: (changes) => state.transact(changes),
    system: () => fact('system', z.string()),
    setSystem: (system) => setFact('system', system),
    isBlank: () => facts.get('bookmark') === null && pairs.entries()[Symbol.iterator]().next().done === true,
    pair: (incidentId) => read(pairs.get(shortIdOf(incidentId)), readPair),
    setPair: (pair) =>
      state.transact(() => {
        // A person may have unlinked it from another process meanwhile.
        const unlinked = read(pairs.get(shortIdOf(pair.incidentId)), readPair)?.state === 'unlinked';
        pairs.set(shortIdOf(pair.incidentId), JSON.stringify(unlinked ? { ...pair, state: 'unlinked' } : pair));
        const known = incidentsOf(pair.ticketId);
        if (known.includes(pair.incidentId)) return;
        tickets.set(pair.ticketId, JSON.stringify([...known, pair.incidentId]));
      }),
    opening: (incidentId) => fact(`opening ${shortIdOf(incidentId)}`, knownSchema),
    setOpening(incidentId, known) {
      if (known === null) facts.delete(`opening ${shortIdOf(incidentId)}`);
      else setFact(`opening ${shortIdOf(incidentId)}`, known);
    },
    begunAs: () => fact('begun-as', z.string()),
    setBegunAs: (status) => setFact('begun-as', status),
    *pairs() {
      for (const [, json] of pairs.entries()) yield readPair(json);
    },
    incidentsOf,
    work,
    setWork,
    add: (happening, now) => setWork(addTo(work(happening.incidentId), happening, now)),
    finish(done) {
      const left = work(done.incidentId);
      if (left === null) return;
      if (left.version === done.version) queue.delete(shortIdOf(done.incidentId));
      else {
        const dealtWith = new Set(done.comments.map(({ id }) => id));
        setWork({
          ...left,
          comments: left.comments.filter(({ id }) => !dealtWith.has(id)),
          attempts: 0,
          problem: null,
        });
      }
    },
    *queue() {
      for (const [, json] of queue.entries()) yield readWork(json);
    },
    reached: () => fact('reached', textsSchema),
    setReached: (values) => setFact('reached', values),
    position: (name) => fact(`position ${name}`, positionSchema),
    setPosition: (name, position) => setFact(`position ${name}`, position),
    bookmark: () => fact('bookmark', z.string()),
    setBookmark: (text) => setFact('bookmark', text),
    hold: (side) => fact(`hold ${side}`, holdSchema),
    setHold(side, hold) {
      if (hold === null) facts.delete(`hold ${side}`);
      else setFact(`hold ${side}`, hold);
    },
    reconciled: () => fact('reconciled', z.number()) ?? 0,
    setReconciled: (at) => setFact('reconciled', at),
    made: () => fact('made', timesSchema) ?? [],
    setMade: (times) => setFact('made', times),
    digest: () => fact('digest', digestSchema),
    setDigest: (digest) => setFact('digest', digest),
    sighted: (observable) => parse(sighted.get(observable), sightedSchema),
    setSighted: (observable, ticketId, at) => sighted.set(observable, JSON.stringify({ ticketId, at })),
    forgetSightedBefore(at) {
      const old = Array.from(sighted.entries()).filter(([, json]) => sightedSchema.parse(JSON.parse(json)).at < at);
      for (const [observable] of old) sighted.delete(observable);
    },
    joins: (ticketId) => read(joins.get(ticketId), readJoins),
    setJoins(ticketId, value) {
      if (value === null) joins.delete(ticketId);
      else joins.set(ticketId, JSON.stringify(value));
    },
    ticketsWithJoins: () => Array.from(joins.entries(), ([ticketId]) => ticketId),
  };
}

type Table = ReturnType<State['table']>;
type Tables = [Table, Table, Table, Table, Table, Table];

function read<T>(json: string | null, reader: (json: string) => T): T | null {
  return json === null ? null : reader(json);
}

function parse<T>(json: string | null, schema: z.ZodType<T>): T | null {
  return read(json, (text) => schema.parse(JSON.parse(text)));
}
