import { basename } from 'node:path';
import { canonicalAddress } from '../address/address.ts';
import type { TargetFacts } from '../compose/compose.ts';
import type { Config } from '../config.ts';
import { SightlineError } from '../model/errors.ts';

/** Looks up what is known of the web server behind a virtual host or a log file. */
export type TargetLookup = (target: { readonly host: string | null; readonly source: string }) => TargetFacts;

/**
 * The facts given on the command line (`hostname=...`) for every server, or else the first entry of the configuration
 * whose `vhost` and `file`, where it has them, apply.
 * @throws SightlineError `usage` for a fact that is none.
 */
export function targetLookup(entries: Config['targets'], given: readonly string[]): TargetLookup {
  const facts = parseFacts(given);
  if (facts !== null) return () => facts;
  return ({ host, source }) => {
    const entry = entries.find(
      ({ vhost, file }) =>
        (vhost === undefined || vhost.toLowerCase() === host) &&
        (file === undefined || file === source || file === basename(source)),
    );
    return entry === undefined ? {} : { hostname: entry.hostname, ips: entry.ip, macs: entry.mac, os: entry.os };
  };
}

function parseFacts(given: readonly string[]): TargetFacts | null {
  if (given.length === 0) return null;
  const values: Record<'hostname' | 'ip' | 'mac' | 'os', string[]> = { hostname: [], ip: [], mac: [], os: [] };
  for (const fact of given) {
    const at = fact.indexOf('=');
    const [key, value] = [fact.slice(0, at), fact.slice(at + 1)];
    if (!Object.hasOwn(values, key) || value === '') {
      throw new SightlineError('usage', `--target: expected hostname=, ip=, mac= or os= with a value, got "${fact}"`);
    }
    if (key === 'ip' && canonicalAddress(value) === null) {
      throw new SightlineError('usage', `--target: expected an address after ip=, got "${value}"`);
    }
    values[key as keyof typeof values].push(value);
  }
  return { hostname: values.hostname[0], ips: values.ip, macs: values.mac, os: values.os[0] };
}
