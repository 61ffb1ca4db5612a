import type { Fault } from './fault.ts';

/** Says of each entity of a request, one after the other, whether the store takes it. */
export type StoreGate = () => boolean;

/** As the fault has it: all but one, none after some, or all of them. */
export function storeGate(fault: Fault | null): StoreGate {
  let count = 0;
  switch (fault?.kind) {
    case 'store-failure':
      return () => ++count !== fault.value;
    case 'reset-midway':
      return () => ++count <= fault.value;
    default:
      return () => true;
  }
}
