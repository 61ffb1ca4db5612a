import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { toJson } from '../../escape/escape.ts';
import type { Connector } from '../connector.ts';
import { eventMaker } from '../event.ts';
import { oneWayConnector } from '../one-way.ts';
import { TicketError } from '../ticket-error.ts';

export interface JsonlOptions {
  /** A file that lines are added to, readable by its owner alone; or a stream that somebody else closes. */
  readonly output: string | Writable;
  /** Names the sender in every event. */
  readonly source: string;
  /** Epoch ms. */
  readonly clock: () => number;
}

const NEWLINE = 10;

/** Writes each event as one line of JSON. A line in a file is on the disk when `send` has resolved. */
export function jsonlConnector({ output, source, clock }: JsonlOptions): Connector {
  const write = typeof output === 'string' ? fileWriter(output) : streamWriter(output);
  let last: Promise<void> = Promise.resolve();
  return oneWayConnector({
    name: 'jsonl',
    events: eventMaker(source, clock),
    send(event) {
      const turn = last.then(() => write(`${toJson(event)}\n`));
      last = turn.catch(() => undefined); // Whoever sent it hears of the failure; the next one only waits.
      return turn;
    },
    close: () => last,
  });
}

type Write = (line: string) => Promise<void>;

function fileWriter(path: string): Write {
  return (line) => appendLine(path, line);
}

/**
 * Adds a line to a file of its owner's, and has it written to the disk. What a crash left of a line before is ended.
 * Throws TicketError `unreachable`.
 */
export async function appendLine(path: string, line: string): Promise<void> {
  try {
    await using file = await open(path, 'a+', 0o600);
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    await file.write(bytesRead === 1 && buffer[0] !== NEWLINE ? `\n${line}` : line);
    await file.datasync();
  } catch (cause) {
    throw new TicketError('unreachable', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

function streamWriter(stream: Writable): Write {
  return (line) =>
    new Promise((resolve, reject) => {
      stream.write(line, (cause) => {
        if (cause == null) resolve();
        else reject(new TicketError('unreachable', `cannot write to the output: ${cause.message}`, { cause }));
      });
    });
}
