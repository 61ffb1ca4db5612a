import { ATTACK_TOOLS, BROWSERS } from './agents.ts';
import { type Attack, anyPlace, guessPath, injectAt, KINDS, probeKnownHole } from './attacks.ts';
import { mix, Random } from './random.ts';
import type { LoggedRequest } from './request.ts';

/** An attacker's visit. */
interface Episode {
  readonly client: string;
  readonly agent: string;
  readonly gapMs: readonly [number, number];
  readonly attack: () => Attack;
  readonly statuses: readonly number[];
  readonly isSlow: boolean;
  left: number;
  /** Epoch ms. */
  nextAt: number;
}

interface Style {
  /** Of a hundred episodes, how many. */
  readonly weight: number;
  readonly requests: readonly [number, number];
  readonly gapMs: readonly [number, number];
  readonly statuses: readonly number[];
  readonly isSlow?: true;
  /** What the episode sends, each time it is asked. */
  readonly plan: (random: Random) => () => Attack;
}

const anyKind = (random: Random) => injectAt(anyPlace(random), random.pick(KINDS), random);

const STYLES: readonly Style[] = [
  {
    // Looks for one or two holes, as everywhere else.
    weight: 45,
    requests: [1, 4],
    gapMs: [200, 5000],
    statuses: [404, 404, 403, 301, 200],
    plan: (random) => () => (random.chance(0.85) ? probeKnownHole(random) : anyKind(random)),
  },
  {
    // A scanner: guesses paths, knows holes, tries payloads.
    weight: 25,
    requests: [40, 400],
    gapMs: [30, 800],
    statuses: [404, 404, 404, 404, 404, 403, 301, 200, 500],
    plan: (random) => () => {
      const dice = random.next();
      return dice < 0.5 ? guessPath(random) : dice < 0.75 ? probeKnownHole(random) : anyKind(random);
    },
  },
  {
    // One parameter, one kind of payload, until it gives in.
    weight: 15,
    requests: [15, 120],
    gapMs: [200, 3000],
    statuses: [200, 200, 200, 500, 403],
    plan: (random) => {
      const [place, kind] = [anyPlace(random), random.pick(KINDS)];
      return () => injectAt(place, kind, random);
    },
  },
  {
    // Guesses passwords.
    weight: 5,
    requests: [20, 200],
    gapMs: [300, 3000],
    statuses: [200],
    plan: (random) => {
      const target = random.pick(['/wp-login.php', '/xmlrpc.php', '/administrator/index.php', '/login']);
      return () => ({ method: 'POST', target });
    },
  },
  {
    // Comes back over hours.
    weight: 10,
    requests: [5, 30],
    gapMs: [180_000, 2_400_000],
    statuses: [404, 403, 200],
    isSlow: true,
    plan: (random) => () => (random.chance(0.5) ? probeKnownHole(random) : anyKind(random)),
  },
];
const WEIGHED_STYLES = STYLES.flatMap((style) => Array<Style>(style.weight).fill(style));

/** No episode may be longer than this share of what all attackers send, so that a short log tells of many, too. */
const LONGEST_SHARE = 0.1;
const LEAST_LONGEST = 12;

/**
 * Attackers come in episodes, most of them minutes long, and from an address of their own each. Another comes whenever
 * those before have sent, or are about to send, less than their share of the lines.
 */
export class Attackers {
  readonly #random: Random;
  readonly #share: number;
  readonly #longest: number;
  readonly #episodes: Episode[] = [];
  #sent = 0;
  /** What episodes that are no slow ones are about to send. */
  #outstanding = 0;
  #count = 0;
  /** When the next attack comes, epoch ms; Infinity while nobody attacks. */
  nextAt = Number.POSITIVE_INFINITY;

  constructor({ seed, lines, attackShare }: { seed: number; lines: number; attackShare: number }) {
    this.#random = new Random(seed);
    this.#share = attackShare;
    this.#longest = Math.max(Math.floor(lines * attackShare * LONGEST_SHARE), LEAST_LONGEST);
  }

  /** Lets another come if there is room in the share of `lines` written until `time`. */
  attract(lines: number, time: number): void {
    if (this.#sent + this.#outstanding >= lines * this.#share) return;
    const episode = this.#newEpisode(time);
    this.#episodes.push(episode);
    if (!episode.isSlow) this.#outstanding += episode.left;
    this.nextAt = Math.min(this.nextAt, episode.nextAt);
  }

  /** The attack that is due at {@link nextAt}. */
  next(): LoggedRequest {
    const place = this.#episodes.findIndex(({ nextAt }) => nextAt === this.nextAt);
    const episode = this.#episodes[place] as Episode; // nextAt is of one of them
    this.#sent += 1;
    if (!episode.isSlow) this.#outstanding -= 1;
    episode.left -= 1;
    episode.nextAt += this.#random.between(...episode.gapMs);
    if (episode.left === 0) this.#episodes.splice(place, 1);
    this.nextAt = this.#episodes.reduce((least, { nextAt }) => Math.min(least, nextAt), Number.POSITIVE_INFINITY);
    return this.#requestOf(episode);
  }

  #newEpisode(time: number): Episode {
    const random = this.#random;
    const style = random.pick(WEIGHED_STYLES);
    const [least, most] = style.requests;
    return {
      client: addressOf(this.#count++),
      agent: random.pick(random.chance(0.5) ? ATTACK_TOOLS : BROWSERS),
      gapMs: style.gapMs,
      attack: style.plan(random),
      statuses: style.statuses,
      isSlow: style.isSlow === true,
      left: Math.min(random.between(least, most), this.#longest),
      nextAt: time + random.below(style.gapMs[1]),
    };
  }

  #requestOf({ client, agent, attack, statuses }: Episode): LoggedRequest {
    const random = this.#random;
    const { method, target, agent: itsOwn = agent, referer = '-' } = attack();
    const status = random.pick(statuses);
    return {
      client,
      user: '-',
      request: `${method} ${target} HTTP/1.1`,
      status,
      bytes: method === 'HEAD' ? 0 : status === 200 ? random.between(900, 40_000) : 199 + target.length,
      referer,
      agent: itsOwn,
    };
  }
}

/** Networks for tests of equipment and for documentation, which no visitor comes from. */
function addressOf(attacker: number): string {
  if (attacker % 12 === 11) return `2001:db8:bad:${attacker.toString(16)}::${(mix(attacker) & 0xffff).toString(16)}`;
  const spread = (attacker * 40_503) % 131_072;
  return `198.${18 + (spread >>> 16)}.${(spread >>> 8) & 255}.${spread & 255}`;
}
