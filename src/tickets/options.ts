import type { Writable } from 'node:stream';
import { SightlineError } from '../model/errors.ts';
import { type TicketSettings, ticketSettings } from '../ticket-settings/ticket-settings.ts';
import type { Connector } from './connector.ts';
import { CONNECTORS } from './connectors.ts';
import { TicketError } from './ticket-error.ts';

export { type TicketSettings, ticketSettings };

/** What a connector needs besides its settings. */
export interface ConnectorMeans {
  /** Token, key, password or shared secret; empty where none is needed. */
  readonly secret: string;
  readonly output: Writable;
  /** PEM certificates to trust besides those that Node.js trusts. */
  readonly ca?: string;
  readonly proxy?: { readonly https?: string; readonly no?: string };
  readonly timeoutMs?: number;
  /** Epoch ms. */
  readonly clock: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The connector that settings describe. Throws SightlineError `bad-config-value`. */
export function openConnector(settings: TicketSettings, means: ConnectorMeans): Connector {
  try {
    return connectorOf(settings, means);
  } catch (cause) {
    if (!(cause instanceof TicketError)) throw cause;
    throw new SightlineError('bad-config-value', `sync.system: ${cause.message}`, { cause });
  }
}

function connectorOf(settings: TicketSettings, means: ConnectorMeans): Connector {
  const { secret, output, random, sleep, ...reach } = means;
  if (settings.kind === 'jsonl') {
    const { path, source: sender } = settings;
    return CONNECTORS.jsonl({ output: path === '-' ? output : path, source: sender, clock: means.clock });
  }
  if (secret === '') {
    const places = 'in SIGHTLINE_TICKET_SECRET, or in a file that sync.secret_file names';
    throw new TicketError('bad-options', `${settings.kind} needs a secret: ${places}`);
  }
  switch (settings.kind) {
    case 'rt':
      return CONNECTORS.rt({ ...reach, ...settings, token: secret, incidentField: settings.incident_field });
    case 'redmine':
      return CONNECTORS.redmine({ ...reach, ...settings, key: secret, incidentField: settings.incident_field });
    case 'http':
      return CONNECTORS.http({ ...reach, ...settings, secret });
    case 'webhook': {
      const deadLetters = settings.dead_letters ?? null;
      return CONNECTORS.webhook({ ...reach, ...settings, secret, random, sleep, deadLetters });
    }
  }
}
