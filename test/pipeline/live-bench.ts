import { appendFileSync, mkdtempSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { stageOptions } from '../../src/commands/stage-options.ts';
import { configSchema } from '../../src/config.ts';
import { type RuleSet, readRules } from '../../src/detect/detect.ts';
import type { LogFormat } from '../../src/parse/parse.ts';
import {
  LIVE_BOUNDS,
  type Live,
  type LiveBounds,
  type LivePlan,
  type LiveStages,
  openLive,
} from '../../src/pipeline/pipeline.ts';
import { openFollower } from '../../src/read/read.ts';
import { openState, type State, type StateOptions } from '../../src/state/state.ts';
import { logLine, NOON } from '../support/logs.ts';

export const DESTINATION = 'xdr';

/** One rule that is told at once, and one that counts failed log-ins. */
export const RULES = `
title: Secret file
id: 00000000-0000-4000-8000-000000000001
name: secret
logsource: {category: webserver}
detection:
  selection: {cs-uri-stem: /.env}
  condition: selection
level: high
---
title: Log-in
id: 00000000-0000-4000-8000-000000000002
name: log-in
logsource: {category: webserver}
detection:
  selection: {cs-method: POST, cs-uri-stem: /login}
  condition: selection
level: low
sightline: {alerts: false}
---
title: Brute force
id: 00000000-0000-4000-8000-000000000003
name: brute-force
correlation:
  type: event_count
  rules: [log-in]
  group-by: [c-ip]
  timespan: 10m
  condition: {gte: 10}
level: high
`;

export function rulesOf(text: string): RuleSet {
  return readRules([{ path: 'rules.yml', text }]);
}

export function stagesOf(rules: RuleSet, format: LogFormat | null = null): LiveStages {
  const { correlate, ...stages } = stageOptions(configSchema.parse({}), () => ({}));
  return {
    ...stages,
    rules,
    correlate: { ...correlate, pendingSightings: 1 },
    formatOf: () => format,
    onFormat() {},
  };
}

/** Logs are looked at, and commits made, so often: an hour is few steps. */
const STEP_MS = 20_000;

class Killed extends Error {}

interface Given {
  readonly bounds: Partial<LiveBounds>;
  readonly state: StateOptions;
  readonly stages: LiveStages;
  readonly patterns: readonly string[];
  readonly stdin: Readable;
  readonly plan: Partial<LivePlan>;
}

/** A log, a state file and a live run over them in simulated time: waiting takes none. */
export class LiveBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'sightline-pipeline-'));
  readonly log = join(this.folder, 'access.log');
  statePath = join(this.folder, 'sightline.db');
  /** What was said, in order. */
  readonly said: string[] = [];
  readonly hits: string[] = [];
  #waitedMs = 0;
  /** How far the clock is ahead of what was waited. */
  #aheadMs = NOON;
  #until = Number.POSITIVE_INFINITY;
  #onEnd: () => void = () => {};
  #plans: { at: number; act: () => void }[] = [];
  #live: Live | null = null;
  #state: State | null = null;

  /** Epoch ms. */
  get now(): number {
    return this.#waitedMs + this.#aheadMs;
  }

  get live(): Live {
    if (this.#live === null) throw new Error('nothing runs');
    return this.#live;
  }

  get state(): State {
    if (this.#state === null) throw new Error('nothing runs');
    return this.#state;
  }

  /** Carried out when so much has been waited. */
  in(seconds: number, act: () => void): void {
    this.#plans.push({ at: this.#waitedMs + seconds * 1000, act });
  }

  /** Moves the clock without anybody having waited. */
  jump(ms: number): void {
    this.#aheadMs += ms;
  }

  /** Appends lines as a server would: dated now, and so is the file. */
  write(...requests: readonly Parameters<typeof logLine>[0][]): void {
    this.append(requests.map((request) => `${logLine({ time: this.now, ...request })}\n`).join(''));
  }

  append(text: string, path = this.log): void {
    appendFileSync(path, text, 'latin1');
    utimesSync(path, this.now / 1000, this.now / 1000);
  }

  rotate(): void {
    renameSync(this.log, `${this.log}.1`);
  }

  async open(given: Partial<Given> = {}): Promise<Live> {
    const { bounds, stages = stagesOf(rulesOf(RULES)), patterns = [this.log], stdin, plan } = given;
    this.#state = openState(this.statePath, { busyTimeoutMs: 0, clock: () => this.now, ...given.state });
    this.#live = await openLive({
      ...stages,
      state: this.#state,
      destination: DESTINATION,
      startsAt: () => null,
      whenStopped: 'keep',
      sinceMs: Number.NEGATIVE_INFINITY,
      untilMs: Number.POSITIVE_INFINITY,
      bounds: { ...LIVE_BOUNDS, commitMs: STEP_MS, ...bounds },
      now: () => this.now,
      rest: (ms) => this.#sleep(ms),
      openFiles: (hooks) =>
        openFollower({
          ...hooks,
          patterns,
          existing: 'start',
          maxLineBytes: 1000,
          clock: { now: () => this.now, sleep: (ms) => this.#sleep(ms) },
          notice: 'none',
          pollMs: STEP_MS,
          ...(stdin === undefined ? {} : { stdin }),
        }),
      onHit: ({ rule }) => this.hits.push(rule.title),
      onReject: ({ code }) => this.said.push(`reject ${code}`),
      onNotice: ({ code }) => this.said.push(code),
      onStrays: (_, format) => this.said.push(`strays ${format?.name ?? 'of no format'}`),
      onPause: (reason) => this.said.push(reason ?? 'goes on'),
      onCommit() {},
      beforeCommit() {},
      ...plan,
    });
    return this.#live;
  }

  /** Waits for so long; what comes of it is kept as a stop or a kill would leave it. */
  async run(seconds: number, end: 'stop' | 'kill' = 'stop'): Promise<'ended' | 'stopped' | 'killed'> {
    const controller = new AbortController();
    this.#until = this.#waitedMs + seconds * 1000;
    this.#onEnd = () => {
      if (end === 'kill') throw new Killed();
      controller.abort();
    };
    try {
      return await this.live.run(controller.signal);
    } catch (error) {
      if (error instanceof Killed) return 'killed';
      throw error;
    } finally {
      await this.close();
    }
  }

  /** Opens, runs and closes. */
  async go(seconds: number, end: 'stop' | 'kill' = 'stop', given: Partial<Given> = {}): Promise<void> {
    await this.open(given);
    await this.run(seconds, end);
  }

  async close(): Promise<void> {
    await this.#live?.close();
    this.#state?.close();
    this.#live = null;
    this.#state = null;
  }

  /** Looks into the state file from outside. */
  look<Result>(at: (state: State) => Result): Result {
    const state = openState(this.statePath, { access: 'read' });
    try {
      return at(state);
    } finally {
      state.close();
    }
  }

  ledger() {
    return this.look((state) => state.load().ledger);
  }

  /** Every entity that waits in the outbox, by external id; of one that grows, as it is last told. */
  entities(): Map<string, string> {
    return this.look(({ outbox }) => {
      const entities = new Map<string, string>();
      for (const { seq } of outbox.list()) {
        const bundle: Record<string, unknown> = JSON.parse(outbox.find(seq)?.body ?? '{}');
        for (const entity of Object.values(bundle).filter(Array.isArray).flat()) {
          const [xid] = entity.external_ids ?? [];
          if (xid !== undefined) entities.set(xid, JSON.stringify(entity));
        }
      }
      return entities;
    });
  }

  /** Titles of the rules that sightings tell of. */
  sightings(): string[] {
    return [...this.entities().values()]
      .map((text) => JSON.parse(text))
      .filter(({ type }) => type === 'sighting')
      .map(({ title }) => title)
      .sort();
  }

  async dispose(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #sleep(ms: number): Promise<void> {
    const end = this.#waitedMs + ms;
    const due = this.#plans.filter(({ at }) => at <= end);
    this.#plans = this.#plans.filter((plan) => !due.includes(plan));
    for (const { at, act } of due.sort((a, b) => a.at - b.at)) {
      this.#waitedMs = Math.max(this.#waitedMs, at);
      act();
    }
    this.#waitedMs = end;
    if (end >= this.#until) this.#onEnd();
    await setImmediate(); // Pipes are real.
  }
}

export async function onBench<Result>(use: (bench: LiveBench) => Promise<Result>): Promise<Result> {
  const bench = new LiveBench();
  try {
    return await use(bench);
  } finally {
    await bench.dispose();
  }
}
