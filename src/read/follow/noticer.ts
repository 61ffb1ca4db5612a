import { Tail } from 'tail';

/**
 * How change is noticed between two looks: `events` of the system (fs.watch), `stat` every quarter of a second
 * (fs.watchFile: where events do not get through, as on network disks and in some containers), or not at all.
 */
export type NoticeMode = 'events' | 'stat' | 'none';

const STAT_MS = 250;

/** Tells once that a file has changed; must be armed again to tell it again. */
export interface Noticer {
  /** Whether it was armed only now, so that what changed shortly before has not been noticed. */
  arm(): boolean;
  disarm(): void;
}

/**
 * The package `tail` as a noticer. It reads what was appended before it tells of it, hence it is armed only while there
 * is nothing to read, and reads one block at most. It is deaf to truncation and to files that come later: the regular
 * look finds those.
 */
export function noticer(
  path: string,
  mode: NoticeMode,
  onChange: () => void,
  onTrouble: (message: string) => void,
): Noticer {
  let tail: Tail | null = null;
  let isBroken = false;

  function disarm(): void {
    tail?.unwatch();
    tail = null;
  }

  return {
    arm() {
      if (mode === 'none' || tail !== null || isBroken) return false;
      try {
        tail = new Tail(path, {
          separator: null,
          encoding: 'latin1',
          follow: false,
          useWatchFile: mode === 'stat',
          fsWatchOptions: { persistent: false, interval: STAT_MS },
        });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        isBroken = true;
        onTrouble(error instanceof Error ? error.message : String(error));
        return false;
      }
      const opened = tail;
      const tell = () => {
        if (tail !== opened) return;
        disarm();
        onChange();
      };
      // It tells a rotation, and a file that is gone, as errors, one or several.
      tail.on('line', tell).on('error', tell);
      // It does not listen to what it watches with; an error that nobody hears would end the process.
      tail.watcher?.on('error', tell);
      return true;
    },
    disarm,
  };
}
