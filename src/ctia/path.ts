/** Query parameters; a list repeats its name, undefined leaves it out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** A path of segments, each percent-encoded whole. */
export function pathOf(...segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

/** `?a=1&b=2`, or nothing. */
export function queryOf(query: Query | undefined): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) for (const each of [value].flat()) params.append(name, String(each));
  }
  return params.size === 0 ? '' : `?${params}`;
}

export function withoutQuery(path: string): string {
  const at = path.indexOf('?');
  return at === -1 ? path : path.slice(0, at);
}

/**
 * A value for `field:` in a `query` (Lucene syntax), quoted so that no text can change the query's meaning. An
 * unquoted value with spaces or operators is an error or finds something else.
 */
export function quoteForQuery(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** The short id (`incident-...`) of a long one; a short one is left as it is. */
export function shortIdOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
