import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of the heap that stay in use once something is done. */
export function bytesKept(action: () => void): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  action();
  collectGarbage();
  return process.memoryUsage().heapUsed - before;
}
