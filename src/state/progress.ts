import { crc32 } from 'node:zlib';
import type { Database } from './database.ts';
import { damaged } from './failure.ts';

/** Where reading of a source goes on. `data` is JSON text of the reader's own. */
export interface Position {
  readonly source: string;
  readonly data: string;
}

/** What became of everything in a source: lines = parsed + rejected + skipped, and what was lost before it was read. */
export interface LedgerRow {
  readonly source: string;
  readonly bytes: number;
  readonly lines: number;
  readonly parsed: number;
  /** Lines by reject code. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly skipped: number;
  readonly lostBytes: number;
  readonly lostLines: number;
}

/** How far a run has come. What is left out stays as it is. */
export interface Progress {
  /** Take the place of the positions of these sources. */
  readonly positions?: readonly Position[];
  /** Take the place of the rows of these sources: whole counts, not additions. */
  readonly ledger?: readonly LedgerRow[];
  /** Sources whose position and ledger row go. */
  readonly forget?: readonly string[];
  /** What was read since the last commit. */
  readonly journal?: Uint8Array;
  /** Everything there is to remember, at most 1,000,000,000 bytes; empties the journal. */
  readonly snapshot?: Uint8Array;
}

/** What a run goes on from: the snapshot, then the journal on top of it, then the positions. */
export interface Loaded {
  readonly positions: ReadonlyMap<string, string>;
  readonly ledger: readonly LedgerRow[];
  readonly snapshot: Uint8Array | null;
  /** Oldest first, read as it is iterated: commit only afterwards. */
  readonly journal: Iterable<Uint8Array>;
}

interface Blob {
  readonly crc: number;
  readonly data: Uint8Array;
}

interface LedgerColumns extends Omit<LedgerRow, 'rejected' | 'lostBytes' | 'lostLines'> {
  readonly rejected: string;
  readonly lost_bytes: number;
  readonly lost_lines: number;
}

/** Pages beyond which an emptied file is given back, and how many of them at each snapshot: 16 MiB, 4 MiB. */
const SPARE_PAGES = 4096;
const PAGES_GIVEN_BACK = 1024;

/** To be called within a transaction. */
export function saveProgress(database: Database, progress: Progress): void {
  for (const { source, data } of progress.positions ?? []) {
    database.run('INSERT OR REPLACE INTO position (source, data) VALUES (?, ?)', source, data);
  }
  for (const row of progress.ledger ?? []) saveLedgerRow(database, row);
  for (const source of progress.forget ?? []) {
    database.run('DELETE FROM position WHERE source = ?', source);
    database.run('DELETE FROM ledger WHERE source = ?', source);
  }
  const { journal, snapshot } = progress;
  if (snapshot !== undefined) {
    database.run('DELETE FROM journal');
    database.run('INSERT OR REPLACE INTO snapshot (id, crc, data) VALUES (1, ?, ?)', crc32(snapshot), snapshot);
    giveBack(database);
  }
  if (journal !== undefined) database.run('INSERT INTO journal (crc, data) VALUES (?, ?)', crc32(journal), journal);
}

/** Throws SightlineError `state-corrupt` for contents that are not what was committed; so does the journal's iteration. */
export function loadProgress(database: Database): Loaded {
  const snapshot = database.get<Blob>('SELECT crc, data FROM snapshot');
  return {
    positions: new Map(database.all<Position>('SELECT * FROM position').map(({ source, data }) => [source, data])),
    ledger: database
      .all<LedgerColumns>('SELECT * FROM ledger ORDER BY source')
      .map(({ rejected, lost_bytes: lostBytes, lost_lines: lostLines, ...row }) => ({
        ...row,
        rejected: JSON.parse(rejected),
        lostBytes,
        lostLines,
      })),
    snapshot: snapshot === undefined ? null : sound(database, snapshot, 'snapshot'),
    journal: readJournal(database),
  };
}

/** Bytes of a table's blobs. */
export function bytesIn(database: Database, table: 'journal' | 'snapshot'): number {
  const sum = database.get<{ bytes: number }>(`SELECT coalesce(sum(length(data)), 0) AS bytes FROM ${table}`);
  return sum?.bytes ?? 0;
}

function* readJournal(database: Database): Generator<Uint8Array> {
  for (const blob of database.iterate<Blob>('SELECT crc, data FROM journal ORDER BY seq')) {
    yield sound(database, blob, 'journal');
  }
}

function sound({ path }: Database, { crc, data }: Blob, name: string): Uint8Array {
  if (crc32(data) === crc) return data;
  throw damaged(path, `the checksum of its ${name} does not fit`);
}

function saveLedgerRow(database: Database, row: LedgerRow): void {
  database.run(
    `INSERT OR REPLACE INTO ledger (source, bytes, lines, parsed, rejected, skipped, lost_bytes, lost_lines)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    row.source,
    row.bytes,
    row.lines,
    row.parsed,
    JSON.stringify(row.rejected),
    row.skipped,
    row.lostBytes,
    row.lostLines,
  );
}

/** What an outbox of many bundles once took up goes back to the disk bit by bit. */
function giveBack(database: Database): void {
  const free = database.get<{ freelist_count: number }>('PRAGMA freelist_count')?.freelist_count ?? 0;
  if (free > SPARE_PAGES) database.script(`PRAGMA incremental_vacuum(${PAGES_GIVEN_BACK})`);
}
