/**
 * Client of Cisco Threat Intelligence API (CTIA) and of IROH in front of it: token, retries, limits, bundles, entities.
 * A library in its own right; it knows nothing of logs.
 */
export { isObject, type JsonObject, type Stored } from './answer.ts';
export type { Bulk, IdsByName } from './bulk.ts';
export { collectionsOf, parseBundle, subsetOf, textsOf } from './bundle.ts';
export { type CtiaClient, type CtiaOptions, ctiaClient } from './client.ts';
export { type ClientCredentials, type Credentials, readCredentials, readCredentialsFile } from './credentials.ts';
export { CTIA_CODES, type CtiaCode, CtiaError } from './ctia-error.ts';
export type { Entities, MetricOptions, PatchableEntities, PatchableName } from './entities.ts';
export type { Exchange } from './exchange.ts';
export { globalIntelUrl, REGIONS, type Region } from './hosts.ts';
export { type ImportBundle, type ImportOptions, ROUTES, type Route } from './import.ts';
export type { LockOptions } from './import-lock.ts';
export { collectIncident, findIncident, type IncidentGraph } from './incident-graph.ts';
export type { CasebookChange, ChainedKind, ExportOptions } from './intel.ts';
export type { ChangeBurst, InspectedObservable } from './intel-answers.ts';
export { COLLECTIONS, type EntityName } from './names.ts';
export { quoteForQuery, shortIdOf } from './path.ts';
export { type Removal, removeEntities } from './remove.ts';
export { DEFAULT_RETRY_POLICY, type RetryPolicy, type RetryVerdict, verdictOf } from './retry.ts';
export type { Filters, SearchOptions } from './search.ts';
export { realTiming, type Timing } from './timing.ts';
