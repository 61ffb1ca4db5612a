import { hash } from 'node:crypto';

/**
 * The external id of an entity: `<prefix><type>-<sha256 hex>`, a pure function of what identifies it, so that the same
 * log makes the same ids on every run. Hashed are prefix, type and facts joined by `|`, as Cisco's guide to external ids
 * has it; a `|` or `\` inside a fact is escaped, so that no two lists of facts read the same. Lower case, because the
 * server's look-up minds the case.
 */
export function externalId(prefix: string, type: string, facts: readonly string[]): string {
  const text = [prefix, type, ...facts.map(escapeFact)].join('|');
  return `${prefix}${type}-${hash('sha256', text)}`;
}

/** Two plain replacements: one with a pattern takes twice as long, and a whole bundle may be a fact. */
function escapeFact(fact: string): string {
  return fact.replaceAll('\\', '\\\\').replaceAll('|', '\\|');
}

/** What an entity is called until the server gives it an id: relations inside the bundle use this. */
export function transientId(xid: string): string {
  return `transient:${xid}`;
}
