/**
 * Keeps incidents of Cisco XDR and tickets of another system in step, both ways. It knows the clients of both sides and
 * the state file, and none of what makes incidents.
 */
export { dryRun } from './dry-run.ts';
export type { Side, SyncEvent } from './event.ts';
export type { GuardOptions, IncidentServer, Owner, SyncOptions } from './options.ts';
export { openSync, type Sync } from './runner.ts';
export { SYNC_TABLES } from './store.ts';
export { type SyncStatus, type SyncTending, tendSync } from './tend.ts';
export { DEFAULT_WORDS, type Words, type WordTables, wordsOf } from './words.ts';
