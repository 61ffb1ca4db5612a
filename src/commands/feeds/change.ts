import type { ArgumentsCamelCase } from 'yargs';
import { addressType, canonicalAddress } from '../../address/address.ts';
import type { Config } from '../../config.ts';
import { ctiaSink, type FeedKind, judge, withdraw } from '../../deliver/deliver.ts';
import { toTerminal } from '../../escape/escape.ts';
import { SightlineError } from '../../model/errors.ts';
import type { ExitCode } from '../command.ts';
import type { AddOptions, RemoveOptions } from '../feeds.ts';
import { configuredSparer, intelOptions } from '../intel-options.ts';
import { print } from '../print.ts';
import { withSession } from '../session.ts';

const DAY_MS = 86_400_000;
/** CTIA's guidance: 90 at most for what is automated, 95 for a list that people keep, 100 for a single person's word. */
const PRIORITY = 95;
/** Readers of a feed would take one value with a line end for two. */
const UNLISTED = /[\s\p{Cc}]/u;
const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** Carries out `sightline feeds add`. */
export function addToFeed(given: ArgumentsCamelCase<AddOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client, config }) => {
    const value = readValue(given.type, given.value);
    if (UNLISTED.test(value)) {
      throw new SightlineError(
        'usage',
        `${given.type} "${toTerminal(value)}" holds white space or control characters: a feed has one value a line`,
      );
    }
    refuseSpared(given.type, value, config);
    const now = Date.now();
    const outcome = await judge(
      {
        kind: given.type,
        value,
        reason: given.reason,
        disposition: 'Malicious',
        severity: 'High',
        confidence: 'High',
        priority: PRIORITY,
        validFrom: now,
        validUntil: now + given.days * DAY_MS,
        slackMs: 0,
      },
      { ...intelOptions(config, client), sink: ctiaSink({ client, prefix: config.bundle.prefix }), now },
    );
    await print([
      `${given.type} ${value}: ${outcome === 'kept' ? 'is judged for longer already' : `judged for ${given.days} days`}`,
    ]);
    return 0;
  });
}

/** Carries out `sightline feeds remove`; exit code 1 when there was nothing to remove. */
export function removeFromFeed(given: ArgumentsCamelCase<RemoveOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client, config }) => {
    const value = readValue(given.type, given.value);
    const options = { ...intelOptions(config, client), now: Date.now() };
    const count = await withdraw(given.type, value, 'removed from the feed by hand', options);
    await print([`${given.type} ${value}: ${count === 0 ? 'no judgement of ours is in force' : `ended ${count}`}`]);
    return count === 0 ? 1 : 0;
  });
}

/** The value in its one spelling. Throws SightlineError `usage` for what is not of this type. */
function readValue(kind: FeedKind, text: string): string {
  const value = kind === 'domain' ? text.toLowerCase().replace(/\.$/, '') : (canonicalAddress(text) ?? text);
  const fits =
    kind === 'domain'
      ? DOMAIN.test(value)
      : kind === 'url'
        ? /^https?:$/.test(URL.parse(value)?.protocol ?? '')
        : addressType(value) === kind;
  if (fits) return value;
  const example = { ip: '192.0.2.9', ipv6: '2001:db8::9', domain: 'bad.example', url: 'http://bad.example/x' }[kind];
  throw new SightlineError('usage', `expected a value of type ${kind} such as ${example}, got "${text}"`);
}

/** Own servers and what is allowed is not blocked, not even by hand: take it out of the configuration first. */
function refuseSpared(kind: FeedKind, value: string, config: Config): void {
  const host = kind === 'url' ? (URL.parse(value)?.hostname.replace(/^\[|\]$/g, '') ?? '') : value;
  const isOwnName = config.targets.some(
    ({ hostname, vhost }) => hostname?.toLowerCase() === host || vhost?.toLowerCase() === host,
  );
  const reason = isOwnName ? 'a server of yours' : addressType(host) === null ? null : configuredSparer(config)(host);
  if (reason !== null) throw new SightlineError('usage', `${value} is never judged: ${reason}`);
}
