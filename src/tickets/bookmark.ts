import type { z } from 'zod';
import { TicketError } from './ticket-error.ts';

/** A bookmark that `changedSince` gave out. Throws TicketError `bad-options`: it is another connector's. */
export function readBookmark<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new TicketError('bad-options', 'the bookmark was not made by this connector', { cause });
  }
}
