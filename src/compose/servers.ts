import { addressType, canonicalAddress } from '../address/address.ts';
import type { CtimSighting } from '../ctim/ctim.ts';
import type { Target } from '../model/incident.ts';
import { plain } from './neutral.ts';
import type { ComposerOptions } from './options.ts';
import { toTimestamp } from './timestamp.ts';

export type CtimObservable = NonNullable<CtimSighting['observables']>[number];
type CtimTarget = NonNullable<CtimSighting['targets']>[number];

/** A web server that was attacked, as far as log and configuration identify it. */
export interface Server {
  readonly type: string;
  readonly os: string | undefined;
  readonly names: readonly CtimObservable[];
  readonly addresses: readonly CtimObservable[];
  readonly macs: readonly CtimObservable[];
  /** Virtual hosts that were asked for, whatever the machine's own name is. */
  readonly sites: readonly string[];
  readonly first: number;
  readonly last: number;
}

/**
 * The servers behind `targets`, one for each identity: several files or virtual hosts may be one machine. A target of
 * which neither its virtual host nor the configuration tells anything is no server here: nothing is invented.
 */
export function serversOf(targets: readonly Target[], targetOf: ComposerOptions['targetOf']): readonly Server[] {
  const servers = new Map<string, Server>();
  for (const target of targets) {
    const server = identify(target, targetOf);
    const identity = JSON.stringify(identityOf(server));
    if (identity === '[]') continue;
    const known = servers.get(identity);
    servers.set(
      identity,
      known === undefined
        ? server
        : {
            ...known,
            sites: [...known.sites, ...server.sites],
            first: Math.min(known.first, target.first),
            last: Math.max(known.last, target.last),
          },
    );
  }
  return [...servers.values()];
}

/** Everything that names the server, for CTIM's list of targets. */
export function toTarget(server: Server): CtimTarget {
  return {
    type: server.type,
    observables: [...identityOf(server)],
    observed_time: { start_time: toTimestamp(server.first), end_time: toTimestamp(server.last) },
    ...(server.os === undefined ? {} : { os: server.os }),
  };
}

function identityOf(server: Server): readonly CtimObservable[] {
  return [...server.names, ...server.addresses, ...server.macs];
}

/** Every value that stands for one of the servers: none of them is something to hunt for. */
export function ownValues(servers: readonly Server[]): ReadonlySet<string> {
  return new Set(servers.flatMap((server) => [...identityOf(server).map(({ value }) => value), ...server.sites]));
}

function identify(target: Target, targetOf: ComposerOptions['targetOf']): Server {
  const facts = targetOf({ host: target.host, source: target.source });
  const host = facts.hostname ?? target.host;
  const name = host === null ? null : hostObservable(host);
  const addresses = (facts.ips ?? []).map(hostObservable).filter((it) => it !== null);
  if (name !== null && name.type !== 'hostname') addresses.unshift(name);
  return {
    type: plain(facts.type ?? 'endpoint.server', 1024),
    os: facts.os === undefined ? undefined : plain(facts.os, 1024),
    names: name?.type === 'hostname' ? [name] : [],
    addresses: addresses.filter((it, index) => addresses.findIndex(({ value }) => value === it.value) === index),
    macs: (facts.macs ?? []).map((mac) => ({ type: 'mac_address', value: plain(mac.toLowerCase(), 64) })),
    sites: target.host === null ? [] : [target.host],
    first: target.first,
    last: target.last,
  };
}

/** An address, or a host name of sound form and length, lower case; null for anything else. */
export function hostObservable(text: string): { type: 'ip' | 'ipv6' | 'hostname'; value: string } | null {
  const type = addressType(text);
  if (type !== null) return { type, value: canonicalAddress(text) ?? text };
  const name = text.toLowerCase();
  return name.length <= 253 && /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name) ? { type: 'hostname', value: name } : null;
}
