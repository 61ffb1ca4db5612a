/**
 * The same text, cut loose from what it was cut from. V8 keeps a slice of 13 or more characters as a reference into its
 * parent, so that a few characters kept for an hour keep a whole chunk of the log. Joining two parts copies them, in a third
 * of the time of a round trip through a Buffer, and leaves no slice behind as `+` and `slice` would.
 */
export function ownText(text: string): string {
  return [text.slice(0, 1), text.slice(1)].join('');
}

/** Longer texts seldom recur, and thousands of them would be megabytes. */
const MAX_POOLED_LENGTH = 256;

/**
 * Gives texts that are cut loose as {@link ownText} cuts them, one and the same for equal texts: those that recur are kept
 * once and hashed once, unless they are long. Begins anew when it remembers `capacity` texts.
 */
export function textPool(capacity: number): (text: string) => string {
  const pool = new Map<string, string>();
  return (text) => {
    if (text.length > MAX_POOLED_LENGTH) return ownText(text);
    const known = pool.get(text);
    if (known !== undefined) return known;
    const own = ownText(text);
    if (pool.size >= capacity) pool.clear();
    pool.set(own, own);
    return own;
  };
}
