import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Caller, Page } from '../../correlate/correlate.ts';
import { formatText, type LogFormat } from '../../parse/parse.ts';
import type { Segment } from '../../read/read.ts';
import type { ApartPlan } from '../batch.ts';
import type { Findings, Task, WorkerPlan } from './findings.ts';

/** What is told of a segment, with the texts that its numbers mean. */
export interface Scanned {
  readonly findings: Findings;
  readonly texts: readonly Text[];
}

/** A text, and what it has become where lines are played. */
export interface Text {
  readonly text: string;
  caller: Caller | null;
  page: Page | null;
}

/** Threads that scan segments. */
export interface Workers {
  readonly count: number;
  /** Whether as many segments are held as should be. */
  readonly isFull: boolean;
  /** Scans a segment, which is not to be used any more. Fails as the worker does. */
  scan(segment: Segment, source: string, format: LogFormat): Promise<Scanned>;
  /** Tells that a segment that was scanned is not held any more. */
  release(): void;
  /** Ends them, whatever they do. */
  close(): Promise<void>;
}

interface Member {
  readonly worker: Worker;
  /** Who waits for findings, in order of the segments. */
  readonly waiting: PromiseWithResolvers<Scanned>[];
  /** By number. */
  texts: Text[];
}

/** Compiled or not, like this file. */
const ENTRY = join(import.meta.dirname, `scan-worker${extname(import.meta.filename)}`);

/** Segments that are being scanned or wait to be played, of all sources together; each source may have one. */
const MAX_HELD = 64;

/** Starts them; a fault of their start is told by the segments that they are given. */
export function openWorkers(
  { workers: count, ruleFolders }: ApartPlan,
  plan: Omit<WorkerPlan, 'ruleFolders'>,
): Workers {
  const { client, allow, read, jsonFields, sinceMs, untilMs } = plan;
  const workerData: WorkerPlan = { client, allow, read, jsonFields, sinceMs, untilMs, ruleFolders };
  let failure: unknown = null;
  let held = 0;
  const members = Array.from({ length: count }, openMember);

  function openMember(): Member {
    const worker = new Worker(ENTRY, { workerData });
    const member: Member = { worker, waiting: [], texts: [] };
    worker.on('message', (findings: Findings) => {
      if (findings.beginsAnew) member.texts = [];
      for (const text of findings.texts) member.texts.push({ text, caller: null, page: null });
      member.waiting.shift()?.resolve({ findings, texts: member.texts });
    });
    worker.on('error', fail);
    worker.on('messageerror', fail);
    worker.on('exit', (code) => fail(new Error(`a worker ended with code ${code}`)));
    return member;
  }

  function fail(error: unknown): void {
    failure ??= error;
    for (const { waiting } of members) for (const one of waiting.splice(0)) one.reject(failure);
  }

  return {
    count,
    get isFull() {
      return held >= MAX_HELD;
    },
    release() {
      held--;
    },
    scan({ bytes, offset, elisions }, source, format) {
      held++;
      const result = Promise.withResolvers<Scanned>();
      // It is heard of when the segment's turn comes; until then nobody may be listening.
      result.promise.catch(() => {});
      if (failure !== null) {
        result.reject(failure);
        return result.promise;
      }
      const member = members.reduce((least, one) => (one.waiting.length < least.waiting.length ? one : least));
      member.waiting.push(result);
      const buffer = bytes.buffer as ArrayBuffer; // a segment has memory of its own
      const task: Task = { source, format: formatText(format), buffer, length: bytes.length, offset, elisions };
      member.worker.postMessage(task, [buffer]);
      return result.promise;
    },
    async close() {
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}
