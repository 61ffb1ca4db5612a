import type { Observable } from './facts.ts';
import type { GuardOptions } from './options.ts';
import type { SyncStore } from './store.ts';

/** Where an incident goes: a ticket of its own, one that is there, or the digest of the hour, which it may have to begin. */
export type Place =
  | { readonly kind: 'own' }
  | { readonly kind: 'join'; readonly ticketId: string }
  | { readonly kind: 'digest'; readonly hour: number };

export interface FloodGuard {
  place(incidentId: string, observables: readonly Observable[], now: number): Place;
  /** Notes, within the transaction that stores the pair, where an incident went. */
  placed(place: Place, incidentId: string, ticketId: string, observables: readonly Observable[], now: number): void;
}

const HOUR_MS = 3_600_000;
/** Observables that tell who or what: unlike user agents, paths and one's own hosts, two strangers hardly share them. */
const TELLING = new Set(['ip', 'ipv6', 'domain', 'email', 'user', 'md5', 'sha1', 'sha256', 'mac_address', 'device']);
/** Observables of one incident that are remembered. */
const MAX_REMEMBERED = 200;

export function floodGuard({ shareWindowMs, maxPerHour }: GuardOptions, store: SyncStore): FloodGuard {
  const keysOf = (observables: readonly Observable[]): string[] =>
    observables
      .filter(({ type }) => TELLING.has(type))
      .slice(0, MAX_REMEMBERED)
      .map(({ type, value }) => `${type} ${value}`);

  function shared(observables: readonly Observable[], now: number): string | null {
    if (shareWindowMs === null) return null;
    for (const key of keysOf(observables)) {
      const before = store.sighted(key);
      if (before !== null && before.at > now - shareWindowMs) return before.ticketId;
    }
    return null;
  }

  /** What lies ahead was made before the clock was put back. */
  function madeBefore(now: number): number[] {
    return store.made().filter((at) => at > now - HOUR_MS && at <= now);
  }

  return {
    place(incidentId, observables, now) {
      const ticketId = shared(observables, now);
      if (ticketId !== null) return { kind: 'join', ticketId };
      const recent = madeBefore(now);
      if (recent.length < maxPerHour) return { kind: 'own' };
      const hour = Math.floor(now / HOUR_MS);
      const digest = store.digest();
      if (digest?.hour === hour && digest.ticketId !== null) return { kind: 'join', ticketId: digest.ticketId };
      // Stored before the ticket is made, so that one that was made when nobody could note it is known for what it is.
      store.setDigest({ hour, incidentId, ticketId: null });
      return { kind: 'digest', hour };
    },
    placed(place, incidentId, ticketId, observables, now) {
      const digest = store.digest();
      if (digest?.incidentId === incidentId) store.setDigest({ ...digest, ticketId });
      else if (place.kind === 'own') store.setMade([...madeBefore(now), now]);
      // A digest draws nothing to it.
      if (shareWindowMs === null || ticketId === store.digest()?.ticketId) return;
      store.forgetSightedBefore(now - shareWindowMs);
      for (const key of keysOf(observables)) store.setSighted(key, ticketId, now);
    },
  };
}
