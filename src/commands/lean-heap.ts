import { setFlagsFromString } from 'node:v8';

/**
 * V8 lets the heap of a process grow to several times of what is alive before it looks for garbage, and its nursery with
 * it. A run that goes over gigabytes keeps some 70 MB alive and would hold 550 MB: on a web server that is not ours to take.
 * Measured on 62 MB of log: 230 MB resident instead of 520, for a fifth more processor time.
 */
export function keepHeapLean(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
}
