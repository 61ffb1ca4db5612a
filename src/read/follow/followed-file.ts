import type { LogLine } from '../../model/line.ts';
import type { SourceFault } from '../source-fault.ts';
import type { FollowLedger } from './chunk-lines.ts';
import type { FilePosition } from './position.ts';

/** One log through all its rotations, or one file that ends, or standard input. */
export interface FollowedFile {
  /** The path as the user named it or as a glob found it; `-` is standard input. */
  readonly source: string;
  /**
   * Gives the next lines, up to about 1 MiB, one by one, and resolves with the number of lines that this consumed, those
   * rejected or skipped among them. It never waits for more to be written. One call at a time. An error of `onLine` is
   * passed on; the position then stands before the chunk that the line was in.
   */
  read(onLine: (line: LogLine) => void): Promise<number>;
  /**
   * Describes exactly the lines given so far. Null while nothing has been opened, and for standard input, which cannot
   * be read again.
   */
  readonly position: FilePosition | null;
  /** Whether all that was there at the last look has been read. */
  readonly atEnd: boolean;
  /** Whether nothing will ever come any more: standard input or a whole file at its end. */
  readonly ended: boolean;
  /** Bytes as stored that were there at the last look and have not been read, an incomplete last line among them. */
  readonly lagBytes: number;
  /** Counts from the opening, not from the position. */
  readonly ledger: Readonly<FollowLedger>;
}

/**
 * A file that is read to its end. `ended` tells that it was, be it by a run before. An incomplete last line may be still
 * growing: it is left to the next run, which gives it as it is if the file is no longer than it was. `read` of standard
 * input waits for what comes.
 */
export interface WholeFile extends FollowedFile {
  /** Why it was not read to its end, as far as it has been read. */
  readonly fault: SourceFault | null;
  /** Whether an incomplete last line was left to the next run, or until the archive that breaks off there is whole. */
  readonly leavesRest: boolean;
  close(): Promise<void>;
}

/** What the follower needs to know of a file besides. */
export interface LiveFile extends FollowedFile {
  /** Whether `read` has something to look at; as long as it has not, it gives nothing and touches no file. */
  readonly awake: boolean;
  /** There may be more. */
  wake(): void;
  close(): Promise<void>;
}

/**
 * - `missing`: there is no such file (yet, or any more); it is looked for further on.
 * - `unreadable`: the system refuses it, or it is no regular file; it is tried further on.
 * - `back`: what was missing or unreadable can be read.
 * - `rotated`: the file was read to its end; reading goes on in the next one.
 * - `truncated`: the file was emptied or rewritten in place, after all that was known of it had been read.
 * - `moved`: the unread rest was found in another file, and is read from there.
 * - `lost`: something unread is nowhere to be found; `lostBytes` are known to be missing, there may have been more.
 * - `bad-archive`: an archive could not be read to its end; what was readable has been read.
 * - `not-watched`: change is noticed by looking every second only.
 */
export type FollowNoticeCode =
  | 'missing'
  | 'unreadable'
  | 'back'
  | 'rotated'
  | 'truncated'
  | 'moved'
  | 'lost'
  | 'bad-archive'
  | 'not-watched';

/** Something that happened to a followed file and that its operator may want to know. */
export interface FollowNotice {
  readonly source: string;
  readonly code: FollowNoticeCode;
  readonly message: string;
  /** 0 unless `lost`. */
  readonly lostBytes: number;
}
