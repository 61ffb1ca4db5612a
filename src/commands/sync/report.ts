import type { SyncEvent } from '../../sync/sync.ts';
import type { ServiceLog } from '../tail/log.ts';

/** Tells of what sync does. */
export function reportSync(log: ServiceLog, event: SyncEvent): void {
  switch (event.kind) {
    case 'created':
    case 'joined':
    case 'found':
    case 'commented':
    case 'noted':
    case 'removed': {
      const { kind, ...facts } = event;
      log.info(MESSAGES[kind], facts);
      return;
    }
    case 'ticket-changed':
    case 'incident-changed': {
      const { kind, ...facts } = event;
      log.info(kind === 'ticket-changed' ? 'the ticket follows' : 'the incident follows', facts);
      return;
    }
    case 'conflict': {
      const { incident, ticket, message } = event;
      log.warn(message, { incident, ticket });
      return;
    }
    case 'parked':
      log.error(`refused, and parked: sightline sync status shows it: ${event.reason}`, { incident: event.incident });
      return;
    case 'held': {
      const side = event.side === 'xdr' ? 'Cisco XDR' : 'the ticket system';
      log.warn(`${side} is left alone until ${new Date(event.until).toISOString()}: ${event.reason}`);
    }
  }
}

const MESSAGES = {
  created: 'a ticket was made',
  joined: 'put into a ticket that is there',
  found: 'a ticket was found again',
  commented: 'told the ticket',
  noted: 'told the incident',
  removed: 'the incident is gone',
} as const;
