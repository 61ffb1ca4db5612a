/** What a service is told from outside. */
export interface Signals {
  /** Aborts at the first SIGINT or SIGTERM, or when `stop` is called. A second signal ends the process at once. */
  readonly stopped: AbortSignal;
  /** Why it was stopped from within; null when it was not. */
  readonly failure: unknown;
  stop(failure: unknown): void;
  onReload(reload: () => void): void;
  close(): void;
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export function openSignals(process: NodeJS.Process): Signals {
  const controller = new AbortController();
  let failure: unknown = null;
  let reload = (): void => {};
  const onStop = (signal: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      controller.abort();
      return;
    }
    close();
    process.kill(process.pid, signal);
  };
  const onHangUp = (): void => reload();
  for (const signal of STOP_SIGNALS) process.on(signal, onStop);
  process.on('SIGHUP', onHangUp);

  function close(): void {
    for (const signal of STOP_SIGNALS) process.off(signal, onStop);
    process.off('SIGHUP', onHangUp);
  }

  return {
    stopped: controller.signal,
    get failure() {
      return failure;
    },
    stop(reason) {
      failure = reason;
      controller.abort();
    },
    onReload(wanted) {
      reload = wanted;
    },
    close,
  };
}
