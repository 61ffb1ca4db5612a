import { createHash, hash } from 'node:crypto';

/** Of a long fact, UTF-16 units that are hashed at a time. */
const PIECE_UNITS = 16_384;

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

/** {@link externalId} of a single fact that is long, such as a whole bundle: without copies of it, in half the time. */
export function externalIdOfText(prefix: string, type: string, fact: string): string {
  const sha = createHash('sha256').update(`${prefix}|${type}|`);
  let at = 0;
  while (at < fact.length) {
    const end = pieceEnd(fact, at + PIECE_UNITS);
    sha.update(escapeFact(fact.slice(at, end)));
    at = end;
  }
  return `${prefix}${type}-${sha.digest('hex')}`;
}

/** Not between the two halves of a character. */
function pieceEnd(text: string, wanted: number): number {
  const last = text.charCodeAt(wanted - 1);
  return last >= 0xd800 && last <= 0xdbff ? wanted + 1 : wanted;
}

/** Two plain replacements: one with a pattern takes twice as long. */
function escapeFact(fact: string): string {
  return fact.replaceAll('\\', '\\\\').replaceAll('|', '\\|');
}

/** What an entity is called until the server gives it an id: relations inside the bundle use this. */
export function transientId(xid: string): string {
  return `transient:${xid}`;
}
