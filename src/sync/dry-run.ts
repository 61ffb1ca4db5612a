import { type CtiaClient, type JsonObject, type Stored, shortIdOf } from '../ctia/ctia.ts';
import { type Connector, type Document, MARKUPS, type Ticket, type TicketChanges } from '../tickets/tickets.ts';
import { textOf } from './facts.ts';
import type { IncidentServer } from './options.ts';

/** Both sides as they are for reading; what would be written is told instead, and seen by what reads it afterwards. */
export function dryRun(
  client: IncidentServer,
  connector: Connector,
  tell: (line: string) => void,
): { readonly client: IncidentServer; readonly connector: Connector } {
  return { client: dryClient(client, tell), connector: dryConnector(connector, tell) };
}

function dryClient(client: IncidentServer, tell: (line: string) => void): IncidentServer {
  const written = new Map<string, JsonObject>();
  const entities = (name: Parameters<CtiaClient['entities']>[0]) => {
    const real = client.entities(name);
    const get = async (id: string): Promise<Stored | null> => {
      const stored = await real.get(id);
      return stored === null ? null : { ...stored, ...written.get(shortIdOf(id)) };
    };
    return {
      ...real,
      get,
      async update(id: string, changes: JsonObject) {
        tell(`would change ${shortIdOf(id)}: ${described(changes)}`);
        written.set(shortIdOf(id), { ...written.get(shortIdOf(id)), ...changes });
        return get(id);
      },
      async ensure(entity: JsonObject): Promise<Stored> {
        tell(`would add a ${name}: ${textOf(entity.content)}`);
        return { ...entity, id: 'not-made' };
      },
    };
  };
  return {
    entities: entities as CtiaClient['entities'],
    exportBundle: client.exportBundle,
    history: client.history,
    verdict: client.verdict,
  };
}

function dryConnector(connector: Connector, tell: (line: string) => void): Connector {
  /** Tickets that were not made, and real ones as they would be. */
  const known = new Map<string, Ticket>();
  let made = 0;
  const read = async (id: string): Promise<Ticket> => known.get(id) ?? connector.read(id);
  return {
    ...connector,
    read,
    async create({ incidentId, title, priority }) {
      const id = `new-${++made}`;
      tell(`would create ticket ${id} for ${shortIdOf(incidentId)}, priority ${priority ?? 'as usual'}: ${title}`);
      const nothing = { url: null, status: '', assignee: null, updatedAt: 0, version: null };
      const ticket = { id, title, priority, incidentId, ...nothing };
      known.set(id, ticket);
      return ticket;
    },
    async update(id, changes) {
      tell(`would change ticket ${id}: ${described(changes)}`);
      const before = connector.capabilities.reads || known.has(id) ? await read(id) : null;
      const ticket = changed(before, id, changes);
      known.set(id, ticket);
      return ticket;
    },
    async comment(id, text: Document) {
      tell(`would comment on ticket ${id}: ${MARKUPS.plain(text)}`);
    },
  };
}

function changed(before: Ticket | null, id: string, { status, assignee, title, priority }: TicketChanges): Ticket {
  const nothing = { url: null, incidentId: null, assignee: null, updatedAt: 0, version: null, title: '', status: '' };
  const ticket = before ?? { id, priority: null, ...nothing };
  const person = typeof assignee === 'string' ? { id: assignee, login: assignee, email: assignee, name: null } : null;
  return {
    ...ticket,
    status: status ?? ticket.status,
    title: title ?? ticket.title,
    priority: priority ?? ticket.priority,
    assignee: assignee === undefined ? ticket.assignee : person,
  };
}

function described(changes: object): string {
  return Object.entries(changes)
    .map(([field, value]) => `${field} to ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
