import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';

const MIB = 1024 * 1024;
/** Each of two halves. With one of 1 MiB a run takes a quarter longer; larger ones add memory and save no time. */
const NURSERY_MIB = 4;
/** What is held to make the nursery grow, 64 KiB each, since numbers take 8 bytes: as much as one half at most. */
const MAX_BALLAST = 128;
const BALLAST_NUMBERS = 8192;

/** Garbage that may gather beside what is alive: by share of it in a small heap, so much in a large one, a share again in a huge one. */
const SPARE_MIB = 40;
const MOST_SPARE_PERCENT = 30;
const LEAST_SPARE_PERCENT = 15;
const LOOK_EVERY_MS = 1000;

/**
 * V8 lets the heap of a process grow to several times of what is alive before it looks for garbage, and its nursery with
 * it. A run that goes over gigabytes keeps some 60 MB alive and would hold 550 MB: on a web server that is not ours to
 * take. The nursery grows only when much in it stays alive, and never shrinks; Node.js takes its largest size on the
 * command line alone. So it is made to grow to its size at once, in one step, and then to grow no more. Threads that are started
 * later have a nursery of that size from the beginning. A flood of addresses keeps some 200 MB alive, so the larger the
 * heap, the sooner it is looked through.
 */
export function boundHeap(): void {
  limitSpare();
  setInterval(limitSpare, LOOK_EVERY_MS).unref();
  setFlagsFromString(`--semi-space-growth-factor=${Math.max(1, Math.floor(NURSERY_MIB / nurseryMib()))}`);
  const ballast: number[][] = [];
  while (nurseryMib() < NURSERY_MIB && ballast.length < MAX_BALLAST) ballast.push(Array(BALLAST_NUMBERS).fill(0));
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString(`--min-semi-space-size=${NURSERY_MIB}`);
}

function limitSpare(): void {
  const percent = Math.floor((SPARE_MIB * 100) / (getHeapStatistics().used_heap_size / MIB));
  setFlagsFromString(`--heap-growing-percent=${Math.max(LEAST_SPARE_PERCENT, Math.min(MOST_SPARE_PERCENT, percent))}`);
}

/** Of one half: whole MiB, less the heads of its pages. */
function nurseryMib(): number {
  const nursery = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  return nursery === undefined
    ? NURSERY_MIB
    : Math.ceil((nursery.space_used_size + nursery.space_available_size) / MIB);
}
