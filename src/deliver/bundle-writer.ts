import type { Writable } from 'node:stream';
import { escapeJson, toJson } from '../escape/escape.ts';
import type { Parcel } from '../model/parcel.ts';

/**
 * Writes bundles to a stream, one a line or indented, in such a way that nothing they quote can drive a terminal. Each
 * call waits until the stream has taken the text, so a slow reader slows the writer. Resolves to the stream's failure,
 * the first one for good, or to null.
 */
export function bundleWriter(
  output: Writable,
  pretty: boolean,
): (parcel: Parcel) => Promise<NodeJS.ErrnoException | null> {
  let failure: NodeJS.ErrnoException | null = null;
  return async ({ body }) => {
    const text = `${pretty ? toJson(JSON.parse(body), 2) : escapeJson(body)}\n`;
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) =>
      output.write(text, (reason) => resolve(reason ?? null)),
    );
    failure ??= error;
    return failure;
  };
}
