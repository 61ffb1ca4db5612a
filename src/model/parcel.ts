/** One bundle ready to leave: deliver/ carries it without looking inside. */
export interface Parcel {
  /** Deterministic name of the content. */
  readonly key: string;
  /** UTF-8 JSON of one CTIM bundle. */
  readonly body: string;
  /** The incident's external id: parcels of one incident keep their order. */
  readonly incident: string;
}

/** What became of one entity of a parcel. */
export interface EntityReceipt {
  /** CTIM type, hyphenated. */
  readonly type: string;
  /** The transient id that it was sent with. */
  readonly originalId: string | null;
  readonly result: 'created' | 'exists' | 'updated' | 'error' | 'missing';
  /** Long id that the server gave it. */
  readonly id: string | null;
  /** The server's reason for an error. */
  readonly reason: string | null;
}

/** What became of a parcel: `undelivered` may be tried again later, `refused` may not, `partial` lost some entities. */
export interface Receipt {
  readonly key: string;
  readonly verdict: 'delivered' | 'partial' | 'refused' | 'undelivered';
  readonly entities: readonly EntityReceipt[];
  /** For a person: what went wrong and what to do. Null when delivered. */
  readonly reason: string | null;
  /** Of an `undelivered` one: for how long from now the server takes nothing. Absent where it did not say. */
  readonly retryAfterMs?: number;
}
