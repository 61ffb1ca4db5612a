/** How much of a configuration is read. Whatever lies beyond a bound is left out, with a warning. */
export interface ApacheBounds {
  /** Files, each counted as often as it is included. */
  readonly maxFiles: number;
  /** Bytes of all files and of what macros make of them. */
  readonly maxBytes: number;
  /** Includes and macros within each other. */
  readonly maxDepth: number;
  /** Characters of a line, continuations included, of a variable's value, and of what variables make of a word. */
  readonly maxLineLength: number;
  readonly maxWarnings: number;
}

export const APACHE_BOUNDS: ApacheBounds = {
  maxFiles: 10_000,
  maxBytes: 64 * 1024 * 1024,
  maxDepth: 32,
  maxLineLength: 65_536,
  maxWarnings: 100,
};
