/** What one line of a log tells; texts are as Apache writes them, `-` for what is not there. */
export interface LoggedRequest {
  readonly client: string;
  readonly user: string;
  /** Method, target and protocol, or what came in their place. */
  readonly request: string;
  readonly status: number;
  /** 0 for an answer without a body. */
  readonly bytes: number;
  readonly referer: string;
  readonly agent: string;
}
