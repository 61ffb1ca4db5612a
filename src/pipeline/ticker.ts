import type { Lane } from './scan.ts';

/** After so many lines at the latest, and in each new hour of event time, a source tells how far its clock has come. */
const TICK_LINES = 1024;
const TICK_MS = 3_600_000;

/** To be asked after each line: how far the source's clock has come, when it is time to tell. */
export type Ticker = () => number | undefined;

export function ticker(lane: Lane, onTick: () => void): Ticker {
  let nextTick = Number.NEGATIVE_INFINITY;
  let untilTick = TICK_LINES;
  return () => {
    if (--untilTick > 0 && lane.clock < nextTick) return undefined;
    if (lane.clock === Number.NEGATIVE_INFINITY) return undefined;
    untilTick = TICK_LINES;
    nextTick = (Math.floor(lane.clock / TICK_MS) + 1) * TICK_MS;
    onTick();
    return lane.clock;
  };
}
