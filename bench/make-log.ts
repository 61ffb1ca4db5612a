/**
 * Writes a log that looks like a busy site's: `node bench/make-log.ts LINES [SEED] [ATTACK_SHARE] > access.log`. The same
 * arguments give the same bytes. Visitors come in sessions and read pages with their pictures, crawlers and feed readers
 * come by; pages follow Zipf's law, and a good part of the query strings is new each time. Attackers come in episodes,
 * each from an address of its own. Now and then a line is some seconds late, since Apache writes it when the request ends.
 */
import { Attackers } from './log/attackers.ts';
import { Random } from './log/random.ts';
import type { LoggedRequest } from './log/request.ts';
import { stamper } from './log/stamper.ts';
import { Visitors } from './log/visitors.ts';

export interface LogOptions {
  readonly lines: number;
  readonly seed: number;
  /** Share of the lines that attackers send, 0 to 0.5. */
  readonly attackShare: number;
  /** That visitors come from, as far as there are lines for them; if not given, 23,000 or one for every 20 lines. */
  readonly addresses: number;
  /** Longest time between two requests of visitors; the shortest is none, the mean half of it. */
  readonly stepMs: number;
}

const DEFAULTS = { lines: 100_000, seed: 1, attackShare: 0.01, stepMs: 120 };
const MOST_ADDRESSES = 23_000;
const LINES_PER_ADDRESS = 20;
const START = Date.UTC(2026, 9, 1);
const CHUNK_CHARS = 65_536;
const LATE_SHARE = 0.01;
const MAX_LATE_MS = 6000;

/** Chunks of about 64 KiB. */
export function* makeLog(given: Partial<LogOptions> = {}): Generator<string> {
  const { lines, seed, attackShare, stepMs } = { ...DEFAULTS, ...given };
  const { addresses = Math.min(MOST_ADDRESSES, Math.ceil(lines / LINES_PER_ADDRESS)) } = given;
  const random = new Random(seed);
  const visitors = new Visitors({ seed: random.below(2 ** 32), lines, addresses });
  const attackers = new Attackers({ seed: random.below(2 ** 32), lines, attackShare });
  const stamp = stamper();
  let time = START;
  let chunk = '';
  for (let written = 1; written <= lines; written++) {
    attackers.attract(written, time);
    const isAttack = attackers.nextAt <= time;
    if (!isAttack) time += random.below(stepMs);
    const request = isAttack ? attackers.next() : visitors.next();
    chunk += lineOf(
      request,
      stamp(random.chance(LATE_SHARE) ? Math.max(time - random.below(MAX_LATE_MS), START) : time),
    );
    if (chunk.length > CHUNK_CHARS) {
      yield chunk;
      chunk = '';
    }
  }
  yield chunk;
}

function lineOf({ client, user, request, status, bytes, referer, agent }: LoggedRequest, stamp: string): string {
  return `${client} - ${user} [${stamp}] "${request}" ${status} ${bytes === 0 ? '-' : bytes} "${referer}" "${agent}"\n`;
}

if (import.meta.main) {
  const [lines = DEFAULTS.lines, seed = DEFAULTS.seed, attackShare = DEFAULTS.attackShare] = process.argv
    .slice(2)
    .map(Number);
  for (const chunk of makeLog({ lines, seed, attackShare })) {
    if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
