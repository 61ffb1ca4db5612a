import type { Options } from 'yargs';

/** What every command that talks to the server takes. */
export interface SessionOptions {
  readonly config: string | undefined;
  readonly region: string | undefined;
  readonly credentials: string | undefined;
}

export const SESSION_OPTIONS = {
  config: { type: 'string', requiresArg: true, describe: 'Configuration file (default: ./sightline.yaml if there)' },
  region: { type: 'string', requiresArg: true, describe: 'Region of the XDR tenant: us, eu or apjc' },
  credentials: { type: 'string', requiresArg: true, describe: 'File with client id and password' },
} as const satisfies Readonly<Record<string, Options>>;

export const JSON_OPTION = {
  json: { type: 'boolean', default: false, describe: 'Print JSON' },
} as const satisfies Readonly<Record<string, Options>>;
