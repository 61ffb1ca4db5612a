/** Something that is asked for once. A failure is not kept: the next one who wants it asks again. */
export interface Remembered<T> {
  get(): Promise<T>;
  forget(): void;
}

export function remember<T>(load: () => Promise<T>): Remembered<T> {
  let kept: Promise<T> | null = null;
  return {
    get() {
      kept ??= load().catch((error: unknown) => {
        kept = null;
        throw error;
      });
      return kept;
    },
    forget() {
      kept = null;
    },
  };
}
