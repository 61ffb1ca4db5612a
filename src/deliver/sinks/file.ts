import { open, realpath, rename, stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { SightlineError } from '../../model/errors.ts';
import { bundleWriter } from '../bundle-writer.ts';
import { delivered, type Sink, undelivered } from '../sink.ts';

export interface FileOptions {
  readonly path: string;
  /** Indented, for reading. Default false: one bundle a line. */
  readonly pretty?: boolean;
}

/**
 * Writes bundles to a file. They gather in `<path>.partial`, which takes the file's place on closing: a run that breaks
 * off leaves the file of the run before as it was. What is no regular file (`/dev/null`, a named pipe) is written to
 * directly. Throws SightlineError `output-failed` when the file cannot be opened.
 */
export async function fileSink({ path, pretty = false }: FileOptions): Promise<Sink> {
  const target = await targetOf(path);
  const partial = target.regular ? `${target.path}.partial` : target.path;
  const file = await open(partial, 'w', target.mode).catch((cause: Error) => {
    throw new SightlineError('output-failed', `cannot write ${partial}: ${cause.message}`, { cause });
  });
  const output = file.createWriteStream({ flush: target.regular });
  // Listens from the start: the stream may fail before it is closed.
  const done = finished(output).then(
    () => null,
    (error: Error) => error,
  );
  const write = bundleWriter(output, pretty);
  return {
    name: 'file',
    async send(parcel) {
      const failure = await write(parcel);
      return failure === null ? delivered(parcel) : undelivered(parcel, `cannot write ${partial}: ${failure.message}`);
    },
    async close() {
      output.end();
      const failure = (await done) ?? (target.regular ? await replace(partial, target.path) : null);
      if (failure === null) return;
      throw new SightlineError('output-failed', `${target.path} was not written: ${failure.message}`, {
        cause: failure,
      });
    },
  };
}

interface Target {
  readonly path: string;
  readonly regular: boolean;
  readonly mode: number;
}

/** Where a path leads: a link is followed, so that its target is replaced and not the link. */
async function targetOf(path: string): Promise<Target> {
  const real = await realpath(path).catch(() => path); // What is not there yet is where its name says.
  const stats = await stat(real).catch(() => null);
  return { path: real, regular: stats === null || stats.isFile(), mode: stats === null ? 0o666 : stats.mode & 0o777 };
}

function replace(from: string, to: string): Promise<Error | null> {
  return rename(from, to).then(
    () => null,
    (error: Error) => error,
  );
}
