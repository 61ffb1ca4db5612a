import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { externalId } from '../../compose/compose.ts';
import { type Config, type Environment, statePath } from '../../config.ts';
import { type CtiaClient, shortIdOf } from '../../ctia/ctia.ts';
import { SightlineError } from '../../model/errors.ts';
import { DEFAULT_WORDS, type SyncOptions, wordsOf } from '../../sync/sync.ts';
import { type Connector, openConnector, TicketError } from '../../tickets/tickets.ts';
import { milliseconds } from '../stage-options.ts';

const STATE_FILE = 'sightline-sync.db';

/** Where sync keeps what it remembers: a file of its own, so that it runs beside the process that follows logs. */
export function syncStatePath(config: Config, environment: Environment, given: string | undefined): string {
  return given ?? config.sync.state_path ?? join(dirname(statePath(config, environment)), STATE_FILE);
}

/**
 * The connector that the configuration describes.
 * @throws SightlineError for a system that is not described, or wrongly, or a secret that is missing or open to others.
 */
export function openTickets({ sync }: Config, environment: Environment): Connector {
  if (sync.system === undefined) {
    throw new SightlineError('usage', 'no ticket system: describe one in sync.system; docs/sync.md shows how');
  }
  const options = {
    secret: environment.ticketSecret ?? (sync.secret_file === undefined ? '' : readSecret(sync.secret_file)),
    output: process.stdout,
    ...(sync.ca_file === undefined ? {} : { ca: readText(sync.ca_file, 'bad-ca-file') }),
    proxy: {
      ...(environment.httpsProxy === null ? {} : { https: environment.httpsProxy }),
      ...(environment.noProxy === null ? {} : { no: environment.noProxy }),
    },
    clock: Date.now,
    random: Math.random,
    sleep: (ms: number) => sleep(ms),
  };
  try {
    return openConnector(sync.system, options);
  } catch (cause) {
    if (!(cause instanceof TicketError) || cause.code !== 'bad-options') throw cause;
    throw new SightlineError('bad-config-value', cause.message, { cause });
  }
}

/** Sync's options as the configuration has them, the state and what is told aside. */
export function syncOptions(
  { sync, bundle, deliver }: Config,
  client: CtiaClient,
  connector: Connector,
): Omit<SyncOptions, 'state' | 'report'> {
  const words = DEFAULT_WORDS[connector.name];
  if (words === undefined) throw new Error(`no words for the connector ${connector.name}`);
  const { filter } = sync;
  return {
    client,
    connector,
    filters: {
      status: someOf(filter.status),
      severity: someOf(filter.severity),
      confidence: someOf(filter.confidence),
      source: someOf(filter.source),
      assignees: someOf(filter.assignee),
      tactics: someOf(filter.tactic),
      query: filter.query,
      from: filter.since,
    },
    words: wordsOf({
      statusToTicket: sync.status_to_ticket ?? words.statusToTicket,
      statusToIncident: sync.status_to_incident ?? words.statusToIncident,
      priority: sync.priority ?? words.priority,
      people: sync.users,
    }),
    owners: { status: sync.status_owner, assignee: sync.assignee_owner },
    guard: {
      shareWindowMs: sync.share ? milliseconds(sync.share_window) : null,
      maxPerHour: sync.max_per_hour,
    },
    mergeMs: milliseconds(sync.merge),
    reconcileMs: milliseconds(sync.reconcile),
    fields: sync.fields,
    verdicts: sync.verdicts,
    linkOf: linksTo(sync, deliver),
    nameOf: (type, facts) => externalId(bundle.prefix, type, facts),
    source: bundle.source,
    tlp: bundle.tlp,
    clock: Date.now,
    random: Math.random,
  };
}

/** Links into the region's console; none where other hosts than the region's are named, unless a console is, too. */
function linksTo({ console_url: template }: Config['sync'], { region, private_intel_url: other }: Config['deliver']) {
  const known = template ?? (other === undefined ? `https://xdr.${region}.security.cisco.com/incidents/{id}` : null);
  return (incidentId: string): string | null => known?.replaceAll('{id}', shortIdOf(incidentId)) ?? null;
}

function someOf(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values;
}

function readSecret(path: string): string {
  const secret = readText(path, 'bad-credentials').trim();
  const mode = statSync(path).mode & 0o777;
  if (process.platform === 'win32' || (mode & 0o077) === 0) return secret;
  const shown = mode.toString(8).padStart(4, '0');
  const message = `${path} may be read by others (mode ${shown}); make it yours alone: chmod 600 ${path}`;
  throw new SightlineError('open-credentials', message);
}

function readText(path: string, code: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SightlineError(code, `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
