/** Who calls. */
export interface Identity {
  /** The `sub` of the token. */
  readonly login: string;
  /** The organisation, alone. */
  readonly groups: readonly string[];
  readonly clientId: string;
  readonly scopes: readonly string[];
}
