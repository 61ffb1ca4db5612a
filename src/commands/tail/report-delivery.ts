import type { OutboxEvent } from '../../deliver/deliver.ts';
import type { OutputHooks } from '../output.ts';
import type { ServiceLog } from './log.ts';

/** Tells of what the outbox runner does. */
export function reportDelivery(log: ServiceLog, event: OutboxEvent): void {
  switch (event.kind) {
    case 'delivered': {
      const { parcel, receipt } = event;
      log.info('delivered', { incident: parcel.incident, entities: receipt.entities.length });
      return;
    }
    case 'parked':
      log.error(`refused, and parked: sightline outbox list --parked shows it: ${event.receipt.reason}`, {
        incident: event.parcel.incident,
      });
      return;
    case 'deferred':
      log.warn(`not delivered, tried again at ${new Date(event.until).toISOString()}: ${event.receipt.reason}`);
      return;
    case 'not-noted':
      log.warn(`delivered, but not noted yet: ${event.message}`);
      return;
    case 'not-read':
      log.warn(`the outbox cannot be read for now: ${event.message}`);
      return;
    case 'given-up':
      log.error('attackers are not judged for good: too many waited for it', { incidents: event.incidents });
      return;
    case 'abandoned':
      log.warn('stopped before the server answered; the bundle is sent again at the next start', {
        incident: event.parcel.incident,
      });
  }
}

/** Tells of what holds delivery up, and of what could not be done about incidents that were delivered. */
export function reportIntel(log: ServiceLog): OutputHooks {
  return {
    onNotJudged({ address, message, passes }) {
      log.warn(`an attacker is not judged${passes ? ', which is tried again' : ''}: ${message}`, { address });
    },
    onWait: (message) => log.info(message),
    onNotEnriched: (message) => log.warn(`an incident gets no note of what is known of its attacker: ${message}`),
  };
}
