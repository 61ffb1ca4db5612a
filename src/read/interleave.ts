/** One source: it tells from time to time how far its clock, the newest event time of its lines, has come. */
export interface Feed {
  /** Event time of the feed's first line, epoch ms; -Infinity when it cannot be told. */
  readonly startsAt: number;
  /** Reads on as it is asked for the next value of its clock. */
  open(): AsyncIterable<number>;
}

interface Running {
  clock: number;
  readonly clocks: AsyncIterator<number>;
}

/**
 * Reads several feeds side by side, always going on with the one whose clock is furthest behind, so that their lines come
 * nearly in the order of event time without any of them being held. A feed is opened when the others come within
 * `slackMs` of its beginning: a year of daily archives has two files open at a time. Yields the time that every feed has
 * reached: no clock will come to be less.
 */
export async function* interleave(feeds: readonly Feed[], slackMs: number): AsyncGenerator<number> {
  const waiting = [...feeds].sort((a, b) => compare(a.startsAt, b.startsAt));
  const running: Running[] = [];
  try {
    for (;;) {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        if (running.length > 0 && next.startsAt - slackMs > furthestBehind(running).clock) break;
        waiting.shift();
        running.push({ clock: next.startsAt, clocks: next.open()[Symbol.asyncIterator]() });
      }
      if (running.length === 0) return;
      const feed = furthestBehind(running);
      const result = await feed.clocks.next();
      if (result.done === true) {
        running.splice(running.indexOf(feed), 1);
        continue;
      }
      feed.clock = result.value;
      yield Math.min(furthestBehind(running).clock, waiting[0]?.startsAt ?? Infinity);
    }
  } finally {
    for (const { clocks } of running) await clocks.return?.();
  }
}

function furthestBehind(running: readonly Running[]): Running {
  return running.reduce((least, feed) => (feed.clock < least.clock ? feed : least));
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
