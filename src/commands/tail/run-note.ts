import { z } from 'zod';
import type { Live } from '../../pipeline/pipeline.ts';
import type { KeyedTable, State } from '../../state/state.ts';

const runNoteSchema = z.object({
  pid: z.number(),
  /** Epoch ms. */
  committed: z.number(),
  /** Event time that all logs have reached, epoch ms; null before anything was read. */
  reached: z.number().nullable(),
  openEpisodes: z.number(),
});

/** What a live run says of itself with each commit, for those that look at the state file from outside. */
export type RunNote = z.infer<typeof runNoteSchema>;

const KEY = 'last';

export function writeRunNote(
  state: Pick<State, 'table'>,
  { reached, scan }: Pick<Live, 'reached' | 'scan'>,
  { pid, committed }: Pick<RunNote, 'pid' | 'committed'>,
): void {
  const { openEpisodes } = scan.correlation;
  notesIn(state).set(KEY, JSON.stringify({ pid, committed, reached, openEpisodes } satisfies RunNote));
}

/** Null when none was written yet. */
export function readRunNote(state: Pick<State, 'table'>): RunNote | null {
  const json = notesIn(state).get(KEY);
  return json === null ? null : runNoteSchema.parse(JSON.parse(json));
}

function notesIn(state: Pick<State, 'table'>): KeyedTable {
  return state.table('live-run');
}
