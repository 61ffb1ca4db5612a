import { addressType, canonicalAddress } from '../../address/address.ts';
import { CtiaError } from '../../ctia/ctia.ts';
import { SightlineError } from '../../model/errors.ts';
import type { Incident } from '../../model/incident.ts';
import { isRefusal } from '../refusal.ts';
import type { Sink } from '../sink.ts';
import type { IntelOptions } from './feed.ts';
import { judge, type Wording } from './judgement.ts';
import { isVerifiedBot, type NameService } from './verified-bot.ts';

export interface JudgerOptions extends IntelOptions, Wording {
  readonly sink: Sink;
  /** Why an address must not be judged; null when it may be. */
  readonly spare: (address: string) => string | null;
  /** Null: crawlers are not looked for. */
  readonly names: NameService | null;
  /** How long a judgement holds after the attack's last request. */
  readonly validMs: number;
  /** Judgements made within any hour at most. */
  readonly maxPerHour: number;
  readonly clock: () => number;
  /** Hears of each failure as it happens. */
  readonly onFailure?: (failure: JudgeFailure) => void;
}

export interface JudgeFailure {
  readonly address: string;
  readonly message: string;
  /** Whether judging again may help. */
  readonly passes: boolean;
}

/** Facts of an incident that a judgement rests on. */
export type Judged = Pick<Incident, 'attacker' | 'first' | 'last'>;

/** What became of the attackers' addresses. */
export interface JudgeCounts {
  made: number;
  renewed: number;
  /** Judged already, for long enough. */
  kept: number;
  /** Attacks so long ago that a judgement would be over. */
  past: number;
  /** Put off by the cap of an hour, each time. */
  capped: number;
  /** By the reason why they must not be judged. */
  readonly spared: Map<string, number>;
  /** Why judging failed, the first few. */
  readonly failures: string[];
  failed: number;
}

export interface Judger {
  /**
   * Judges an incident's attacker, each address by itself. A failure is counted, not thrown: incidents matter more.
   * @returns false when one of them passes, or the cap of the hour is reached: judging the incident again, which does no
   * harm, may make up for it
   */
  judge(incident: Judged, title: string): Promise<boolean>;
  readonly counts: JudgeCounts;
}

const HOUR_MS = 3_600_000;
/** Addresses of one attacker, who may have a whole network. */
const MAX_ADDRESSES = 10;
const MAX_FAILURES = 3;
/** Addresses of which is remembered until when they are judged; forgetting costs a question. */
const MAX_REMEMBERED = 10_000;

/** Judges the attackers of incidents, so that feeds name them while they are dangerous. */
export function judger(options: JudgerOptions): Judger {
  const { clock, maxPerHour, spare, names, validMs } = options;
  const counts: JudgeCounts = {
    made: 0,
    renewed: 0,
    kept: 0,
    past: 0,
    capped: 0,
    spared: new Map(),
    failures: [],
    failed: 0,
  };
  const judgedUntil = new Map<string, number>();
  /** When judgements were made, within the last hour; those of earlier runs come from the server. */
  let made: number[] | null = null;

  /** False where the cap of the hour puts it off. */
  async function judgeAddress(address: string, incident: Judged, title: string): Promise<boolean> {
    const reason = spare(address);
    if (reason !== null) return noteSpared(reason);
    const validUntil = incident.last + validMs;
    const now = clock();
    if (validUntil <= now) {
      counts.past++;
      return true;
    }
    const slackMs = validMs / 2;
    if ((judgedUntil.get(address) ?? 0) >= validUntil - slackMs) {
      counts.kept++;
      return true;
    }
    // What lies ahead was made before the clock was put back.
    made = (made ?? (await madeBefore(now))).filter((time) => time > now - HOUR_MS && time <= now);
    if (made.length >= maxPerHour) {
      counts.capped++;
      return false;
    }
    if (names !== null && (await isVerifiedBot(address, names))) return noteSpared('verified bot');
    const outcome = await judge(
      {
        ...options,
        kind: addressType(address) ?? 'ip',
        value: address,
        reason: title,
        validFrom: Math.min(incident.first, now),
        validUntil,
        slackMs,
      },
      { ...options, now },
    );
    counts[outcome]++;
    if (outcome !== 'kept') made.push(now);
    if (judgedUntil.size >= MAX_REMEMBERED) judgedUntil.clear();
    judgedUntil.set(address, validUntil);
    return true;
  }

  /** Judgements of the last hour by earlier runs, as if they were made just now: that errs on the safe side. */
  async function madeBefore(now: number): Promise<number[]> {
    const from = new Date(now - HOUR_MS).toISOString();
    const count = await options.client.entities('judgement').count({ source: options.source, from });
    return Array(Math.min(count, maxPerHour)).fill(now);
  }

  function noteSpared(reason: string): true {
    counts.spared.set(reason, (counts.spared.get(reason) ?? 0) + 1);
    return true;
  }

  return {
    counts,
    async judge(incident, title) {
      const { attacker } = incident;
      if (attacker.type === 'hostname') {
        noteSpared('no address');
        return true;
      }
      let isDone = true;
      for (const address of attacker.addresses.slice(0, MAX_ADDRESSES)) {
        try {
          const isJudged = await judgeAddress(canonicalAddress(address) ?? address, incident, title);
          isDone &&= isJudged;
        } catch (error) {
          if (!(error instanceof SightlineError)) throw error;
          const { message } = error;
          const passes = error instanceof CtiaError ? !isRefusal(error) : error.code !== 'judgement-refused';
          counts.failed++;
          if (counts.failures.length < MAX_FAILURES) counts.failures.push(message);
          options.onFailure?.({ address, message, passes });
          isDone &&= !passes;
        }
      }
      return isDone;
    },
  };
}
