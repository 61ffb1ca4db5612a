import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a command and all processes that it started took. */
export interface Usage {
  /** User and system time, s. */
  readonly cpuS: number;
  readonly wallS: number;
  /** Most memory that one of the processes held, MiB; null where GNU time is not installed. */
  readonly peakMiB: number | null;
}

// The shell's own clock counts milliseconds, GNU time hundredths; only GNU time knows of memory.
// Not to /dev/null: grep would be content with the first match.
const TIMED = 'TIMEFORMAT="%3R %3U %3S"; time "$@" >"$OUTPUT" 2>"$ERRORS"';
const GNU_TIME = '/usr/bin/time';
const hasGnuTime = existsSync(GNU_TIME) && spawnSync(GNU_TIME, ['-f', '%M', 'true']).status === 0;

/**
 * Runs a command to its end, its output thrown away, in the plain locale (in which grep is fastest). Needs bash.
 * @throws Error when the command fails, with what it wrote to standard error.
 */
export function measure(command: readonly string[], asksGnuTime = hasGnuTime): Usage {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-measure-'));
  const [output, errors, peak] = [join(folder, 'output'), join(folder, 'errors'), join(folder, 'peak')];
  try {
    const wrapped = asksGnuTime ? [GNU_TIME, '-f', '%M', '-o', peak, ...command] : command;
    const { status, stderr, error } = spawnSync('bash', ['-c', TIMED, 'bash', ...wrapped], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', OUTPUT: output, ERRORS: errors },
    });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${readFileSync(errors, 'utf8')}`);
    const [wallS = 0, userS = 0, systemS = 0] = stderr.trim().split(/\s+/).map(Number);
    return { cpuS: userS + systemS, wallS, peakMiB: asksGnuTime ? Number(readFileSync(peak, 'utf8')) / 1024 : null };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;
}

/** The middle of them, of each quantity apart; the lower one of two. */
export function medianOf(usages: readonly Usage[]): Usage {
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[(values.length - 1) >> 1];
  return {
    cpuS: middle(usages.map(({ cpuS }) => cpuS)) ?? 0,
    wallS: middle(usages.map(({ wallS }) => wallS)) ?? 0,
    peakMiB: middle(usages.flatMap(({ peakMiB }) => peakMiB ?? [])) ?? null,
  };
}
