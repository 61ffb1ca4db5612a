import { z } from 'zod';

/**
 * How far a list in the order of time was dealt with. What is written can come into sight a little later than what was
 * written after it, so the last while is looked through again and what was seen of it is remembered.
 */
export const positionSchema = z.object({
  /** The latest time seen, epoch ms of the server's clock. */
  at: z.number(),
  /** Times of what was seen within the overlap, by id. */
  seen: z.record(z.string(), z.number()),
});
export type Position = Readonly<z.output<typeof positionSchema>>;

export interface Timed {
  readonly id: string;
  /** Epoch ms. */
  readonly time: number;
}

export const OVERLAP_MS = 60_000;
export const BEGINNING: Position = { at: 0, seen: {} };

/** Whether something was not dealt with yet. */
export function isFresh({ at, seen }: Position, { id, time }: Timed): boolean {
  return time > at - OVERLAP_MS && seen[id] !== time;
}

/** The position after `items` were dealt with, too. */
export function advance(position: Position, items: readonly Timed[]): Position {
  const at = items.reduce((latest, { time }) => Math.max(latest, time), position.at);
  const seen = { ...position.seen, ...Object.fromEntries(items.map(({ id, time }) => [id, time])) };
  return { at, seen: Object.fromEntries(Object.entries(seen).filter(([, time]) => time > at - OVERLAP_MS)) };
}
