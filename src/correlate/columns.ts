/** Rows of one shape, column by column: each key is stored once and not with every row. */
export type Columns<Row> = { readonly [Key in keyof Row]: readonly Row[Key][] };

/** How each field of a row is read off an item. */
export type Readers<Item, Row> = { readonly [Key in keyof Row]: (item: Item) => Row[Key] };

/** One row for each item. */
export function toColumns<Item, Row extends object>(items: readonly Item[], readers: Readers<Item, Row>): Columns<Row> {
  const names = Object.keys(readers) as (keyof Row)[];
  return Object.fromEntries(names.map((name) => [name, items.map(readers[name])])) as unknown as Columns<Row>;
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
