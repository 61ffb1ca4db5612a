import type { LogLine } from '../model/line.ts';
import type { Tally } from '../model/tally.ts';
import { isReject } from '../parse/parse.ts';
import type { LineTaker } from '../read/read.ts';
import { type QuietMemory, quietLines } from './quiet-lines.ts';
import type { Lane, Scan } from './scan.ts';

/** Where lines go that were parsed, or told by their bytes. */
export interface Intake
  extends Pick<Scan, 'canBeQuiet' | 'quietBits' | 'mayAllow' | 'take' | 'takeQuiet' | 'noteReject'> {
  readonly tally: Pick<Tally, 'lines' | 'skipped'>;
}

export interface LineTakerOptions {
  readonly intake: Intake;
  readonly source: string;
  readonly lane: Lane;
  readonly memory: QuietMemory;
  readonly maxLineBytes: number;
  /** Epoch ms: entries before `sinceMs`, or at `untilMs` and later, are skipped. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What is done with the lines of a source: parse, detect and correlate's intake share one hop. */
export interface Takes {
  /** Null where lines are not looked at as bytes first. */
  readonly sight: LineTaker<never>['sight'] | null;
  take(line: LogLine): void;
}

export function lineTaker(options: LineTakerOptions): Takes {
  const { intake, source, lane, sinceMs, untilMs } = options;
  const { tally } = intake;
  const skimmer = source === '-' || !intake.canBeQuiet ? null : lane.format.openSkimmer();
  const quiet = skimmer === null ? null : quietLines({ ...options, scan: intake, skimmer });
  return {
    sight:
      quiet === null
        ? null
        : (bytes, from, end, number, offset) => {
            const newline = quiet.sight(bytes, from, end, number, offset);
            if (newline >= 0) tally.lines++;
            return newline;
          },
    take(line) {
      tally.lines++;
      const entry = lane.parse(line);
      if (isReject(entry)) {
        intake.noteReject(entry);
        return;
      }
      const { time } = entry;
      if (time < sinceMs || time >= untilMs) {
        tally.skipped++;
        return;
      }
      if (time > lane.clock) lane.clock = time;
      if (quiet?.take(entry) !== true) intake.take(entry, lane.clock);
    },
  };
}
