import { isJavaUri, type TLPS } from '../ctim/ctim.ts';
import { SightlineError } from '../model/errors.ts';

/** What the user knows of a web server that a log speaks of. */
export interface TargetFacts {
  readonly hostname?: string | undefined;
  readonly ips?: readonly string[] | undefined;
  readonly macs?: readonly string[] | undefined;
  readonly os?: string | undefined;
  /** A word of CTIM's sensor vocabulary; `endpoint.server` when left out. */
  readonly type?: string | undefined;
}

export interface ComposerOptions {
  /** Begins every external id and ends in a hyphen: `sightline-`. */
  readonly prefix: string;
  /** Name of the product that incidents are shown to come from. */
  readonly source: string;
  /** Address of a page about this source, given with every entity. */
  readonly sourceUri?: string | undefined;
  readonly tlp: Exclude<(typeof TLPS)[number], 'white'>;
  /** Entities a bundle may hold, relationships included. */
  readonly maxEntities: number;
  /** Bytes a bundle may have as UTF-8 JSON. */
  readonly maxBytes: number;
  /** Looks up what is known of a virtual host, or of the file that its requests were logged to. */
  readonly targetOf: (target: { readonly host: string | null; readonly source: string }) => TargetFacts;
}

export const COMPOSER_DEFAULTS = {
  prefix: 'sightline-',
  source: 'Sightline',
  tlp: 'amber',
  maxEntities: 500,
  maxBytes: 512 * 1024,
  targetOf: (): TargetFacts => ({}),
} as const satisfies ComposerOptions;

/** An incident, a sighting, its indicator and the two relationships between them must fit into one bundle. */
const MIN_ENTITIES = 5;
const MIN_BYTES = 128 * 1024;

/** @throws SightlineError `bad-option` naming the first option that cannot be served. */
export function checkOptions(options: ComposerOptions): void {
  const { prefix, source, sourceUri, maxEntities, maxBytes } = options;
  refuseUnless(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}-$/.test(prefix),
    'prefix',
    'letters, digits, . _ -, and a hyphen at the end',
    prefix,
  );
  refuseUnless(source !== '' && source.length <= 1024, 'source', 'a name of at most 1024 characters', source);
  refuseUnless(sourceUri === undefined || isJavaUri(sourceUri), 'sourceUri', 'a URI', sourceUri);
  refuseUnless(
    Number.isInteger(maxEntities) && maxEntities >= MIN_ENTITIES,
    'maxEntities',
    `at least ${MIN_ENTITIES}`,
    maxEntities,
  );
  refuseUnless(Number.isInteger(maxBytes) && maxBytes >= MIN_BYTES, 'maxBytes', `at least ${MIN_BYTES}`, maxBytes);
}

function refuseUnless(good: boolean, name: string, expected: string, value: unknown): void {
  if (!good) throw new SightlineError('bad-option', `${name}: expected ${expected}, got ${JSON.stringify(value)}`);
}
