import { matchesGlob } from 'node:path';
import { cidrMatcher } from '../../address/address.ts';
import { readApacheConfig } from '../../apache/apache.ts';
import { type Fault, SightlineError } from '../../model/errors.ts';
import type { LogFormat } from '../../parse/parse.ts';
import type { TargetLookup } from '../targets.ts';
import { type ChosenLog, chooseLogs } from './choose-logs.ts';

/** What a configuration of Apache says of the logs to follow. */
export interface ApacheLogs {
  /** Absolute paths, and globs where a program rotates. */
  readonly patterns: readonly string[];
  /** Null for a file of no pattern, and where lines of several formats go into one file. */
  formatOf(source: string): LogFormat | null;
  /** Name and addresses of the server behind a virtual host, or behind a file that one server alone writes. */
  readonly targetOf: TargetLookup;
  readonly warnings: readonly Fault[];
}

const isLoopback = cidrMatcher(['127.0.0.0/8', '::1/128']);

/**
 * The logs that an Apache with this configuration writes.
 * @throws SightlineError `no-config` if it cannot be read, or names no log that can be followed
 */
export function apacheLogs(path: string): ApacheLogs {
  const { servers, warnings: faults } = readApacheConfig(path);
  const { chosen, warnings } = chooseLogs(servers);
  if (chosen.length === 0) {
    const why = [...faults, ...warnings].map(({ message }) => `; ${message}`).join('');
    throw new SightlineError('no-config', `${path} names no access log that can be followed${why}`);
  }
  const byPattern = new Map(chosen.map((log) => [log.pattern, log]));
  const known = new Map<string, ChosenLog | null>();

  function logOf(source: string): ChosenLog | null {
    let log = byPattern.get(source) ?? known.get(source);
    if (log === undefined) {
      log = chosen.find(({ pattern }) => matchesGlob(source, pattern)) ?? null;
      known.set(source, log);
    }
    return log;
  }

  return {
    patterns: [...byPattern.keys()],
    warnings: [...faults, ...warnings],
    formatOf(source) {
      const [format = null, other] = logOf(source)?.formats ?? [];
      return other === undefined ? format : null;
    },
    targetOf({ host, source }) {
      const writers = [...(logOf(source)?.servers ?? [])];
      const behind = writers.filter((server) => host === null || server.host === host || server.aliases.includes(host));
      const [name = null, other] = new Set(behind.map((server) => server.host));
      if (name === null || other !== undefined) return {};
      const own = behind.flatMap(({ addresses }) => addresses);
      // A virtual host for any address answers at those that the main server listens at.
      const ips = own.length > 0 ? own : (servers[0]?.addresses ?? []);
      return { hostname: name, ips: [...new Set(ips)].filter((ip) => !isLoopback(ip)) };
    },
  };
}

/** What the first lookup knows of a target, or else the second. */
export function eitherTarget(first: TargetLookup, second: TargetLookup): TargetLookup {
  return (target) => {
    const facts = first(target);
    return Object.keys(facts).length > 0 ? facts : second(target);
  };
}
