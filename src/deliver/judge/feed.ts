import type { CtiaClient, Stored } from '../../ctia/ctia.ts';
import type { NameOf } from '../clean-bundle.ts';

/** What a feed holds: one type of observable each, as the products that read them expect. */
export const FEED_KINDS = ['ip', 'ipv6', 'domain', 'url'] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** Who makes intelligence, and how it is marked. */
export interface IntelOptions {
  readonly client: CtiaClient;
  /** Start of our external ids. */
  readonly prefix: string;
  readonly source: string;
  readonly tlp: string;
  readonly nameOf: NameOf;
}

const KINDS: Readonly<Record<FeedKind, { readonly what: string; readonly indicatorType: string }>> = {
  ip: { what: 'IPv4 addresses', indicatorType: 'IP Watchlist' },
  ipv6: { what: 'IPv6 addresses', indicatorType: 'IP Watchlist' },
  domain: { what: 'domains', indicatorType: 'Domain Watchlist' },
  url: { what: 'URLs', indicatorType: 'URL Watchlist' },
};
/** Fixed dates, so that the same feed is described by the same bytes. */
const ALWAYS = { start_time: '1970-01-01T00:00:00.000Z', end_time: '2525-01-01T00:00:00.000Z' };

export interface FeedState {
  readonly kind: FeedKind;
  readonly feed: Stored;
  readonly isNew: boolean;
}

/** The indicator that judgements of a kind are elements of, made when it is not there. */
export function ensureIndicator(kind: FeedKind, { client, source, tlp, nameOf }: IntelOptions): Promise<Stored> {
  const { what, indicatorType } = KINDS[kind];
  return client.entities('indicator').ensure({
    external_ids: [nameOf('indicator', ['feed', kind])],
    title: `${source}: ${what} to block`,
    short_description: `Attackers' ${what} that ${source} has judged, for as long as a judgement is in force`,
    producer: source,
    source,
    tlp,
    indicator_type: [indicatorType],
    valid_time: ALWAYS,
  });
}

export async function findFeed(kind: FeedKind, { client, nameOf }: IntelOptions): Promise<Stored | null> {
  return (await client.entities('feed').byExternalId(feedId(kind, nameOf)))[0] ?? null;
}

/** Makes feed and indicator where they are missing. A feed whose indicator was removed is given the new one. */
export async function setUpFeed(kind: FeedKind, options: IntelOptions): Promise<FeedState> {
  const { client, source, tlp, nameOf } = options;
  const indicator = await ensureIndicator(kind, options);
  const wanted = {
    external_ids: [feedId(kind, nameOf)],
    title: `${source}: ${KINDS[kind].what} to block`,
    feed_type: 'indicator',
    output: 'observables',
    indicator_id: indicator.id,
    lifetime: ALWAYS,
    tlp,
  };
  const feeds = client.entities('feed');
  const found = await findFeed(kind, options);
  if (found === null) return { kind, feed: await feeds.ensure(wanted), isNew: true };
  if (found.indicator_id === indicator.id) return { kind, feed: found, isNew: false };
  return { kind, feed: (await feeds.replace(found.id, wanted)) ?? (await feeds.ensure(wanted)), isNew: false };
}

/** What a feed's readers fetch now. */
export async function readFeed(feed: Stored, client: CtiaClient): Promise<string[]> {
  const secret = URL.parse(feedUrlOf(feed))?.searchParams.get('s') ?? '';
  return (await client.feedValues(feed.id, secret)) ?? [];
}

/** The address of a feed, which is all that its readers need: a secret. */
export function feedUrlOf({ feed_view_url: url }: Stored): string {
  return typeof url === 'string' ? url : '';
}

function feedId(kind: FeedKind, nameOf: NameOf): string {
  return nameOf('feed', [kind]);
}
