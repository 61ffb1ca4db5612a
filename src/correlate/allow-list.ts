import { cidrMatcher } from '../address/address.ts';
import type { AccessLogEntry } from '../model/entry.ts';
import { SightlineError } from '../model/errors.ts';

/** What is never reported: every part that is given must hold, each by one of its alternatives. */
export interface AllowEntry {
  /** How reports call it; null names it by its parts. */
  readonly name: string | null;
  /** Addresses and networks of the client. */
  readonly cidrs: readonly string[] | null;
  /** Paths: `/health` stands for itself and what is below it, `*` for any characters. */
  readonly paths: readonly string[] | null;
  /** Virtual hosts, `*` for any characters. */
  readonly hosts: readonly string[] | null;
  /** Texts that the user agent contains, in any case. */
  readonly userAgents: readonly string[] | null;
}

type Test = (entry: AccessLogEntry) => boolean;

/**
 * Tells which entry of the list allows a request; null when none does. A path that is encoded or walks upwards is never
 * allowed by a path: `/health/../admin` is not below `/health`.
 * @throws SightlineError `bad-cidr`, or `empty-allow-entry` for one that would allow everything.
 */
export function allowList(entries: readonly AllowEntry[]): (entry: AccessLogEntry) => string | null {
  const compiled = entries.map((allowed) => ({ name: allowed.name ?? describe(allowed), tests: compile(allowed) }));
  return (entry) => compiled.find(({ tests }) => tests.every((test) => test(entry)))?.name ?? null;
}

/** Tells whether something that a client asks for may be allowed: where true, the request decides. */
export function mayAllow(entries: readonly AllowEntry[]): (client: string) => boolean {
  const matchers = entries.map(({ cidrs }) => (cidrs === null ? () => true : cidrMatcher(cidrs)));
  return (client) => matchers.some((matches) => matches(client));
}

function compile(allowed: AllowEntry): Test[] {
  const tests: Test[] = [];
  if (allowed.hosts !== null) tests.push(testText(allowed.hosts.map(toLower).map(globMatcher), ({ host }) => host));
  if (allowed.userAgents !== null) {
    const contains = allowed.userAgents.map(toLower).map((part) => (text: string) => text.includes(part));
    tests.push(testText(contains, ({ userAgent }) => userAgent?.toLowerCase() ?? null));
  }
  if (allowed.paths !== null) {
    tests.push(
      testText(allowed.paths.map(pathMatcher), ({ stem }) => (stem === null || isCrooked(stem) ? null : stem)),
    );
  }
  if (allowed.cidrs !== null) tests.push(testText([cidrMatcher(allowed.cidrs)], ({ client }) => client));
  if (tests.length > 0) return tests;
  throw new SightlineError(
    'empty-allow-entry',
    'expected an allow entry to name addresses, paths, hosts or user agents; without any it would allow everything',
  );
}

function testText(
  matchers: readonly ((text: string) => boolean)[],
  read: (entry: AccessLogEntry) => string | null,
): Test {
  return (entry) => {
    const text = read(entry);
    return text !== null && matchers.some((matches) => matches(text));
  };
}

/** Percent signs, dots and backslashes that could make a path lead elsewhere than it seems to. */
function isCrooked(stem: string): boolean {
  return stem.includes('%') || stem.includes('..') || stem.includes('\\') || stem.includes('//');
}

function pathMatcher(pattern: string): (stem: string) => boolean {
  if (pattern.includes('*')) return globMatcher(pattern);
  const below = pattern.endsWith('/') ? pattern : `${pattern}/`;
  return (stem) => stem === pattern || stem.startsWith(below);
}

/** `*` stands for any run of characters. Takes the parts between the stars in turn: linear in the text for each part. */
function globMatcher(pattern: string): (text: string) => boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === pattern;
  return (text) => {
    if (!text.startsWith(head)) return false;
    let from = head.length;
    for (const part of rest) {
      const found = text.indexOf(part, from);
      if (found < 0) return false;
      from = found + part.length;
    }
    return text.length - tail.length >= from && text.endsWith(tail);
  };
}

function describe({ cidrs, paths, hosts, userAgents }: AllowEntry): string {
  return [cidrs, paths, hosts, userAgents].flatMap((part) => (part === null ? [] : [part.join(', ')])).join(' + ');
}

function toLower(text: string): string {
  return text.toLowerCase();
}
