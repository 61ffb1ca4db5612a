import type { Config } from '../config.ts';
import { type CrawlerCheck, crawlerCheck, systemNames } from '../deliver/deliver.ts';

/** Asks DNS about claims to be a crawler, where the configuration says so. */
export function openCrawlerCheck({ bots }: Pick<Config, 'bots'>): CrawlerCheck | null {
  if (!bots.reverse_dns) return null;
  return crawlerCheck({ names: systemNames(), maxPerHour: bots.max_per_hour, clock: Date.now });
}

/** What asking DNS came to, in one line for a person. */
export function describeCrawlers({ asked, confirmed, capped }: CrawlerCheck['counts']): string {
  const rest = capped === 0 ? '' : `; ${capped} not asked about, bots.max_per_hour is reached`;
  return `Crawlers: ${confirmed} confirmed by DNS, ${asked} asked about${rest}`;
}
