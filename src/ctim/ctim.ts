/**
 * CTIM 1.3.30, the data model of Cisco's threat intelligence API, as its bundle import checks it: vocabulary, schemas and
 * entity types. Needs nothing but zod; any folder may import it.
 */

export * from '../vocabulary/vocabulary.ts';
export type { CtimBundle } from './bundle.ts';
export {
  type CtimFault,
  type CtimReading,
  checkBundleShape,
  checkEntity,
  describeCtimFault,
  readEntity,
  type StandaloneType,
} from './check.ts';
export {
  COLLECTIONS,
  type CtimAsset,
  type CtimAttackPattern,
  type CtimIncident,
  type CtimIndicator,
  type CtimJudgement,
  type CtimNote,
  type CtimRelationship,
  type CtimSighting,
  type CtimType,
} from './entities.ts';
export { parseInstant } from './instant.ts';
export { isJavaUri } from './java-uri.ts';
export { END_OF_TIME, isTransientId } from './parts.ts';
export type { CtimCasebook, CtimFeed } from './standalone.ts';
