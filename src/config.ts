import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalAddress, cidrMatcher } from './address/address.ts';
import { readDocuments } from './document/document.ts';
import { parseDuration } from './duration/duration.ts';
import { FaultsError, SightlineError } from './model/errors.ts';
import { ticketSettings } from './ticket-settings/ticket-settings.ts';
import { CONFIDENCES, INCIDENT_STATUSES, SEVERITIES } from './vocabulary/vocabulary.ts';

/**
 * The schema of `sightline.yaml`, every default, and the only reader of the environment. Flags beat the environment,
 * the environment beats the file. docs/configuration.md is made from the descriptions here: over 200 lines for that.
 */

const STATE_FILE = 'sightline.db';

const duration = (fallback: string, about: string) =>
  z
    .string()
    .refine((text) => (parseDuration(text) ?? 0) > 0, { error: 'expected a duration such as 90s, 5m or 1h' })
    .default(fallback)
    .describe(about);
const count = (fallback: number, about: string) => z.int().min(1).max(1_000_000_000).default(fallback).describe(about);
const cidr = z.string().refine(isCidr, { error: 'expected an address or a network such as 192.0.2.0/24' });
const address = z.string().refine((text) => canonicalAddress(text) !== null, { error: 'expected an IP address' });
const url = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' });
const text = z.string().min(1).max(1024);

function isCidr(text: string): boolean {
  try {
    cidrMatcher([text]);
    return true;
  } catch (error) {
    if (error instanceof SightlineError) return false;
    throw error;
  }
}

const target = z.strictObject({
  vhost: text.optional().describe('Applies to requests for this virtual host.'),
  file: text.optional().describe('Applies to lines of this log file (its path as given, or its base name).'),
  hostname: text.optional().describe('Host name of the web server.'),
  ip: z.array(address).default([]).describe('Addresses of the web server.'),
  mac: z.array(text).default([]).describe('Hardware addresses of the web server.'),
  os: text.optional().describe('Operating system of the web server.'),
});

const allowed = z
  .strictObject({
    cidr: z.array(cidr).min(1).optional().describe('The client is one of these addresses or networks.'),
    path: z
      .array(text)
      .min(1)
      .optional()
      .describe('The path is one of these or below it; `*` stands for any characters.'),
    vhost: z.array(text).min(1).optional().describe('The virtual host is one of these; `*` stands for any characters.'),
    user_agent: z.array(text).min(1).optional().describe('The user agent contains one of these texts.'),
    reason: text.optional().describe('Why this is allowed, for the person who reads it next year.'),
  })
  .refine((entry) => entry.cidr ?? entry.path ?? entry.vhost ?? entry.user_agent, {
    error: 'expected at least one of cidr, path, vhost, user_agent',
  });

export const configSchema = z.strictObject({
  logs: z
    .strictObject({
      format: text.default('auto').describe('`auto`, a format name, or an Apache LogFormat string.'),
      json_fields: z
        .record(z.string(), text)
        .default({})
        .describe('For JSON logs: our field name (`client`, `time`, `request`, ...) to the key path in the log.'),
      trusted_proxies: z
        .array(cidr)
        .default([])
        .describe(
          'Proxies whose X-Forwarded-For, Forwarded or CF-Connecting-IP header is believed, when it is logged.',
        ),
      max_line_bytes: count(65_536, 'Longer lines are counted as `too-long` and skipped.'),
    })
    .prefault({})
    .describe('How the logs are read.'),
  rules: z
    .strictObject({
      folders: z.array(text).default([]).describe('Folders of Sigma documents, besides the rules that come along.'),
      default_rules: z.boolean().default(true).describe('Use the rules that come with Sightline.'),
    })
    .prefault({})
    .describe('What is looked for.'),
  allow: z.array(allowed).default([]).describe('What is never reported; all parts of one entry must hold.'),
  correlation: z
    .strictObject({
      gap: duration('30m', 'Hits of one attacker with a longer pause between them are two episodes.'),
      bucket: duration('5m', 'A sighting is one rule in one bucket of this length, aligned to UTC.'),
      lateness: duration('1m', 'How much older than the newest line of its file a line may be and still be in time.'),
      ipv6_prefix: z.int().min(16).max(128).default(64).describe('IPv6 attackers are grouped by this prefix length.'),
      promote_points: count(100, 'An episode with this many points becomes an incident; see docs/rules.md.'),
      max_episodes: count(30_000, 'Episodes remembered at a time; the one idle longest goes first.'),
      max_evidence: count(20, 'Log lines quoted in one sighting.'),
      max_pending_hits: count(
        50_000,
        'Lines with hits held back to bring them into the order of time; each 512 bytes of a line count as one.',
      ),
      max_pending_lines: count(60_000, 'Other requests held back for correlation rules, counted likewise.'),
      max_groups: count(100_000, 'Groups of one correlation rule remembered at a time.'),
      max_group_events: count(10_000, 'Events of one group of a correlation rule remembered at a time.'),
      max_held_lines: count(
        100_000,
        'Lines that the windows of all correlation rules hold together, counted likewise.',
      ),
      max_kept_lines: count(100_000, 'Lines that all episodes together keep as evidence, counted likewise.'),
      sightings_per_bundle: count(200, 'An incident with this many new sightings is given out before it is over.'),
    })
    .prefault({})
    .describe('How hits become incidents.'),
  bots: z
    .strictObject({
      reverse_dns: z
        .boolean()
        .default(false)
        .describe(
          'Before an incident is delivered, ask DNS whether a client that claims to be a search engine from outside its published networks is one.',
        ),
      max_per_hour: count(1000, 'Addresses that DNS is asked about within an hour.'),
    })
    .prefault({})
    .describe('Good bots; see docs/rules.md.'),
  targets: z.array(target).default([]).describe('The web servers: the first entry whose `vhost` and `file` apply.'),
  bundle: z
    .strictObject({
      source: text.default('Sightline').describe('`source` of every entity.'),
      prefix: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,38}-$/, {
          error: 'expected lower-case letters, digits and hyphens, a hyphen last',
        })
        .default('sightline-')
        .describe('Prefix of every external id; make it unique to the organisation.'),
      tlp: z.enum(['green', 'amber', 'red']).default('amber').describe('Traffic light protocol of every entity.'),
      max_entities: z.int().min(10).max(2000).default(500).describe('Entities in one bundle.'),
      max_bytes: z.int().min(131_072).max(10_000_000).default(524_288).describe('Bytes of one bundle.'),
    })
    .prefault({})
    .describe('How incidents are written as CTIM.'),
  deliver: z
    .strictObject({
      region: z.enum(['us', 'eu', 'apjc']).default('us').describe('Region of the XDR tenant.'),
      route: z
        .enum(['iroh', 'direct'])
        .default('iroh')
        .describe('`iroh` sends to the private-intel route of the XDR platform, `direct` to CTIA itself.'),
      iroh_url: url.optional().describe('Base URL in place of the region’s platform host (tokens, IROH).'),
      private_intel_url: url.optional().describe('Base URL in place of the region’s CTIA host.'),
      credentials_file: text.optional().describe('File with client id and password that only its owner can read.'),
      ca_file: text.optional().describe('PEM file of an additional certificate authority.'),
      connect_timeout: duration('10s', 'For making a connection.'),
      request_timeout: duration('2m', 'For one request, answer included.'),
      max_wait: duration(
        '2m',
        'The longest pause before another try; a server that asks for more is told to the user.',
      ),
      import_lock: z
        .boolean()
        .default(true)
        .describe('Let no two processes of one user import at the same time: both could create the same entity.'),
      undelivered_dir: text.default('.').describe('Where a bundle that could not be delivered is written.'),
    })
    .prefault({})
    .describe('Where bundles go.'),
  state: z
    .strictObject({
      path: text
        .optional()
        .describe(
          'The state file; without it `sightline.db` in `$STATE_DIRECTORY`, or in the folder `sightline` of `$XDG_STATE_HOME` or `~/.local/state`.',
        ),
      outbox_max_bytes: z
        .int()
        .min(1_000_000)
        .max(1_000_000_000_000)
        .default(1_073_741_824)
        .describe('Bytes of bundles that may wait for delivery.'),
      outbox_full: z
        .enum(['pause', 'drop-parked'])
        .default('pause')
        .describe('`pause` stops reading until there is room, `drop-parked` first drops the oldest refused bundles.'),
    })
    .prefault({})
    .describe('What is remembered from run to run.'),
  judgements: z
    .strictObject({
      enabled: z.boolean().default(false).describe('Judge the attacker of each incident that is delivered.'),
      disposition: z.enum(['Malicious', 'Suspicious']).default('Malicious').describe('What attackers are said to be.'),
      severity: z.enum(['Info', 'Low', 'Medium', 'High', 'Critical']).default('High').describe('Of each judgement.'),
      confidence: z.enum(['Info', 'Low', 'Medium', 'High']).default('Medium').describe('Of each judgement.'),
      priority: z
        .int()
        .min(0)
        .max(90)
        .default(80)
        .describe('Weight against other judgements; more than 90 is for people.'),
      days: z.int().min(1).max(365).default(7).describe('How long a judgement holds after the last request.'),
      max_per_hour: count(100, 'Judgements made within an hour; with a state file, more wait for later ones.'),
      never: z
        .array(cidr)
        .default([])
        .describe('Never judged, besides special-purpose ranges, `allow`, `targets` and `logs.trusted_proxies`.'),
      verify_bots: z
        .boolean()
        .default(true)
        .describe('Ask DNS whether an address is a search engine’s; those are never judged.'),
    })
    .prefault({})
    .describe('Judgements on attackers, for blocking feeds; see `sightline feeds`.'),
  enrich: z
    .strictObject({
      verdicts: z
        .boolean()
        .default(false)
        .describe('Note on each delivered incident what intelligence already knew of its attacker.'),
      global: z
        .boolean()
        .default(true)
        .describe('Ask Cisco’s global intelligence, too; not where `deliver` names other hosts than the region’s.'),
      global_intel_url: url.optional().describe('Base URL in place of the region’s global intelligence host.'),
      budget: duration('5s', 'How long the end of a run waits for answers; delivery itself never waits.'),
    })
    .prefault({})
    .describe('What is added to incidents.'),
  sync: z
    .strictObject({
      system: ticketSettings.optional().describe('The ticket system, by its `kind`; docs/sync.md shows each.'),
      secret_file: text
        .optional()
        .describe('File with the token, key, password or shared secret that only its owner can read.'),
      ca_file: text.optional().describe('PEM file of an additional certificate authority for the ticket system.'),
      state_path: text
        .optional()
        .describe('What sync remembers; without it `sightline-sync.db` beside the state file.'),
      console_url: text
        .optional()
        .describe(
          'Address of an incident for people, `{id}` standing for its short id; default: the region’s console.',
        ),
      filter: z
        .strictObject({
          status: z.array(z.enum(INCIDENT_STATUSES)).default([]).describe('Only with one of these statuses.'),
          severity: z.array(z.enum(SEVERITIES)).default([]).describe('Only with one of these severities.'),
          confidence: z.array(z.enum(CONFIDENCES)).default([]).describe('Only with one of these confidences.'),
          source: z.array(text).default([]).describe('Only of these sources.'),
          assignee: z.array(text).default([]).describe('Only assigned to one of these users.'),
          tactic: z.array(text).default([]).describe('Only with one of these tactics, such as TA0001.'),
          query: text.optional().describe('Only those that this query (Lucene) finds.'),
          since: z.iso
            .datetime({ offset: true, error: 'expected a time such as 2026-11-22T00:00:00Z' })
            .optional()
            .describe('Only those reported from this time on.'),
        })
        .prefault({})
        .describe('Which incidents get a ticket; those that have one are kept in step whatever becomes of them.'),
      status_to_ticket: z
        .partialRecord(z.enum(INCIDENT_STATUSES), text)
        .optional()
        .describe('Ticket statuses by incident status, in place of those that the system comes with.'),
      status_to_incident: z
        .record(text, z.enum(INCIDENT_STATUSES))
        .optional()
        .describe('Incident statuses by ticket status, likewise.'),
      priority: z
        .partialRecord(z.enum(SEVERITIES), text)
        .optional()
        .describe('Ticket priorities by severity, likewise.'),
      users: z
        .array(
          z.strictObject({
            xdr: text.describe('As incidents name them.'),
            ticket: text.describe('Login, e-mail address or number.'),
          }),
        )
        .default([])
        .describe('People whose e-mail address is not their name on both sides.'),
      status_owner: z
        .enum(['xdr', 'ticket', 'newest'])
        .default('newest')
        .describe('Whose status stands when both sides changed it.'),
      assignee_owner: z
        .enum(['xdr', 'ticket', 'newest'])
        .default('newest')
        .describe('Whose assignee stands when both sides changed it.'),
      fields: z.record(text, text).default({}).describe('Custom fields of each new ticket.'),
      verdicts: z.boolean().default(false).describe('Say in each new ticket what is known of its observables.'),
      share_window: duration('1h', 'Incidents of one attacker within this time share a ticket, where `share` is set.'),
      share: z.boolean().default(false).describe('Put incidents with a common observable into one ticket.'),
      max_per_hour: count(100, 'Tickets made within an hour; further incidents go into one digest ticket.'),
      merge: duration('1m', 'Changes of an incident within this time become one comment.'),
      reconcile: duration('4h', 'How often everything is compared.'),
    })
    .prefault({})
    .describe('Tickets for incidents; see docs/sync.md.'),
});

export type Config = z.output<typeof configSchema>;

/** What `process.env` may say. Empty values count as absent. */
export interface Environment {
  readonly configFile: string | null;
  readonly clientId: string | null;
  readonly clientPassword: string | null;
  readonly region: string | null;
  readonly irohUrl: string | null;
  readonly privateIntelUrl: string | null;
  readonly httpsProxy: string | null;
  readonly noProxy: string | null;
  readonly ticketSecret: string | null;
  readonly runtimeDir: string | null;
  readonly stateDirectory: string | null;
  readonly xdgStateHome: string | null;
}

/** The environment variables that Sightline reads, for its documentation. */
export const ENVIRONMENT = [
  ['SIGHTLINE_CONFIG', 'Configuration file, in place of `./sightline.yaml`.'],
  ['SIGHTLINE_CLIENT_ID', 'Client id of the XDR API client.'],
  ['SIGHTLINE_CLIENT_PASSWORD', 'Its password.'],
  ['SIGHTLINE_REGION', '`deliver.region`.'],
  ['SIGHTLINE_IROH_URL', '`deliver.iroh_url`.'],
  ['SIGHTLINE_PRIVATE_INTEL_URL', '`deliver.private_intel_url`.'],
  ['SIGHTLINE_TICKET_SECRET', 'Token, key, password or shared secret of the ticket system.'],
  ['HTTPS_PROXY, NO_PROXY', 'Proxy for delivery and for tickets, and the hosts that are reached without it.'],
  ['XDG_RUNTIME_DIR', 'Where the lock of `deliver.import_lock` lies; else the folder for temporary files.'],
  ['STATE_DIRECTORY', 'Folder of the state file, as systemd sets it.'],
  ['XDG_STATE_HOME', 'In its folder `sightline` the state file lies otherwise.'],
  ['NO_COLOR', 'Any value: no colours.'],
] as const;

export function readEnvironment(): Environment {
  const value = (...names: string[]) => names.map((name) => process.env[name]).find((text) => text) ?? null;
  return {
    configFile: value('SIGHTLINE_CONFIG'),
    clientId: value('SIGHTLINE_CLIENT_ID'),
    clientPassword: value('SIGHTLINE_CLIENT_PASSWORD'),
    region: value('SIGHTLINE_REGION'),
    irohUrl: value('SIGHTLINE_IROH_URL'),
    privateIntelUrl: value('SIGHTLINE_PRIVATE_INTEL_URL'),
    httpsProxy: value('HTTPS_PROXY', 'https_proxy'),
    noProxy: value('NO_PROXY', 'no_proxy'),
    ticketSecret: value('SIGHTLINE_TICKET_SECRET'),
    runtimeDir: value('XDG_RUNTIME_DIR'),
    stateDirectory: value('STATE_DIRECTORY'),
    xdgStateHome: value('XDG_STATE_HOME'),
  };
}

/** A value that overrides the file: where it goes in the configuration, and what a person calls it (flag or variable). */
export interface Override {
  readonly place: readonly [section: string, key: string];
  readonly value: unknown;
  readonly name: string;
}

/**
 * The configuration of a run: the file at `path`, or `sightline.yaml` here when it exists, or the defaults; then the
 * environment, then `flags`.
 * @throws FaultsError with every fault of the file (`path:line:col`) and of the overrides (their name).
 */
export function loadConfig(path: string | null, environment: Environment, flags: readonly Override[]): Config {
  const overrides: Override[] = [
    { place: ['deliver', 'region'], value: environment.region, name: 'SIGHTLINE_REGION' },
    { place: ['deliver', 'iroh_url'], value: environment.irohUrl, name: 'SIGHTLINE_IROH_URL' },
    {
      place: ['deliver', 'private_intel_url'],
      value: environment.privateIntelUrl,
      name: 'SIGHTLINE_PRIVATE_INTEL_URL',
    },
    ...flags,
  ];
  const explicit = path ?? environment.configFile;
  const file = explicit ?? 'sightline.yaml';
  return readConfig(file, readIfThere(file, explicit !== null), overrides);
}

/** Where the state file lies. systemd names the service's own folders in one text, with colons between them. */
export function statePath({ state }: Config, { stateDirectory, xdgStateHome }: Environment): string {
  if (state.path !== undefined) return state.path;
  const own = stateDirectory?.split(':')[0];
  return own
    ? join(own, STATE_FILE)
    : join(xdgStateHome ?? join(homedir(), '.local', 'state'), 'sightline', STATE_FILE);
}

function readIfThere(path: string, required: boolean): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!required && error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new SightlineError('no-config', `cannot read the configuration ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** As {@link loadConfig}, for a text that is at hand. */
export function readConfig(path: string, yaml: string, overrides: readonly Override[]): Config {
  const { documents, faults } = readDocuments(path, yaml);
  if (faults.length > 0) throw new FaultsError(faults);
  if (documents.length > 1) throw new FaultsError([{ path, line: 0, col: 0, message: 'expected one YAML document' }]);
  const document = documents[0];
  const fromFile = document?.value ?? {};
  const named = new Map<string, string>();
  const value = structuredClone(fromFile);
  for (const { place, value: override, name } of overrides) {
    if (override === null || override === undefined || !isRecord(value)) continue;
    const [section, key] = place;
    const inner = isRecord(value[section]) ? value[section] : {};
    value[section] = { ...inner, [key]: override };
    named.set(place.join('.'), name);
  }
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  throw new FaultsError(
    result.error.issues.flatMap((issue) => {
      const place = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
      const name = named.get(place.slice(0, 2).join('.'));
      if (name !== undefined) return [{ path: name, line: 0, col: 0, message: issue.message }];
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
      const where = place.length > 0 ? `${place.join('.')}: ` : '';
      const at = (inner: typeof place, message: string, end: 'key' | 'value') =>
        document?.fault(inner, message, end) ?? { path, line: 0, col: 0, message };
      if (unknown.length === 0) return [at(place, `${where}${issue.message}`, 'value')];
      return unknown.map((key) => at([...place, key], `${where}unknown key "${key}"`, 'key'));
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
