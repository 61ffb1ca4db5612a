import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openState, type State } from '../../src/state/state.ts';
import { codeOf, newPath } from '../state/states.ts';

const KILLS = 30;

function start(path: string): { child: ChildProcess; output: Promise<string>; begun: Promise<unknown> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'state', 'crash-child.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, output: text(child.stdout), begun: once(child.stdout, 'data') };
}

/** The step that each part of the file says was the last one. */
function stepsIn(state: State): Record<string, number> {
  const decode = (data: Uint8Array | null) => new TextDecoder().decode(data ?? undefined);
  const { positions, ledger, snapshot, journal } = state.load();
  const base = Number(decode(snapshot).replace('up to ', ''));
  const replayed = Array.from(journal, decode).join('').split(';').filter(Boolean).map(Number);
  expect(replayed).toEqual(replayed.map((_, i) => base + 1 + i));
  return {
    position: Number(positions.get('log') ?? 0),
    ledger: ledger[0]?.lines ?? 0,
    replay: base + replayed.length,
  };
}

/** Keys of the parcels that wait, and how many were delivered. */
function parcelsIn({ outbox }: State): { waiting: string[]; delivered: number } {
  return { waiting: Array.from(outbox.list(), ({ key }) => key), delivered: outbox.counts().delivered };
}

it(`a process killed ${KILLS} times leaves whole commits only, and all of those that returned`, async () => {
  const path = newPath();
  let before = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, output, begun } = start(path);
    await begun;
    if (kill === 0) expect(codeOf(() => openState(path, { busyTimeoutMs: 0 }))).toBe('state-locked');
    await sleep(kill % 10);
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
    const told = Number((await output).trimEnd().split('\n').at(-1));

    const reader = openState(path, { access: 'read' });
    const read = Number(reader.load().positions.get('log'));
    reader.close();
    const state = openState(path);
    const { position = 0, ...others } = stepsIn(state);
    expect([told, told + 1]).toContain(position);
    expect(position).toBeGreaterThan(before);
    expect(read).toBe(position);
    expect(others).toEqual({ ledger: position, replay: position });
    const pairs = state.table('pairs');
    expect(pairs.get('left')).toBe(pairs.get('right'));
    const { waiting, delivered } = parcelsIn(state);
    const all = Array.from({ length: position * 2 }, (_, i) => `i${1 + (i >> 1)}-${1 + (i % 2)}`);
    expect(waiting).toEqual(all.slice(delivered));
    state.close();
    before = position;
  }
}, 120_000);
