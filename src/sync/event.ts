/** The two sides of sync. */
export type Side = 'xdr' | 'ticket';

/** What sync did, for a log. Ids are short ones. */
export type SyncEvent =
  | { readonly kind: 'created' | 'joined' | 'found'; readonly incident: string; readonly ticket: string }
  | { readonly kind: 'ticket-changed'; readonly incident: string; readonly ticket: string; readonly fields: string }
  | { readonly kind: 'incident-changed'; readonly incident: string; readonly ticket: string; readonly fields: string }
  | { readonly kind: 'commented' | 'noted' | 'removed'; readonly incident: string; readonly ticket: string }
  | { readonly kind: 'conflict'; readonly incident: string; readonly ticket: string; readonly message: string }
  | { readonly kind: 'parked'; readonly incident: string; readonly reason: string }
  /** A side is left alone until then (epoch ms). */
  | { readonly kind: 'held'; readonly side: Side; readonly until: number; readonly reason: string };
