/** What outlives the process: how far each log is read, what is remembered of it, and what is still to be sent. */
export type { KeyedTable } from './keyed-table.ts';
export { isHeld } from './lock.ts';
export { type Access, type Commit, openState, type State, type StateOptions } from './open-state.ts';
export type { Aftermath } from './outbox/aftermath.ts';
export type { Outbox, OutboxEntry, OutgoingParcel, StoredParcel } from './outbox/outbox.ts';
export type { OutboxCounts } from './outbox/tend.ts';
export type { LedgerRow, Loaded, Position } from './progress.ts';
