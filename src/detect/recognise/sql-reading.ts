import type { SqlText, SqlToken } from './sql-tokens.ts';

/** A shape found, as indices of tokens. */
export type Match = { readonly shape: string; readonly from: number; readonly next: number } | null;

export interface Reading {
  readonly sql: SqlText;
  readonly tokens: readonly SqlToken[];
  /** The text ends a string it was put into and goes on as SQL. */
  readonly brokenOut: boolean;
}
