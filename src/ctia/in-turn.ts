/** Carries out pieces of work one after the other, in the order in which they were asked for. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => null); // Whoever asked for it hears of the failure; the next one only waits.
    return turn;
  };
}
