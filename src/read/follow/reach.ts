import { ReadError } from '../source-fault.ts';

/** What the system refuses is a fault of the file, to be told apart from an error of the program. */
export async function reach<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    if (cause instanceof ReadError) throw cause;
    throw new ReadError('unreadable', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Whether there is nothing of that name. */
export function isMissing(error: unknown): boolean {
  const code = error instanceof ReadError && (error.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
