/** One request as it came in, without what is secret. */
export interface RecordedRequest {
  readonly at: string;
  readonly method: string;
  /** As sent, still encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Null until it is answered, and for connections that were reset. */
  readonly status: number | null;
  /** The fault that befell it. */
  readonly fault: string | null;
}

export interface Recorder {
  /** Starts an entry; the function that comes back completes it. */
  record(request: Omit<RecordedRequest, 'status' | 'fault'>): (status: number | null, fault: string | null) => void;
  all(): readonly RecordedRequest[];
  clear(): void;
}

const SECRET_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);
/** The key of a feed. */
const SECRET_PARAMETER = 's';
const HIDDEN = '<redacted>';

/** Keeps the last `maxRequests`, each with the first `maxBodyChars` of its body. */
export function openRecorder(maxRequests: number, maxBodyChars: number): Recorder {
  let requests: RecordedRequest[] = [];
  return {
    record(request) {
      const entry = {
        ...request,
        query: hide(request.query, (name) => name === SECRET_PARAMETER, [HIDDEN]),
        headers: hide(request.headers, (name) => SECRET_HEADERS.has(name), HIDDEN),
        body: request.body.slice(0, maxBodyChars),
        status: null as number | null,
        fault: null as string | null,
      };
      requests.push(entry);
      if (requests.length > maxRequests) requests.shift();
      return (status, fault) => {
        entry.status = status;
        entry.fault = fault;
      };
    },
    all: () => requests.map((request) => ({ ...request })),
    clear() {
      requests = [];
    },
  };
}

function hide<Value>(values: Readonly<Record<string, Value>>, isSecret: (name: string) => boolean, hidden: Value) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isSecret(name) ? hidden : value]));
}
