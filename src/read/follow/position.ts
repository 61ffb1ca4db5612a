import { createHash } from 'node:crypto';
import type { ArchiveFormat } from '../decompress.ts';

/** How a file is stored; told by its first bytes, not by its name. */
export type StoredFormat = 'plain' | ArchiveFormat;

/** What some bytes were. */
export interface Fingerprint {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * How far one file has been read: exactly the lines before `offset` were given. Device and inode find the file again
 * while it is itself; the fingerprints find it whatever it has become, and tell it from another in its place.
 */
export interface PartPosition {
  /** The path at which it was opened, links resolved. */
  readonly name: string;
  readonly device: string;
  readonly inode: string;
  readonly format: StoredFormat;
  /** The first bytes of the content, as many as there were up to 1 KiB. */
  readonly head: Fingerprint;
  /** The bytes before `offset`, up to 256. */
  readonly tail: Fingerprint;
  /** Of the content: after decompression. The beginning of a line. */
  readonly offset: number;
  /** Lines before `offset`. */
  readonly lines: number;
  /** Bytes as stored, and when they last changed (epoch ms), at the last look. */
  readonly size: number;
  readonly modifiedMs: number;
  /** Nothing more will come of it: it was read to its end, an incomplete last line included. */
  readonly ended: boolean;
}

/** How far a log has been read through all its rotations. Plain JSON. */
export interface FilePosition extends PartPosition {
  /** Absolute path of the log. */
  readonly path: string;
  /** Rotated files, read to their end, in which the server may still write a last few lines; oldest first. */
  readonly earlier: readonly PartPosition[];
}

export const HEAD_BYTES = 1024;
export const TAIL_BYTES = 256;

export function fingerprint(bytes: Buffer): Fingerprint {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Whether the bytes begin with those of the fingerprint. */
export function startsAs(bytes: Buffer, print: Fingerprint): boolean {
  return bytes.length >= print.bytes && fingerprint(bytes.subarray(0, print.bytes)).sha256 === print.sha256;
}
