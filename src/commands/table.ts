import { toTerminal } from '../escape/escape.ts';

const GAP = '  ';

/** Rows as lines of aligned columns, the heading first; the last column is not padded. Cells are made safe to measure. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const safe = [heading, ...rows].map((row) => row.map(toTerminal));
  const widths = heading.map((_, column) => Math.max(...safe.map((row) => row[column]?.length ?? 0)));
  return safe.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join(GAP),
  );
}

/** A text of at most `max` units, its end cut off visibly. */
export function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
