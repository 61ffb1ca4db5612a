import type { Trail } from './trail.ts';

/**
 * A client whose lines are put by. What a correlator finds by the client's name it keeps here, so that it is found once
 * and not for each line: to be used with one correlator, and as often as there are lines of the client.
 */
export interface Caller {
  readonly client: string;
  /** Whom it stands for, by {@link attackerNamer}. */
  key: string | null;
  /** Of that key, as it was found last. */
  trail: Trail | null;
  /** By which whoever tells of lines in numbers knows the client; -1 for none. */
  number: number;
}

export function callerOf(client: string): Caller {
  return { client, key: null, trail: null, number: -1 };
}
