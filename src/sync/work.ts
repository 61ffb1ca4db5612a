import { z } from 'zod';
import type { TicketChange } from '../tickets/tickets.ts';

/** Why an incident is looked at. */
const REASONS = ['new', 'incident', 'sightings', 'notes', 'ticket'] as const;
export type Reason = (typeof REASONS)[number];

const ticketCommentSchema = z.object({
  id: z.string(),
  at: z.number(),
  author: z.string(),
  text: z.string(),
});
/** What somebody wrote in the ticket system. */
export type TicketComment = z.output<typeof ticketCommentSchema>;

/** When people last changed a field of a ticket (epoch ms, its clock), and to what: a status, or a person's id. */
export const changedSchema = z.object({
  status: z.object({ at: z.number(), to: z.string() }).nullable(),
  assignee: z.object({ at: z.number(), to: z.string().nullable() }).nullable(),
});
export type Changed = z.output<typeof changedSchema>;
export const NOTHING_CHANGED: Changed = { status: null, assignee: null };

/** Of a ticket's changes, in the order in which they were made, the last of each field that was not our own. */
export function lastChanged(changes: readonly TicketChange[]): Changed {
  const others = changes.filter(({ own }) => !own);
  const status = others.findLast((one) => one.kind === 'status');
  const assignee = others.findLast((one) => one.kind === 'assignee');
  return {
    status: status === undefined ? null : { at: status.at, to: status.to },
    assignee: assignee === undefined ? null : { at: assignee.at, to: assignee.to?.id ?? null },
  };
}

/** What is known of a ticket's changes once later ones are heard of. */
export function afterwards(known: Changed, later: Partial<Changed> | undefined): Changed {
  return { status: later?.status ?? known.status, assignee: later?.assignee ?? known.assignee };
}

const workSchema = z.object({
  /** Long id. */
  incidentId: z.string(),
  reasons: z.array(z.enum(REASONS)),
  comments: z.array(ticketCommentSchema),
  changed: changedSchema,
  /** Of the first reason, epoch ms: what came first goes first. */
  since: z.number(),
  /** Epoch ms. */
  notBefore: z.number(),
  attempts: z.number(),
  /** Why it failed last. */
  problem: z.string().nullable(),
  /** It waits for a person, or for something new to happen. */
  parked: z.boolean(),
  /** What a ticket was when a look at it gave a reason: how it is then is no news. Null where none did. */
  looked: z.string().nullable().default(null),
  /** Another one after each addition. */
  version: z.number(),
});
/** Something to be done about an incident. */
export type Work = z.output<typeof workSchema>;

export function readWork(json: string): Work {
  return workSchema.parse(JSON.parse(json));
}

/** What happened, for the queue. */
export interface Happening extends Partial<Pick<Work, 'comments' | 'changed' | 'looked'>> {
  readonly incidentId: string;
  readonly reason: Reason;
  /** Epoch ms before which it need not be dealt with. */
  readonly notBefore: number;
  /** When it happened, epoch ms, where that is another time than now. */
  readonly since?: number;
}

/** The work that there is now that something more happened. It is tried again even if it was parked. */
export function addTo(work: Work | null, happening: Happening, now: number): Work {
  const { incidentId, reason, notBefore, since = now, comments = [], changed, looked } = happening;
  const known = work ?? {
    incidentId,
    reasons: [],
    comments: [],
    changed: NOTHING_CHANGED,
    since,
    notBefore,
    attempts: 0,
    problem: null,
    parked: false,
    looked: null,
    version: 0,
  };
  const heard = new Set(known.comments.map(({ id }) => id));
  return {
    ...known,
    reasons: [...new Set([...known.reasons, reason])],
    comments: [...known.comments, ...comments.filter(({ id }) => !heard.has(id))],
    changed: afterwards(known.changed, changed),
    // What failed keeps its own pace; what waits only to be merged goes with what cannot wait.
    notBefore: known.parked ? notBefore : known.attempts > 0 ? known.notBefore : Math.min(known.notBefore, notBefore),
    parked: false,
    looked: looked ?? known.looked,
    version: known.version + 1,
  };
}
