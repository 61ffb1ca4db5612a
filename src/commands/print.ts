import { toJson, toTerminal } from '../escape/escape.ts';
import { describeFault, type Fault, SightlineError } from '../model/errors.ts';

const CLOSED = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/**
 * Writes lines to standard output, made safe for a terminal. A reader that has gone (`| head`) wants no more: that is no
 * failure. Throws SightlineError `output-failed` for any other one.
 */
export function print(lines: readonly string[]): Promise<void> {
  return write(lines.map((line) => `${toTerminal(line)}\n`).join(''));
}

/** Writes a value as indented JSON. */
export function printJson(value: unknown): Promise<void> {
  return write(`${toJson(value, 2)}\n`);
}

/** `path:line:col: warning: message`. */
export function describeWarning(fault: Fault): string {
  return describeFault({ ...fault, message: `warning: ${fault.message}` });
}

/** Tells a person something, beside the data. */
export function tellPerson(line: string): void {
  process.stderr.write(`${toTerminal(line)}\n`);
}

async function write(text: string): Promise<void> {
  // The write reports its failure itself; without a listener the stream's own report would end the process.
  const ignore = (): void => {};
  process.stdout.on('error', ignore);
  const failure = await new Promise<NodeJS.ErrnoException | null>((resolve) =>
    process.stdout.write(text, (error) => resolve(error ?? null)),
  );
  process.stdout.off('error', ignore);
  if (failure === null || CLOSED.has(failure.code ?? '')) return;
  throw new SightlineError('output-failed', `cannot write to the output: ${failure.message}`, { cause: failure });
}
