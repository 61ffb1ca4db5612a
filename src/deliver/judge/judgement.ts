import { isObject, type Stored, textsOf } from '../../ctia/ctia.ts';
import { SightlineError } from '../../model/errors.ts';
import type { Sink } from '../sink.ts';
import { ensureIndicator, type FeedKind, type IntelOptions } from './feed.ts';

/** How judgements are worded, whoever they are about. */
export interface Wording {
  readonly disposition: 'Malicious' | 'Suspicious';
  readonly severity: string;
  readonly confidence: string;
  /** 0 to 100; what is automated takes 90 at most. */
  readonly priority: number;
}

/** What is to be said about one observable. Times in epoch ms. */
export interface Ruling extends Wording {
  readonly kind: FeedKind;
  readonly value: string;
  readonly reason: string;
  readonly validFrom: number;
  readonly validUntil: number;
  /** A judgement in force that ends this much earlier is good enough. */
  readonly slackMs: number;
}

const MAX_REASON = 1024;

/**
 * Sees to it that a judgement is in force and element of its feed. A judgement cannot be changed, so one that ends too
 * early is renewed: a new one first, then the end of the old, so that nothing is let through in between.
 * @throws SightlineError with the server's reason: `not-judged`, or `judgement-refused` where trying again does not help; or
 * CtiaError.
 */
export async function judge(
  ruling: Ruling,
  { sink, now, ...options }: IntelOptions & { readonly sink: Sink; readonly now: number },
): Promise<'made' | 'renewed' | 'kept'> {
  const { kind, value, validUntil } = ruling;
  const inForce = await judgementsInForce(kind, value, options, now);
  if (inForce.some((it) => endOf(it) >= validUntil - ruling.slackMs)) return 'kept';
  const indicator = await ensureIndicator(kind, options);
  const body = JSON.stringify(bundleOf(ruling, indicator.id, options));
  const receipt = await sink.send({ key: options.nameOf('bundle', [body]), incident: '', body });
  if (receipt.verdict !== 'delivered') {
    const code = receipt.verdict === 'undelivered' ? 'not-judged' : 'judgement-refused';
    throw new SightlineError(code, `${kind} ${value} is not judged: ${receipt.reason}`);
  }
  for (const old of inForce) await options.client.expireJudgement(old.id, 'renewed by a later judgement');
  return inForce.length > 0 ? 'renewed' : 'made';
}

/** Ends our judgements on an observable; says how many there were. */
export async function withdraw(
  kind: FeedKind,
  value: string,
  reason: string,
  options: IntelOptions & { readonly now: number },
): Promise<number> {
  const inForce = await judgementsInForce(kind, value, options, options.now);
  for (const { id } of inForce) await options.client.expireJudgement(id, reason);
  return inForce.length;
}

async function judgementsInForce(
  kind: FeedKind,
  value: string,
  { client, prefix }: IntelOptions,
  now: number,
): Promise<Stored[]> {
  const all = await client.judgementsOf(kind, value);
  return all.filter((it) => endOf(it) > now && textsOf(it.external_ids).some((id) => id.startsWith(prefix)));
}

function endOf({ valid_time: time }: Stored): number {
  return isObject(time) && typeof time.end_time === 'string' ? Date.parse(time.end_time) : Number.POSITIVE_INFINITY;
}

function bundleOf(ruling: Ruling, indicatorId: string, { source, tlp, nameOf }: IntelOptions): object {
  const { kind, value, validFrom, validUntil } = ruling;
  const judgementId = nameOf('judgement', [kind, value, String(validUntil)]);
  const relationshipId = nameOf('relationship', ['element-of', judgementId, indicatorId]);
  const base = (xid: string) => ({ id: `transient:${xid}`, external_ids: [xid], source, tlp });
  return {
    type: 'bundle',
    source,
    judgements: [
      {
        ...base(judgementId),
        type: 'judgement',
        observable: { type: kind, value },
        disposition_name: ruling.disposition,
        severity: ruling.severity,
        confidence: ruling.confidence,
        priority: ruling.priority,
        reason: ruling.reason.slice(0, MAX_REASON),
        valid_time: { start_time: new Date(validFrom).toISOString(), end_time: new Date(validUntil).toISOString() },
      },
    ],
    relationships: [
      {
        ...base(relationshipId),
        type: 'relationship',
        relationship_type: 'element-of',
        source_ref: `transient:${judgementId}`,
        target_ref: indicatorId,
      },
    ],
  };
}
