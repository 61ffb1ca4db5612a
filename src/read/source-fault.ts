export type SourceFaultCode = 'truncated-archive' | 'corrupt-archive' | 'unreadable' | 'bad-json';

/** Why a source could not be read to its end. All that came before has been processed. */
export interface SourceFault {
  /** Name of the source. */
  readonly source: string;
  readonly code: SourceFaultCode;
  readonly message: string;
}

/** What stops the reading of one source and is no bug: it ends the source, not the run. */
export class ReadError extends Error {
  readonly code: SourceFaultCode;

  constructor(code: SourceFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReadError';
    this.code = code;
  }
}
