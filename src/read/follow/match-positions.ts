import { chunkLines, emptyLedger } from './chunk-lines.ts';
import { type Contents, identityOf, openContents } from './contents.ts';
import { partOf } from './part.ts';
import { type FilePosition, type Fingerprint, fingerprint, type PartPosition } from './position.ts';

/** Positions by the content they were taken of. */
export interface PositionIndex {
  /** Those whose first bytes the content has: the file's own first, then that of its path. */
  of(contents: Contents, path: string): readonly FilePosition[];
  /** No other file gets it. */
  take(position: FilePosition): void;
}

export function positionIndex(positions: readonly FilePosition[]): PositionIndex {
  const byHead = new Map<string, Set<FilePosition>>();
  const lengths = new Set<number>();
  for (const position of positions) {
    if (position.head.bytes === 0) continue;
    const key = keyOf(position.head);
    byHead.set(key, (byHead.get(key) ?? new Set()).add(position));
    lengths.add(position.head.bytes);
  }

  return {
    of({ head, device, inode }, path) {
      const identity = identityOf({ device, inode });
      const rank = (it: FilePosition) => (identityOf(it) === identity ? 0 : it.path === path ? 1 : 2);
      return [...lengths]
        .filter((length) => length <= head.length)
        .flatMap((length) => [...(byHead.get(keyOf(fingerprint(head.subarray(0, length)))) ?? [])])
        .sort((a, b) => rank(a) - rank(b));
    },
    take(position) {
      byHead.get(keyOf(position.head))?.delete(position);
    },
  };
}

function keyOf({ bytes, sha256 }: Fingerprint): string {
  return `${bytes}:${sha256}`;
}

/** Where a file is read on. */
export interface Match {
  readonly start: PartPosition;
  /** Bytes of the file as stored when its position was taken; null if it was never read before. */
  readonly sizeBefore: number | null;
}

/**
 * How far the content of the file has been read, as told by the position that was taken of it, or from its beginning.
 *
 * @throws ReadError if the file cannot be read.
 */
export async function matchPosition(path: string, index: PositionIndex): Promise<Match> {
  const contents = await openContents(path);
  try {
    const fresh = positionAtStart(contents);
    for (const position of index.of(contents, path)) {
      const ended = await isHeld(path, contents, position);
      if (ended === null) continue;
      index.take(position);
      const { offset, lines, tail, size } = position;
      return { start: { ...fresh, offset, lines, tail, ended }, sizeBefore: size };
    }
    return { start: fresh, sizeBefore: null };
  } finally {
    await contents.close();
  }
}

function positionAtStart(contents: Contents): PartPosition {
  const options = { source: '', maxLineBytes: 0, onReject: () => {}, ledger: emptyLedger() };
  return partOf(contents, chunkLines({ offset: 0, lines: 0 }, contents.recent, options)).position;
}

/** Null if the position is not of this content; else whether nothing is left to read. */
async function isHeld(path: string, seen: Contents, position: FilePosition): Promise<boolean | null> {
  const isSame = identityOf(seen) === identityOf(position) && seen.format === position.format;
  if (isSame && position.ended && seen.size === position.size && seen.modifiedMs === position.modifiedMs) return true;
  const contents = await openContents(path);
  try {
    if (!(await contents.seek(position.offset, position.tail))) return null;
    return position.ended && (await contents.next()) === 'end';
  } finally {
    await contents.close();
  }
}
