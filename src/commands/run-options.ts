/** What every command that reads logs takes. */
export interface RunOptions {
  readonly 'log-format': string | undefined;
  readonly rules: readonly string[];
  readonly 'default-rules': boolean | undefined;
  readonly config: string | undefined;
  readonly target: readonly string[];
  readonly 'dry-run': boolean;
  readonly pretty: boolean;
  readonly hits: string | undefined;
  readonly rejects: string | undefined;
  readonly region: string | undefined;
  readonly route: string | undefined;
  readonly credentials: string | undefined;
  readonly quiet: boolean;
}

export const RUN_OPTIONS = {
  'log-format': {
    type: 'string',
    describe: 'auto, common, combined, vhost_combined, combinedio, json, or an Apache LogFormat string',
    requiresArg: true,
  },
  rules: {
    type: 'string',
    array: true,
    default: [] as string[],
    nargs: 1,
    describe: 'Folder of Sigma rules besides the default ones (repeatable)',
  },
  'default-rules': { type: 'boolean', describe: 'Use the rules that come along (--no-default-rules: only yours)' },
  config: {
    type: 'string',
    requiresArg: true,
    describe: 'Configuration file (default: ./sightline.yaml if there)',
  },
  target: {
    type: 'string',
    array: true,
    default: [] as string[],
    nargs: 1,
    describe: 'A fact about the web server: hostname=, ip=, mac= or os= (repeatable)',
  },
  'dry-run': { type: 'boolean', default: false, describe: 'Print the bundles instead of sending them' },
  pretty: { type: 'boolean', default: false, describe: 'Indent the printed bundles' },
  hits: { type: 'string', requiresArg: true, describe: 'Write every detected line to this file, as JSON Lines' },
  rejects: {
    type: 'string',
    requiresArg: true,
    describe: 'Write lines that do not parse to this file, as JSON Lines',
  },
  region: { type: 'string', requiresArg: true, describe: 'Region of the XDR tenant: us, eu or apjc' },
  route: { type: 'string', requiresArg: true, describe: 'direct (CTIA) or iroh (private-intel route)' },
  credentials: { type: 'string', requiresArg: true, describe: 'File with client id and password' },
} as const;
