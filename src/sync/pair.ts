import { z } from 'zod';
import { positionSchema } from './position.ts';
import { changedSchema } from './work.ts';

/** Text on its way to a ticket. It is stored before it is sent, and forgotten when it is there. */
const commentSchema = z.object({
  key: z.string(),
  /** A Document. */
  blocks: z.array(z.unknown()),
  /** It may be there already. */
  tried: z.boolean(),
  /** Names of the conflicts that it tells of. */
  conflicts: z.array(z.string()),
});
export type OutgoingComment = z.output<typeof commentSchema>;

/** What was last told of an incident, to see what changed. */
const toldSchema = z.object({
  title: z.string(),
  severity: z.string(),
  confidence: z.string(),
  tactics: z.array(z.string()),
  techniques: z.array(z.string()),
  /** Hash of both descriptions. */
  text: z.string(),
});
export type Told = z.output<typeof toldSchema>;

/** The state of an incident that its ticket tells of. */
export const knownSchema = z.object({
  told: toldSchema,
  /** Hash of all that is mirrored of the incident. */
  hash: z.string(),
  sightings: positionSchema,
  notes: positionSchema,
});
export type Known = z.output<typeof knownSchema>;

const baseSchema = z.object({
  status: z.object({ xdr: z.string(), ticket: z.string() }),
  assignee: z.object({ xdr: z.array(z.string()), ticket: z.string().nullable(), name: z.string().nullable() }),
});
/** Values when both sides agreed. */
export type Base = z.output<typeof baseSchema>;

const timesSchema = z.object({ xdr: z.number(), ticket: z.number() });
const agreedAtSchema = z.object({ status: timesSchema, assignee: timesSchema });
/** Up to when changes of each field are accounted for, epoch ms: by the server's clock, and by the ticket system's. */
export type AgreedAt = z.output<typeof agreedAtSchema>;

const pairSchema = z.object({
  /** Long id. */
  incidentId: z.string(),
  ticketId: z.string(),
  /** The ticket's page. */
  url: z.string().nullable(),
  /** `linked`; `unlinked` by a person, for good; `removed`: the incident is gone. */
  state: z.enum(['linked', 'unlinked', 'removed']),
  /** The ticket bears another incident's mark, or is a digest. */
  joined: z.boolean(),
  base: baseSchema,
  /** What the values will be once a write to one side is through: so it is known for our own if nobody hears of its end. */
  intended: z.object({ side: z.enum(['xdr', 'ticket']), base: baseSchema, agreedAt: agreedAtSchema }).nullable(),
  ticketChanged: changedSchema,
  known: knownSchema,
  agreedAt: agreedAtSchema,
  outgoing: z.object({
    comments: z.array(commentSchema),
    /** New notes, whole. */
    notes: z.array(z.record(z.string(), z.unknown())),
  }),
});

/** An incident and its ticket. */
export type Pair = z.output<typeof pairSchema>;

export function readPair(json: string): Pair {
  return pairSchema.parse(JSON.parse(json));
}

/** Incidents' lines that are to be told in one comment on the ticket that they share. */
const joinsSchema = z.object({
  waiting: z.array(z.object({ incidentId: z.string(), severity: z.string(), title: z.string() })),
});
export type Joins = z.output<typeof joinsSchema>;

export function readJoins(json: string): Joins {
  return joinsSchema.parse(JSON.parse(json));
}
