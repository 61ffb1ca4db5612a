/** What a feed gives: a value, and how far the feed's own clock (the newest event time of its lines) has come. */
export interface Timed<T> {
  readonly clock: number;
  readonly value: T;
}

/** Values in the order of one source. */
export interface Feed<T> {
  /** Event time of the feed's first line, epoch ms; -Infinity when it cannot be told. */
  readonly startsAt: number;
  open(): AsyncIterable<Timed<T>>;
}

/** A value with the clock of its own feed, and the time that every feed has reached: no clock will come to be less. */
export interface Interleaved<T> extends Timed<T> {
  readonly watermark: number;
}

interface Running<T> {
  clock: number;
  readonly values: AsyncIterator<Timed<T>>;
}

/**
 * Reads several feeds side by side, always going on with the one whose clock is furthest behind, so that their values
 * come nearly in the order of event time without any of them being held. A feed is opened when the others come within
 * `slackMs` of its beginning: a year of daily archives has two files open at a time.
 */
export async function* interleave<T>(feeds: readonly Feed<T>[], slackMs: number): AsyncGenerator<Interleaved<T>> {
  const waiting = [...feeds].sort((a, b) => compare(a.startsAt, b.startsAt));
  const running: Running<T>[] = [];
  try {
    for (;;) {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        if (running.length > 0 && next.startsAt - slackMs > furthestBehind(running).clock) break;
        waiting.shift();
        running.push({ clock: next.startsAt, values: next.open()[Symbol.asyncIterator]() });
      }
      if (running.length === 0) return;
      const feed = furthestBehind(running);
      const result = await feed.values.next();
      if (result.done === true) {
        running.splice(running.indexOf(feed), 1);
        continue;
      }
      const { clock, value } = result.value;
      feed.clock = clock;
      yield { clock, value, watermark: Math.min(furthestBehind(running).clock, waiting[0]?.startsAt ?? Infinity) };
    }
  } finally {
    for (const { values } of running) await values.return?.();
  }
}

function furthestBehind<T>(running: readonly Running<T>[]): Running<T> {
  return running.reduce((least, feed) => (feed.clock < least.clock ? feed : least));
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
