/**
 * The same text, cut loose from what it was cut from. V8 keeps a slice of 13 or more characters as a reference into its
 * parent, so that a few characters kept for an hour keep a whole chunk of the log. Joining makes a text of its own when
 * it is next read, which `slice` does at once; it costs a third of a round trip through a Buffer.
 */
export function ownText(text: string): string {
  return ` ${text}`.slice(1);
}
