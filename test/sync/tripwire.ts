import type { IncidentServer } from '../../src/sync/sync.ts';
import type { Connector } from '../../src/tickets/tickets.ts';

/** Asked before and after each call of either side; what it throws goes through sync like a kill. */
export type OnCall = (when: 'before' | 'after', call: string) => Promise<void>;

/** Both sides, with something that may happen at each call. */
export function tripwired(client: IncidentServer, connector: Connector, onCall: OnCall) {
  const wrap = <Given extends unknown[], Result>(name: string, method: (...given: Given) => Promise<Result>) => {
    return async (...given: Given): Promise<Result> => {
      await onCall('before', name);
      const result = await method(...given);
      await onCall('after', name);
      return result;
    };
  };
  const entities = (type: Parameters<IncidentServer['entities']>[0]) => {
    const real = client.entities(type as 'incident');
    return {
      ...real,
      get: wrap(`get ${type}`, real.get),
      update: wrap(`update ${type}`, real.update),
      ensure: wrap(`ensure ${type}`, real.ensure),
    };
  };
  return {
    client: { ...client, entities: entities as IncidentServer['entities'] },
    connector: {
      ...connector,
      create: wrap('create ticket', connector.create),
      read: wrap('read ticket', connector.read),
      update: wrap('update ticket', connector.update),
      comment: wrap('comment', connector.comment),
      findByIncident: wrap('find tickets', connector.findByIncident),
    },
  };
}
