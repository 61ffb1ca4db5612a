import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { SightlineError } from '../../model/errors.ts';
import type { Live } from '../../pipeline/pipeline.ts';
import type { Outbox } from '../../state/state.ts';
import type { Output } from '../output.ts';

/** What the metrics tell of. No label ever holds an address or another text that a client chose. */
export interface Measured {
  readonly live: Pick<Live, 'tally' | 'scan' | 'files' | 'ledger'>;
  readonly output: Pick<Output, 'judger' | 'enricher'>;
  readonly outbox: Pick<Outbox, 'counts' | 'isFull'>;
  /** Why nothing is read for now; null while it is. */
  pausedBy(): string | null;
}

/** A Prometheus registry that reads its values when it is asked for them. */
export function metricsOf({ live, output, outbox, pausedBy }: Measured): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  /** A count that something else keeps. */
  function counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  function counters(name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>): void {
    new Counter({
      name,
      help,
      registers,
      labelNames: [label],
      collect() {
        this.reset();
        for (const [value, count] of read()) this.inc({ [label]: value }, count);
      },
    });
  }

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }

  counter('sightline_lines_total', 'Lines read since the start.', () => live.tally.lines);
  counter('sightline_parsed_total', 'Lines that are requests.', () => live.tally.parsed);
  counters('sightline_rejected_total', 'Lines that are no requests, by reason.', 'code', () =>
    Object.entries(live.tally.rejected),
  );
  counters('sightline_hits_total', 'Hits by rule.', 'rule', () => sumByTitle(live.tally.hitsByRule));
  counter('sightline_sightings_total', 'Sightings given out.', () => live.tally.sightings);
  counter('sightline_bundles_total', 'Bundles put into the outbox.', () => live.tally.parcels);
  counters('sightline_bounds_total', 'What the bounds on memory cost, by bound.', 'bound', () =>
    Object.entries(live.scan.correlation.counts.costs),
  );
  counters('sightline_lost_bytes_total', 'Bytes of logs that were gone before they were read.', 'source', () =>
    live.ledger().map(({ source, lostBytes }) => [source, lostBytes] as const),
  );
  counters('sightline_losses_total', 'How often something unread was gone, its size known or not.', 'source', () =>
    live.ledger().map(({ source, lostLines }) => [source, lostLines] as const),
  );
  new Gauge({
    name: 'sightline_lag_bytes',
    help: 'Bytes that were there at the last look and have not been read.',
    registers,
    labelNames: ['source'],
    collect() {
      this.reset();
      for (const { source, lagBytes } of live.files) this.set({ source }, lagBytes);
    },
  });
  gauge('sightline_outbox_waiting', 'Bundles that wait for delivery.', () => outbox.counts().waiting.parcels);
  gauge('sightline_outbox_parked', 'Bundles that the server refused.', () => outbox.counts().parked.parcels);
  gauge('sightline_outbox_bytes', 'Bytes of all bundles in the outbox.', () => {
    const { waiting, parked } = outbox.counts();
    return waiting.bytes + parked.bytes;
  });
  gauge('sightline_last_delivery_timestamp_seconds', 'When a bundle was last delivered; 0 for never.', () =>
    Math.floor((outbox.counts().lastDelivered ?? 0) / 1000),
  );
  counters('sightline_judgements_total', 'What became of attackers to be judged, by outcome.', 'outcome', () =>
    Object.entries(output.judger?.counts ?? {}).filter(isCount),
  );
  counter(
    'sightline_judgements_given_up_total',
    'Incidents whose attackers are never judged: too many waited, over the life of the state file.',
    () => outbox.counts().notFollowedUp,
  );
  counters('sightline_enrichments_total', 'What became of incidents to be enriched, by outcome.', 'outcome', () =>
    Object.entries(output.enricher?.counts ?? {}).filter(isCount),
  );
  gauge('sightline_paused', '1 while nothing is read for want of room.', () => (pausedBy() === null ? 0 : 1));
  return registry;
}

function isCount(entry: [string, unknown]): entry is [string, number] {
  return typeof entry[1] === 'number';
}

/** Rules of one title count together: a label value is given once. */
function sumByTitle(hits: Live['tally']['hitsByRule']): Iterable<readonly [string, number]> {
  const sums = new Map<string, number>();
  for (const [{ title }, count] of hits) sums.set(title, (sums.get(title) ?? 0) + count);
  return sums;
}

export interface MetricsServer {
  /** `http://host:port` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/healthz` (the process answers) and `/readyz` (it reads: 503 with the reason while it does not).
 * @param where - `host:port`, `[::1]:port` or `:port`
 * @throws SightlineError `usage` for an address that is none, `metrics-failed` when it cannot be listened on.
 */
export async function serveMetrics(where: string, registry: Registry, measured: Measured): Promise<MetricsServer> {
  const { host, port } = readAddress(where);
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    const paused = measured.pausedBy();
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type }).end(text);
    };
    if (request.method !== 'GET') answer(405, 'GET only\n');
    else if (path === '/healthz') answer(200, 'ok\n');
    else if (path === '/readyz') answer(paused === null ? 200 : 503, `${paused ?? 'ok'}\n`);
    else if (path !== '/metrics') answer(404, 'There are /metrics, /healthz and /readyz.\n');
    else {
      registry.metrics().then(
        (text) => answer(200, text, registry.contentType),
        (error: unknown) => answer(500, `${error instanceof Error ? error.message : String(error)}\n`),
      );
    }
  });
  await listen(server, host, port, where);
  const { address, family, port: actual } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readAddress(where: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(where);
  const port = Number(match?.[3]);
  if (match !== null && port <= 65_535) return { host: match[1] ?? (match[2] || '127.0.0.1'), port };
  throw new SightlineError('usage', `--metrics: expected host:port such as 127.0.0.1:9464, got "${where}"`);
}

function listen(server: Server, host: string, port: number, where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new SightlineError('metrics-failed', `cannot serve metrics at ${where}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
