import type { LogFormat } from '../../parse/parse.ts';
import type { OpenSource } from '../../read/read.ts';
import type { Scanned } from './segment-texts.ts';
import type { Workers } from './workers.ts';

export interface ReadApartOptions {
  readonly opened: OpenSource;
  readonly format: LogFormat;
  readonly workers: Workers;
  readonly segmentBytes: number;
  /** Does what is to be done with a segment's lines. */
  readonly play: (scanned: Scanned) => Iterable<number>;
}

/**
 * Has the segments of a source scanned and plays them in their order, while workers scan later ones. With
 * many sources open a source has one segment under way, so that all together hold little more than the workers' bound.
 */
export async function* readApart(options: ReadApartOptions): AsyncGenerator<number> {
  const { opened, format, workers, segmentBytes, play } = options;
  const segments = opened.cut(segmentBytes);
  const underWay: Promise<Scanned>[] = [];
  let isWhole = false;

  async function readAhead(): Promise<void> {
    while (!isWhole && (underWay.length === 0 || (underWay.length < workers.ahead && !workers.isFull))) {
      const next = await segments.next();
      if (next.done === true) isWhole = true;
      else underWay.push(workers.scan(next.value, opened.source.name, format));
    }
  }

  try {
    for (;;) {
      await readAhead();
      const first = underWay.shift();
      if (first === undefined) return;
      const scanned = await workers.settle(first);
      await readAhead();
      yield* play(scanned);
      workers.release();
    }
  } finally {
    await segments.return(undefined);
  }
}
