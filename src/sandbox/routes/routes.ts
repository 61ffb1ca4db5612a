import type { Tokens } from '../access/tokens.ts';
import { ENTITY_TYPES } from '../entity/types.ts';
import type { Route } from '../http/router.ts';
import type { Recorder } from '../recorder.ts';
import type { SandboxClient } from '../settings.ts';
import type { World } from '../world.ts';
import { attackPatternRoutes } from './attack-pattern.ts';
import { bulkRoutes } from './bulk.ts';
import { casebookRoutes } from './casebook.ts';
import { controlRoutes } from './control.ts';
import { crudRoutes } from './crud.ts';
import { eventRoutes } from './event.ts';
import { expireRoutes } from './expire.ts';
import { exportRoutes } from './export.ts';
import { feedViewRoutes } from './feed-view.ts';
import { importRoute } from './import.ts';
import { incidentRoutes } from './incident.ts';
import { irohRoutes } from './iroh.ts';
import { metricRoutes } from './metric.ts';
import { observableRoutes } from './observable.ts';
import { pageRoute } from './page.ts';
import { searchRoutes } from './search.ts';
import { serviceRoutes } from './service.ts';
import { tokenRoutes } from './token.ts';

export interface RouteParts {
  readonly world: World;
  readonly clients: readonly SandboxClient[];
  readonly tokens: Tokens;
  readonly recorder: Recorder;
  readonly advance: (ms: number) => void;
}

/** Every route of the sandbox. */
export function allRoutes({ world, clients, tokens, recorder, advance }: RouteParts): Route[] {
  const ctia = [
    ...serviceRoutes(world),
    importRoute(world),
    ...exportRoutes(world),
    ...bulkRoutes(world),
    ...ENTITY_TYPES.flatMap((type) => [
      ...crudRoutes(world, type),
      ...searchRoutes(world, type),
      ...metricRoutes(world, type),
    ]),
    ...incidentRoutes(world),
    ...expireRoutes(world),
    ...casebookRoutes(world),
    ...attackPatternRoutes(world),
    ...feedViewRoutes(world),
    ...observableRoutes(world),
    ...eventRoutes(world),
  ];
  return [
    ...tokenRoutes(clients, tokens, world.behaviour.tokenLifetimeS),
    ...ctia,
    ...irohRoutes(world, ctia),
    ...controlRoutes(world, recorder, advance),
    pageRoute(world),
  ];
}
