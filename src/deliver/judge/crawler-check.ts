import type { Incident } from '../../model/incident.ts';
import type { Rule } from '../../model/rule.ts';
import { isVerifiedBot, type NameService } from './verified-bot.ts';

/** Rules with this tag say no more than that a client is not the search engine's crawler that it claims to be. */
const CLAIMS_CRAWLER = 'sightline.claims-crawler';
/** Addresses of one attacker; a network with more is nobody's crawler. */
const MAX_ADDRESSES = 10;
/** For so long it is remembered what DNS said of an address. */
const HOUR_MS = 3_600_000;

export interface CrawlerCheckOptions {
  readonly names: NameService;
  /** Addresses that DNS is asked about within an hour; the rest count as not confirmed. */
  readonly maxPerHour: number;
  readonly clock: () => number;
}

export interface CrawlerCheckCounts {
  /** Addresses that DNS was asked about. */
  asked: number;
  /** Incidents whose attacker is a crawler as it claims. */
  confirmed: number;
  /** Addresses not asked about, since so many had been. */
  capped: number;
}

/** Asks DNS about clients that claimed to be a crawler from outside its published networks. */
export interface CrawlerCheck {
  /** The incident without what the check refutes; null when that is all of it. What else it holds counts as before. */
  check(incident: Incident): Promise<Incident | null>;
  readonly counts: Readonly<CrawlerCheckCounts>;
}

/**
 * Crawlers move to new networks before lists tell: forward-confirmed reverse DNS, which their operators recommend, has the
 * last word. Nothing else waits for DNS, and an incident without such a claim asks nothing.
 */
export function crawlerCheck({ names, maxPerHour, clock }: CrawlerCheckOptions): CrawlerCheck {
  const counts: CrawlerCheckCounts = { asked: 0, confirmed: 0, capped: 0 };
  /** What DNS has said since the hour began. */
  const known = new Map<string, boolean>();
  let hourEnds = Number.NEGATIVE_INFINITY;

  async function isCrawler(address: string): Promise<boolean> {
    const now = clock();
    // It is none that lies ahead of that: the clock was put back.
    if (now >= hourEnds || now < hourEnds - HOUR_MS) {
      hourEnds = now + HOUR_MS;
      known.clear();
    }
    const before = known.get(address);
    if (before !== undefined) return before;
    if (known.size >= maxPerHour) {
      counts.capped++;
      return false;
    }
    counts.asked++;
    const verified = await isVerifiedBot(address, names);
    known.set(address, verified);
    return verified;
  }

  async function areCrawlers(addresses: readonly string[]): Promise<boolean> {
    if (addresses.length > MAX_ADDRESSES) return false;
    for (const address of addresses) if (!(await isCrawler(address))) return false;
    return true;
  }

  return {
    counts,
    async check(incident) {
      const { attacker, rules, sightings, samples } = incident;
      if (attacker.type === 'hostname' || !rules.some(({ rule }) => claimsCrawler(rule))) return incident;
      if (!(await areCrawlers(attacker.addresses))) return incident;
      counts.confirmed++;
      const others = rules.filter(({ rule }) => !claimsCrawler(rule));
      if (others.length === 0) return null;
      return {
        ...incident,
        rules: others,
        sightings: sightings.filter(({ rule }) => !claimsCrawler(rule)),
        samples: samples.filter(({ rule }) => !claimsCrawler(rule)),
      };
    },
  };
}

function claimsCrawler({ tags }: Rule): boolean {
  return tags.includes(CLAIMS_CRAWLER);
}
