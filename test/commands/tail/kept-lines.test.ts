import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openKeptLines } from '../../../src/commands/tail/kept-lines.ts';
import { openState } from '../../../src/state/state.ts';

it('takes back what was written after the last commit, and keeps what was there before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-kept-'));
  const state = openState(join(folder, 'state.db'));
  const paths = { hits: join(folder, 'hits'), rejects: undefined };
  writeFileSync(paths.hits, 'from elsewhere\n');

  const first = openKeptLines(state, paths);
  first.hits?.write('committed');
  first.flush();
  first.hits?.write('not committed');
  expect(first.rejects).toBeNull();
  first.close();
  appendFileSync(paths.hits, 'half a li');

  const second = openKeptLines(state, paths);
  second.hits?.write('not committed, again');
  second.flush();
  second.close();
  state.close();
  expect(readFileSync(paths.hits, 'utf8')).toBe('from elsewhere\ncommitted\nnot committed, again\n');
});
