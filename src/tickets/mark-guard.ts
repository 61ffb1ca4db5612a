import type { Ticket } from './connector.ts';
import { TicketError } from './ticket-error.ts';

/**
 * Sees to it that new tickets bear their incident's id. A ticket without it would not be found again and made twice, so
 * after the first one no other is made.
 */
export interface MarkGuard {
  /** Throws TicketError `refused` once a mark was lost. */
  assertKept(): void;
  /** The ticket, when it bears the mark. Throws TicketError `refused`. */
  check(ticket: Ticket, incidentId: string): Ticket;
}

/** @param advice what a person should look at. */
export function markGuard(advice: string): MarkGuard {
  let lost: TicketError | null = null;
  return {
    assertKept() {
      if (lost !== null) throw lost;
    },
    check(ticket, incidentId) {
      if (ticket.incidentId === incidentId) return ticket;
      const problem = `ticket ${ticket.id} was made but does not bear the incident's id: ${advice}`;
      lost = new TicketError('refused', problem, { phase: 'answered' });
      throw lost;
    },
  };
}
