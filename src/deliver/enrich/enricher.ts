import { addressType, canonicalAddress } from '../../address/address.ts';
import { type CtiaClient, CtiaError } from '../../ctia/ctia.ts';
import type { Attacker } from '../../model/incident.ts';
import type { IntelOptions } from '../judge/feed.ts';
import { type Knowledge, knowledgeOf, noteText } from './knowledge.ts';

/** A store of intelligence that is asked about attackers. */
export interface IntelBase {
  /** What a person calls it; part of its notes' ids. */
  readonly name: string;
  readonly client: Pick<CtiaClient, 'verdict' | 'entities'>;
}

/** `client` takes the notes. It and those of the bases serve nothing else: `stop` ends all that they have under way. */
export interface EnricherOptions extends Omit<IntelOptions, 'client'> {
  readonly client: Pick<CtiaClient, 'entities'>;
  readonly bases: readonly IntelBase[];
  /** How long closing waits for what is not done yet. */
  readonly budgetMs: number;
  readonly stop: () => void;
  readonly clock: () => number;
  /** Hears of each failure as it happens. */
  readonly onFailure?: (message: string) => void;
}

/** What came of it, counted by incident and base. */
export interface EnrichCounts {
  noted: number;
  /** Nothing was known. */
  unknown: number;
  /** Time was over, too much was waiting, or the base had just failed too often. */
  leftOut: number;
  failed: number;
  /** Why, the first few. */
  readonly failures: string[];
}

export interface Enricher {
  /** Takes a stored incident in and returns at once. One that comes again is asked about again only where that failed. */
  enrich(incidentId: string, attacker: Attacker): void;
  readonly counts: EnrichCounts;
  /** Waits for what is under way, within the budget; the rest is left out. */
  close(): Promise<void>;
}

const MAX_WAITING = 1000;
/** Addresses of one attacker, who may have a whole network. */
const MAX_ADDRESSES = 10;
const MAX_REMEMBERED = 10_000;
/** Failures in a row after which a base is left alone, and for how long; also how many are told of in the end. */
const MAX_FAILURES = 3;
const REST_MS = 600_000;

/**
 * Attaches to incidents what intelligence already knows of their attackers, as one note for each base that knows
 * something. It works beside delivery, one incident at a time, so it never holds a bundle up; what fails is counted, not
 * thrown. Notes are apart from the incident: its ids and bytes stay what they would be without.
 */
export function enricher(options: EnricherOptions): Enricher {
  const { client, bases, budgetMs, stop, clock, onFailure, ...marking } = options;
  const counts: EnrichCounts = { noted: 0, unknown: 0, leftOut: 0, failed: 0, failures: [] };
  /** In a row. */
  const failuresOf = new Map<IntelBase, number>();
  const restsUntil = new Map<IntelBase, number>();
  const seen = new Set<string>();
  const remembered = new Map<string, Knowledge | null>();
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let stopped = false;

  async function askAll(incidentId: string, attacker: Attacker): Promise<void> {
    for (const base of bases) {
      if (stopped || rests(base)) {
        counts.leftOut++;
        seen.delete(incidentId);
        continue;
      }
      try {
        counts[await noteFrom(base, incidentId, attacker)]++;
        failuresOf.delete(base);
      } catch (error) {
        if (!(error instanceof CtiaError)) throw error;
        seen.delete(incidentId);
        if (stopped) counts.leftOut++;
        else noteFailure(base, error);
      }
    }
  }

  /** A rest that is longer than any began before the clock was put back. */
  function rests(base: IntelBase): boolean {
    const leftMs = (restsUntil.get(base) ?? 0) - clock();
    return leftMs > 0 && leftMs <= REST_MS;
  }

  async function noteFrom(base: IntelBase, incidentId: string, attacker: Attacker): Promise<'noted' | 'unknown'> {
    const known: Knowledge[] = [];
    for (const { type, value } of observablesOf(attacker)) {
      const knowledge = await ask(base, type, value);
      if (knowledge !== null) known.push(knowledge);
    }
    if (known.length === 0) return 'unknown';
    await client.entities('note').ensure({
      external_ids: [marking.nameOf('note', ['verdicts', base.name, incidentId])],
      note_class: 'default',
      content: noteText(base.name, known),
      related_entities: [{ entity_type: 'incident', entity_id: incidentId }],
      source: marking.source,
      tlp: marking.tlp,
    });
    return 'noted';
  }

  async function ask(base: IntelBase, type: string, value: string): Promise<Knowledge | null> {
    const key = `${base.name} ${type} ${value}`;
    const answer = remembered.get(key);
    if (answer !== undefined) return answer;
    const knowledge = await knowledgeOf(type, value, base.client, marking.prefix);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(key, knowledge);
    return knowledge;
  }

  function noteFailure(base: IntelBase, { message }: CtiaError): void {
    const failures = (failuresOf.get(base) ?? 0) + 1;
    failuresOf.set(base, failures % MAX_FAILURES);
    if (failures === MAX_FAILURES) restsUntil.set(base, clock() + REST_MS);
    counts.failed++;
    onFailure?.(`${base.name}: ${message}`);
    if (counts.failures.length < MAX_FAILURES) counts.failures.push(message);
  }

  return {
    counts,
    enrich(incidentId, { type, key, addresses }) {
      if (seen.has(incidentId)) return;
      if (waiting >= MAX_WAITING) {
        counts.leftOut += bases.length;
        return;
      }
      if (seen.size >= MAX_REMEMBERED) seen.clear();
      seen.add(incidentId);
      waiting++;
      const attacker = { type, key, addresses: addresses.slice(0, MAX_ADDRESSES) };
      last = last.then(() => askAll(incidentId, attacker)).finally(() => waiting--);
    },
    async close() {
      const timer = setTimeout(() => {
        stopped = true;
        stop();
      }, budgetMs);
      try {
        await last;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** An attacker as intelligence would know it. */
function observablesOf({ type, key, addresses }: Attacker): { readonly type: string; readonly value: string }[] {
  if (type === 'hostname') return [{ type, value: key }];
  return addresses.map((address) => {
    const value = canonicalAddress(address) ?? address;
    return { type: addressType(value) ?? type, value };
  });
}
