/** One line of a log, as it was framed. */
export interface LogLine {
  /** The file's path as the user named it, or `-` for standard input. */
  readonly source: string;
  /** 1-based number of the line within its source. */
  readonly number: number;
  /** Offset of the line's first byte within the (decompressed) source. */
  readonly offset: number;
  /** Length in bytes, without the line ending. */
  readonly length: number;
  /**
   * The line's bytes as a one-byte string: every code unit is one byte (latin1), so that nothing of what was logged is
   * lost and offsets count bytes. Text is decoded from it only where bytes above 0x7f are met.
   */
  readonly text: string;
}
