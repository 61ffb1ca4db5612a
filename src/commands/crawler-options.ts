import type { Config } from '../config.ts';
import { type CrawlerCheck, crawlerCheck, systemNames } from '../deliver/deliver.ts';

/** Asks DNS about claims to be a crawler, where the configuration says so. */
export function openCrawlerCheck({ bots }: Pick<Config, 'bots'>): CrawlerCheck | null {
  return bots.reverse_dns ? crawlerCheck({ names: systemNames(), maxLookups: bots.max_lookups }) : null;
}

/** What asking DNS came to, in one line for a person. */
export function describeCrawlers({ asked, confirmed, capped }: CrawlerCheck['counts']): string {
  const rest = capped === 0 ? '' : `; ${capped} not asked about, bots.max_lookups is reached`;
  return `Crawlers: ${confirmed} confirmed by DNS, ${asked} asked about${rest}`;
}
