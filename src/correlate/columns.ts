/** Rows of one shape, column by column: each key is stored once and not with every row. */
export type Columns<Row> = { readonly [Key in keyof Row]: readonly Row[Key][] };

export function toColumns<Row extends object>(
  rows: readonly Row[],
  keys: Readonly<Record<keyof Row, true>>,
): Columns<Row> {
  const names = Object.keys(keys) as (keyof Row)[];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])])) as unknown as Columns<Row>;
}

/** The rows again, each an object of its own. */
export function fromColumns<Row extends object>(columns: Columns<Row>): Row[] {
  const names = Object.keys(columns) as (keyof Row)[];
  const [first] = names;
  if (first === undefined) return [];
  return columns[first].map((_, index) => {
    const row: Partial<Row> = {};
    for (const name of names) row[name] = columns[name][index] as Row[keyof Row]; // columns are of one length
    return row as Row;
  });
}
