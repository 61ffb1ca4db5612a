/** Something wrong in a file that a person wrote: a rule or the configuration. */
export interface Fault {
  readonly path: string;
  /** 1-based; 0 when the place is the file as a whole. */
  readonly line: number;
  readonly col: number;
  readonly message: string;
}

/** `path:line:col: message`, the form that editors jump to. */
export function describeFault(fault: Fault): string {
  return fault.line === 0
    ? `${fault.path}: ${fault.message}`
    : `${fault.path}:${fault.line}:${fault.col}: ${fault.message}`;
}

/** A failure that the user can do something about. `code` is stable, `message` says what was expected and what came. */
export class SightlineError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SightlineError';
    this.code = code;
  }
}

/** System errors that room on the disk would cure. */
const ROOM_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Whether the system refused to write for want of room. */
export function isForRoom(error: Error): boolean {
  return 'code' in error && ROOM_CODES.has(error.code);
}

/** Failures of the state file, or of one written beside it, that are over when there is room, or quiet, again. */
const PASSING: ReadonlySet<string> = new Set(['state-full', 'state-busy']);

/** Whether what failed may be tried again as it is. */
export function passes(error: unknown): error is SightlineError {
  return error instanceof SightlineError && PASSING.has(error.code);
}

/** Bad rules or a bad configuration: all faults at once. Exit code 2. */
export class FaultsError extends SightlineError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super('faults', faults.map(describeFault).join('\n'));
    this.name = 'FaultsError';
    this.faults = faults;
  }
}
