import { addressType } from '../address/address.ts';
import { toTerminal } from '../escape/escape.ts';
import type { Sighting } from '../model/incident.ts';
import type { Observable } from '../model/observable.ts';
import { plain } from './neutral.ts';
import { type CtimObservable, hostObservable, ownValues, type Server } from './servers.ts';

/** Longer values are no use to search for; the evidence table has them. */
const MAX_VALUE_UNITS = 2048;
const ABSOLUTE_URL = /^[a-z][a-z0-9+.-]{0,31}:\/\/[^/?#]/i;
/** What may not stand in a URL as it is: RFC 3986 knows none of these. */
const NOT_IN_URL = /[^\x21-\x7e]|["<>\\^`{|}]/gu;

/** One attacker's address, or the host name that was logged in its place. */
export function attackerObservable(address: string): CtimObservable {
  return { type: addressType(address) ?? 'hostname', value: plain(address, 253) };
}

/**
 * What a sighting gives to search for: the attacker, then what was requested, sent and mentioned. Never the attacked
 * server itself, nothing twice, and no value that is unfit for its type.
 */
export function observablesOf(sighting: Sighting, servers: readonly Server[]): readonly CtimObservable[] {
  const own = ownValues(servers);
  const observables = new Map<string, CtimObservable>();
  for (const address of sighting.addresses) add(observables, attackerObservable(address));
  for (const found of sighting.observables) {
    const observable = toCtim(found);
    if (observable !== null && !own.has(observable.value)) add(observables, observable);
  }
  return [...observables.values()];
}

function add(observables: Map<string, CtimObservable>, observable: CtimObservable): void {
  const key = `${observable.type} ${observable.value}`;
  if (!observables.has(key)) observables.set(key, observable);
}

function toCtim({ type, value }: Observable): CtimObservable | null {
  if (value === '' || value.length > MAX_VALUE_UNITS) return null;
  switch (type) {
    case 'url':
      return ABSOLUTE_URL.test(value) ? { type, value: encodeUrl(value) } : null;
    case 'user_agent':
    case 'user':
    case 'file_name':
      return { type, value: toTerminal(value) };
    default: {
      // What a rule took for a name may turn out to be an address, as in `ldap://192.0.2.1/x`.
      const host = hostObservable(value);
      return host?.type === 'hostname' && type === 'domain' ? { type, value: host.value } : host;
    }
  }
}

/** The URL with what no URL may hold percent-encoded; what was encoded stays as it was sent. */
function encodeUrl(text: string): string {
  return text.toWellFormed().replace(NOT_IN_URL, encodeURIComponent);
}

/** Host of an absolute URL, lower case, without user and port. */
export function hostOfUrl(url: string): string {
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  return host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d*$/, '');
}
