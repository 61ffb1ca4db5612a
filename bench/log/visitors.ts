import { BROWSERS, CRAWLERS, POLLERS } from './agents.ts';
import { mix, Random } from './random.ts';
import type { LoggedRequest } from './request.ts';
import { anyPage, anyWord, beaconOf, freshPage, ORIGIN, picturesOf, SHARED_FILES, sizeOf, tracking } from './site.ts';

/** Visitors on the site at a time. */
const SESSIONS = 150;
/** Lines that a session leaves behind, about. */
const LINES_PER_SESSION = 30;
/** Addresses for a line from which on sessions are not enough of them, and some visitors only pass by. */
const CROWDED = 0.05;
/** Pages that a crawler reads for one that a person reads. */
const CRAWLERS_PATIENCE = 6;
/** Least share of sessions that are of new visitors, until all have been there. */
const LEAST_NEW = 0.3;

type Kind = 'browser' | 'crawler' | 'poller';

interface Session {
  readonly client: string;
  readonly kind: Kind;
  readonly agent: string;
  readonly protocol: string;
  /** Some browsers tell nobody where their user comes from. */
  readonly tellsReferer: boolean;
  pagesLeft: number;
  /** Where the visitor is; null before the first page. */
  page: string | null;
}

/** Where the first page of a session is found. */
const SOURCES = [
  '-',
  '-',
  '-',
  'https://www.google.com/',
  'https://www.google.com/',
  'https://www.bing.com/search?q=WORD+WORD&form=QBLH',
  'https://duckduckgo.com/',
  'https://t.co/WORD',
  'https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.shop.example%2F&h=AT0WORD',
  'android-app://com.google.android.googlequicksearchbox/',
  'https://blog.example.net/2025/WORD-and-WORD/',
];

/**
 * Ordinary traffic: {@link SESSIONS} visitors at a time, each of whom reads some pages with their pictures and is
 * followed by another. About as many addresses as wanted, as far as there are lines for them. Over 200 lines, as all that
 * visitors do is one class.
 */
export class Visitors {
  readonly #random: Random;
  readonly #addresses: number;
  readonly #newShare: number;
  readonly #passingShare: number;
  readonly #pagesPerSession: number;
  readonly #sessions: Session[];
  /** What pages load, and has not come yet. */
  readonly #loading: LoggedRequest[] = [];
  #seen = 0;

  constructor({ seed, lines, addresses }: { seed: number; lines: number; addresses: number }) {
    this.#random = new Random(seed);
    this.#addresses = addresses;
    const linesPerAddress = lines / addresses;
    this.#newShare = Math.min(Math.max(LINES_PER_SESSION / linesPerAddress, LEAST_NEW), 1);
    this.#passingShare = Math.max(1 / linesPerAddress - CROWDED, 0);
    // With very many addresses a visit is a page or two, or there would not be lines enough for them.
    this.#pagesPerSession = Math.min(Math.max(Math.round(linesPerAddress / 3), 1), 12);
    this.#sessions = Array.from({ length: SESSIONS }, () => this.#newSession());
  }

  next(): LoggedRequest {
    if (this.#random.chance(this.#passingShare)) return this.#passBy();
    const waiting = this.#loading.length;
    if (this.#random.below(waiting + 6) < waiting) return this.#takeLoading();
    const place = this.#random.below(SESSIONS);
    let session = this.#sessions[place] as Session; // filled by the constructor
    if (session.pagesLeft <= 0) {
      session = this.#newSession();
      this.#sessions[place] = session;
    }
    session.pagesLeft -= 1;
    return this.#random.chance(0.002) ? this.#oddity(session) : this.#goOn(session);
  }

  /** One of those that wait: what a page loads comes in any order, between that of other visitors. */
  #takeLoading(): LoggedRequest {
    const place = this.#random.below(this.#loading.length);
    const taken = this.#loading[place] as LoggedRequest; // there is one
    const last = this.#loading.pop() as LoggedRequest;
    if (place < this.#loading.length) this.#loading[place] = last;
    return taken;
  }

  #passBy(): LoggedRequest {
    const random = this.#random;
    const target = random.chance(0.3) ? freshPage(random) : anyPage(random);
    return this.#send(this.#newSession(1), 'GET', target, 200, this.#source());
  }

  #newSession(newShare = this.#newShare): Session {
    const random = this.#random;
    const isNew = this.#seen < this.#addresses && (this.#seen === 0 || random.chance(newShare));
    const visitor = isNew ? this.#seen++ : random.below(this.#seen);
    const trait = mix(visitor + 1);
    const kind: Kind = trait % 100 < 90 ? 'browser' : trait % 100 < 97 ? 'crawler' : 'poller';
    const agents = { browser: BROWSERS, crawler: CRAWLERS, poller: POLLERS }[kind];
    return {
      client: addressOf(visitor),
      kind,
      agent: agents[(trait >>> 8) % agents.length] as string, // within the list
      protocol: (trait >>> 4) % 3 === 0 ? 'HTTP/1.1' : 'HTTP/2.0',
      tellsReferer: (trait >>> 12) % 8 !== 0,
      pagesLeft: random.rank(this.#pagesPerSession * 2) * (kind === 'crawler' ? CRAWLERS_PATIENCE : 1),
      page: null,
    };
  }

  #goOn(session: Session): LoggedRequest {
    if (session.kind === 'crawler') return this.#crawl(session);
    if (session.kind === 'poller') return this.#poll(session);
    const random = this.#random;
    const referer = session.page === null ? this.#source() : ORIGIN + session.page;
    const isFirst = session.page === null;
    const dice = random.next();
    if (dice < 0.04) return this.#send(session, 'POST', random.pick(FORMS), random.pick([200, 302, 302]), referer);
    if (dice < 0.08) return this.#send(session, 'GET', missingPage(random), 404, referer);
    if (dice < 0.11) return this.#send(session, 'GET', `/${anyWord(random)}`, 301, referer);
    const page =
      dice < 0.3
        ? freshPage(random)
        : isFirst && dice < 0.45
          ? withQuery(anyPage(random), tracking(random))
          : anyPage(random);
    session.page = page;
    this.#load(session, page, isFirst);
    return this.#send(session, 'GET', page, 200, referer);
  }

  #load(session: Session, page: string, isFirst: boolean): void {
    const random = this.#random;
    const referer = ORIGIN + page;
    if (isFirst) {
      const status = random.chance(0.3) ? 304 : 200;
      for (const file of SHARED_FILES) {
        if (random.chance(0.6)) this.#loading.push(this.#send(session, 'GET', file, status, referer));
      }
    }
    for (const picture of picturesOf(page)) {
      const status = random.chance(0.015) ? 404 : random.chance(0.1) ? 304 : 200;
      this.#loading.push(this.#send(session, 'GET', picture, status, referer));
    }
    if (random.chance(0.25)) this.#loading.push(this.#send(session, 'POST', beaconOf(page, random), 204, referer));
  }

  #crawl(session: Session): LoggedRequest {
    const random = this.#random;
    if (session.page === null) {
      session.page = '/robots.txt';
      return this.#send(session, 'GET', session.page, 200, '-');
    }
    const isHead = random.chance(0.03);
    const [target, status] = random.chance(0.06)
      ? [missingPage(random), 404]
      : [anyPage(random), random.pick([200, 200, 200, 200, 200, 200, 301, 304])];
    return this.#send(session, isHead ? 'HEAD' : 'GET', target, status, '-');
  }

  #poll(session: Session): LoggedRequest {
    const random = this.#random;
    const [method, target] = random.pick(POLLED);
    return this.#send(session, method, target, random.pick([200, 200, 304]), '-');
  }

  /** What is in every log and is no request of a page. */
  #oddity(session: Session): LoggedRequest {
    const { client } = session;
    const odd = (request: string, status: number, bytes: number, agent = '-') => {
      return { client, user: '-', request, status, bytes, referer: '-', agent };
    };
    switch (this.#random.below(4)) {
      case 0:
        return odd('-', 408, 0);
      case 1:
        return odd('\\x16\\x03\\x01\\x02', 400, 226);
      case 2:
        return odd('\\x16\\x03\\x01\\x01\\x0f\\x01', 400, 483);
      default:
        return { ...odd('OPTIONS * HTTP/1.0', 200, 0, 'Apache/2.4.62 (internal dummy connection)'), client: '::1' };
    }
  }

  #source(): string {
    return this.#random.pick(SOURCES).replaceAll('WORD', () => anyWord(this.#random));
  }

  #send(session: Session, method: string, target: string, status: number, referer: string): LoggedRequest {
    const { client, agent, protocol, tellsReferer } = session;
    const hasBody = status !== 304 && status !== 204 && method !== 'HEAD';
    return {
      client,
      user: target.startsWith('/api/v2/stock') ? 'app' : '-',
      request: `${method} ${target} ${protocol}`,
      status,
      bytes: hasBody ? (status === 200 ? sizeOf(target, this.#random) : 250 + target.length) : 0,
      referer: tellsReferer ? referer : '-',
      agent,
    };
  }
}

const FORMS = ['/wp-comments-post.php', '/cart/', '/checkout/?wc-ajax=update_order_review', '/contact/', '/login'];
const POLLED = [
  ['GET', '/feed/'],
  ['GET', '/blog/feed/?cat=7'],
  ['HEAD', '/'],
  ['GET', '/healthz'],
  ['GET', '/api/v2/stock?since=0'],
] as const;

/** A link that has gone stale, a mistyped address, an icon that is not there. */
function missingPage(random: Random): string {
  switch (random.below(4)) {
    case 0:
      return `/blog/2009/${anyWord(random)}-${anyWord(random)}.html`;
    case 1:
      return `/apple-touch-icon-${random.pick(['120x120', '152x152'])}-precomposed.png`;
    case 2:
      return `/${anyWord(random)}${random.pick(['', '.', ',', ')', '/index.htm'])}`;
    default:
      return `/shop/${anyWord(random)}/${anyWord(random)}-${random.below(9000)}.html`;
  }
}

function withQuery(page: string, query: string): string {
  return `${page}${page.includes('?') ? '&' : '?'}${query}`;
}

/** Each number has an address of its own; one in six is IPv6. */
function addressOf(visitor: number): string {
  if (visitor % 6 === 5) {
    const hash = mix(visitor);
    return `2001:db8:${(visitor >>> 16).toString(16)}:${(visitor & 0xffff).toString(16)}:${(hash >>> 16).toString(16)}:${(hash & 0xffff).toString(16)}:0:1`;
  }
  const spread = (visitor * 7_368_787) % 16_777_216; // an odd factor: no two numbers meet
  return `10.${spread >>> 16}.${(spread >>> 8) & 255}.${spread & 255}`;
}
