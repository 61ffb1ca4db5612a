/**
 * Writes a flood from forged addresses: `node bench/make-flood.ts ADDRESSES [SEED] > access.log`. The same arguments give
 * the same bytes. Each address comes with one or two requests, every 50th with an attack besides; between them a few attackers
 * go on with theirs all the time, each from an address of its own, and are not to be lost among the others.
 */
import { Random } from './log/random.ts';
import { stamper } from './log/stamper.ts';

export interface FloodOptions {
  readonly addresses: number;
  readonly seed: number;
}

/** They go on through the whole flood. */
export const FLOOD_ATTACKERS: readonly string[] = Array.from({ length: 20 }, (_, i) => `203.0.113.${i + 1}`);

const START = Date.UTC(2026, 9, 1);
const TWICE_SHARE = 0.5;
const ATTACK_SHARE = 0.02;
/** Addresses between two lines of an attacker. */
const ATTACKER_EVERY = 500;
const MAX_STEP_MS = 4;
/** 16.0.0.0 and the 2^27 addresses after it, each once: an odd factor permutes them. */
const FIRST_ADDRESS = 16 * 2 ** 24;
const ADDRESSES = 2 ** 27;
const FACTOR = 0x9e3779b1;
const CHUNK_CHARS = 65_536;
const ATTACKS = [
  '/item?id=1%27%20UNION%20SELECT%20login,password%20FROM%20users--%20',
  '/view?file=../../../../../../etc/passwd',
  '/search?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E',
];

/** Chunks of about 64 KiB. */
export function* makeFlood({
  addresses,
  seed = 1,
}: Pick<FloodOptions, 'addresses'> & Partial<FloodOptions>): Generator<string> {
  const random = new Random(seed);
  const stamp = stamper();
  let time = START;
  let chunk = '';

  function lineOf(client: string, target: string, status: number): string {
    time += random.below(MAX_STEP_MS);
    return `${client} - - [${stamp(time)}] "GET ${target} HTTP/1.1" ${status} 512 "-" "Mozilla/5.0 (X11; Linux x86_64)"\n`;
  }

  for (let i = 0; i < addresses; i++) {
    const client = addressOf(i);
    const requests = random.chance(TWICE_SHARE) ? 2 : 1;
    for (let k = 0; k < requests; k++) chunk += lineOf(client, `/?${random.hex(6)}`, 200);
    if (random.chance(ATTACK_SHARE)) chunk += lineOf(client, random.pick(ATTACKS), 403);
    if (i % ATTACKER_EVERY === 0) {
      const attacker = FLOOD_ATTACKERS[(i / ATTACKER_EVERY) % FLOOD_ATTACKERS.length] as string; // within the list
      chunk += lineOf(attacker, random.pick(ATTACKS), 403);
    }
    if (chunk.length > CHUNK_CHARS) {
      yield chunk;
      chunk = '';
    }
  }
  yield chunk;
}

function addressOf(index: number): string {
  const address = FIRST_ADDRESS + ((Math.imul(index, FACTOR) >>> 0) % ADDRESSES);
  return [24, 16, 8, 0].map((bits) => (address >>> bits) & 0xff).join('.');
}

if (import.meta.main) {
  const [addresses = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
  for (const chunk of makeFlood({ addresses, seed })) {
    if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
