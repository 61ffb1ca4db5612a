import { callerOf, pageOf, type QuietLine, type Served } from '../correlate/correlate.ts';

type Writable<Record> = { -readonly [Key in keyof Record]: Record[Key] };

/** A quiet line, and what it was answered, to be written anew for each. */
export interface ReusedLine {
  readonly line: Writable<QuietLine>;
  readonly served: Writable<Served>;
}

const NO_BYTES = Buffer.alloc(0);

/** As objects of their own, lines would keep the garbage collector busy. */
export function reusedLine(source: string): ReusedLine {
  return {
    line: {
      ...{ bytes: NO_BYTES, from: 0, to: 0, source, number: 0, offset: 0, time: 0 },
      ...{ caller: callerOf(''), served: null },
    },
    served: { host: null, time: 0, page: pageOf(''), bytes: 0 },
  };
}
