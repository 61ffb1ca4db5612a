/**
 * A local double of Cisco's CTIA and of the parts of IROH that go with it, over HTTP on loopback: for tests, and for
 * people without a tenant. It refuses what the server refuses and has none of the conveniences that the server lacks.
 */
import { randomUUID } from 'node:crypto';
import { rateLimiter } from './access/rate-limit.ts';
import { openTokens } from './access/tokens.ts';
import { shown } from './entity/shown.ts';
import type { JsonObject } from './entity/stored.ts';
import type { EntityType } from './entity/types.ts';
import type { Fault, FaultSpec } from './fault/fault.ts';
import { openFaultPlan } from './fault/fault-plan.ts';
import { router } from './http/router.ts';
import { openServer } from './http/server.ts';
import { seededRandom } from './random.ts';
import { openRecorder, type RecordedRequest } from './recorder.ts';
import { allRoutes } from './routes/routes.ts';
import { requestServer } from './serve.ts';
import { DEFAULT_BEHAVIOUR, newClient, type SandboxClient, type SandboxOptions } from './settings.ts';
import { openArchive } from './store/archive.ts';
import { openStore } from './store/store.ts';

export type { JsonObject } from './entity/stored.ts';
export type { EntityType } from './entity/types.ts';
export { FAULT_KINDS, type Fault, type FaultKind, type FaultSpec } from './fault/fault.ts';
export type { RecordedRequest } from './recorder.ts';
export { ALL_SCOPES, type SandboxClient, type SandboxOptions } from './settings.ts';

export interface Sandbox {
  /** `http://127.0.0.1:8443`; it plays IROH and CTIA. */
  readonly url: string;
  /** Of the first client. */
  readonly credentials: { readonly clientId: string; readonly clientPassword: string };
  /** What to set so that Sightline talks to this sandbox, as the first client. */
  readonly environment: Readonly<Record<string, string>>;
  /** Copies of all that is stored, of one type, in the order of storing; visible to searches or not yet. */
  entities(type: EntityType): JsonObject[];
  /** What came in, in order; the control endpoint aside. */
  requests(): readonly RecordedRequest[];
  forgetRequests(): void;
  /** Replaces the faults to come. Throws SightlineError `bad-fault`. */
  setFaults(faults: readonly FaultSpec[]): void;
  faults(): readonly Fault[];
  /** Moves the sandbox's clock on. */
  advance(ms: number): void;
  /** Cuts connections and lets go of the port and the file. */
  close(): Promise<void>;
}

/** Throws SightlineError `port-in-use`, `bad-db` or `bad-fault`. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, dbFile, faults = [], seed = 1, clock = Date.now, uuid = randomUUID, ...given } = options;
  const behaviour = { ...DEFAULT_BEHAVIOUR, ...given };
  const plan = openFaultPlan(faults);
  const archive = dbFile === undefined ? null : await openArchive(dbFile);
  const clients: readonly SandboxClient[] = options.clients ?? archive?.clients() ?? [newClient()];
  archive?.keepClients(clients);
  let aheadMs = 0;
  const now = (): number => clock() + aheadMs;
  const store = openStore({ clock: now, refreshMs: behaviour.refreshMs, archive });
  const world = { behaviour, store, faults: plan, clock: now, random: seededRandom(seed), uuid };
  const recorder = openRecorder(behaviour.maxRecordedRequests, behaviour.maxRecordedBodyChars);
  const tokens = openTokens(now, behaviour.tokenLifetimeS);
  const { rateLimit } = behaviour;
  const limiter = () => rateLimiter(rateLimit?.limit ?? 0, rateLimit?.windowMs ?? 0, now);
  const advance = (ms: number): void => {
    aheadMs += ms;
  };
  const routes = allRoutes({ world, clients, tokens, recorder, advance });
  const serving = {
    world,
    tokens,
    recorder,
    limiters: rateLimit === null ? null : { ctia: limiter(), iroh: limiter() },
    find: router(routes),
  };
  const server = await openServer(port, behaviour.maxBodyBytes, requestServer(serving)).catch((error: unknown) => {
    archive?.close();
    throw error;
  });
  const [client = newClient()] = clients;
  const credentials = { clientId: client.clientId, clientPassword: client.clientPassword };
  return {
    url: server.url,
    credentials,
    environment: {
      SIGHTLINE_CLIENT_ID: credentials.clientId,
      SIGHTLINE_CLIENT_PASSWORD: credentials.clientPassword,
      SIGHTLINE_IROH_URL: server.url,
      SIGHTLINE_PRIVATE_INTEL_URL: server.url,
    },
    entities: (type) => store.written(type).map((entity) => structuredClone(shown(entity))),
    requests: () => recorder.all(),
    forgetRequests: () => recorder.clear(),
    setFaults: (specs) => plan.set(specs),
    faults: () => plan.left(),
    advance,
    async close() {
      await server.close();
      archive?.close();
    },
  };
}
