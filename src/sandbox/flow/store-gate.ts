/** Lets every entity of a request through to the store but the one at `failing`, counted from 1. */
export function storeGate(failing: number): () => boolean {
  let count = 0;
  return () => ++count !== failing;
}
