import { extname, join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { formatText, type LogFormat } from '../../parse/parse.ts';
import type { Segment } from '../../read/read.ts';
import type { ApartPlan } from '../batch.ts';
import { type Findings, READY, type Task, type WorkerPlan } from './findings.ts';
import { type Scanned, segmentTexts } from './segment-texts.ts';

/** Threads that scan segments, this one among them while it has nothing else to do. */
export interface Workers {
  /** How many segments of a source are to be under way, so that nobody has to wait. */
  readonly ahead: number;
  /** Whether as many segments are held as should be. */
  readonly isFull: boolean;
  /** Has a segment scanned, which is not to be used any more. Fails as a worker does. */
  scan(segment: Segment, source: string, format: LogFormat): Promise<Scanned>;
  /** Waits for a segment to be scanned, and meanwhile scans here those that no worker has begun. */
  settle(result: Promise<Scanned>): Promise<Scanned>;
  /** Tells that a segment that was scanned is not held any more. */
  release(): void;
  /** Ends them, whatever they do. */
  close(): Promise<void>;
}

interface Errand {
  readonly task: Task;
  readonly result: PromiseWithResolvers<Scanned>;
}

interface Member {
  readonly worker: Worker;
  /** To be asked for what it has told, when there is no time to wait until one is called. */
  readonly port: MessagePort;
  hear(told: Findings | typeof READY): void;
  /** What it was given, in that order; null before it is ready. */
  given: Errand[] | null;
}

/** Compiled or not, like this file. */
const ENTRY = join(import.meta.dirname, `scan-worker${extname(import.meta.filename)}`);

/** Segments that are being scanned or wait to be played, of all sources together; each source may have one. */
const MAX_HELD = 64;
/** Of each thread: some take longer than others, and are played in their order. */
const AHEAD = 4;
/** One that a worker scans, and one that it goes on with at once. */
const MAX_GIVEN = 2;

/**
 * Starts them; a fault of their start is told by the segments that are under way.
 *
 * @param scanHere - what is done in the workers, in this thread
 */
export function openWorkers(
  { workers: count, ruleFolders }: ApartPlan,
  plan: Omit<WorkerPlan, 'ruleFolders' | 'port'>,
  scanHere: (task: Task) => Findings,
): Workers {
  const { client, allow, read, jsonFields, sinceMs, untilMs } = plan;
  const common = { client, allow, read, jsonFields, sinceMs, untilMs, ruleFolders };
  const waiting: Errand[] = [];
  const settled = new WeakSet<Promise<Scanned>>();
  const withTexts = segmentTexts();
  let failure: unknown = null;
  let held = 0;
  const members = Array.from({ length: count }, openMember);

  function openMember(): Member {
    const { port1: port, port2 } = new MessageChannel();
    const workerData: WorkerPlan = { ...common, port: port2 };
    const worker = new Worker(ENTRY, { workerData, transferList: [port2] });
    const withItsTexts = segmentTexts();
    const member: Member = {
      worker,
      port,
      given: null,
      hear(told) {
        if (told === READY) member.given = [];
        else settle(member.given?.shift(), withItsTexts(told));
        giveOut();
      },
    };
    port.on('message', member.hear);
    port.on('messageerror', fail);
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`a worker ended with code ${code}`)));
    return member;
  }

  function settle(errand: Errand | undefined, scanned: Scanned): void {
    if (errand === undefined) return; // It failed already.
    errand.result.resolve(scanned);
    settled.add(errand.result.promise);
  }

  /** Gives each what it lacks, first to those that have nothing. */
  function giveOut(): void {
    for (let most = 1; most <= MAX_GIVEN; most++) {
      for (const { port, given } of members) {
        if (given === null || given.length >= most) continue;
        const errand = waiting.shift();
        if (errand === undefined) return;
        given.push(errand);
        port.postMessage(errand.task, [errand.task.buffer]);
      }
    }
  }

  function hearAll(): void {
    for (const { port, hear } of members) {
      for (let one = receiveMessageOnPort(port); one !== undefined; one = receiveMessageOnPort(port)) hear(one.message);
    }
  }

  function fail(error: unknown): void {
    failure ??= error;
    for (const errands of [waiting, ...members.map(({ given }) => given ?? [])]) {
      for (const { result } of errands.splice(0)) result.reject(failure);
    }
  }

  return {
    ahead: (count + 1) * AHEAD,
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
      const buffer = bytes.buffer as ArrayBuffer; // a segment has memory of its own
      waiting.push({
        task: { source, format: formatText(format), buffer, length: bytes.length, offset, elisions },
        result,
      });
      giveOut();
      return result.promise;
    },
    async settle(result) {
      for (;;) {
        hearAll();
        const errand = settled.has(result) ? undefined : waiting.shift();
        if (errand === undefined) return result;
        settle(errand, withTexts(scanHere(errand.task)));
      }
    },
    async close() {
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}
