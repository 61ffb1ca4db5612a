import { z } from 'zod';
import type { Place } from '../../document/document.ts';
import type { ObservableType } from '../../model/observable.ts';
import type { Rule } from '../../model/rule.ts';
import type { Field } from '../match/field.ts';
import { fieldOf } from '../match/fields.ts';
import { costOfLiterals } from '../match/rarity.ts';
import { RegexError } from '../regex/parse-regex.ts';
import { LinearRegex } from '../regex/regex.ts';
import { checkShape, closed, pause } from './check.ts';
import { type Draft, isMapping } from './draft.ts';

const OBSERVABLE_TYPES = ['ip', 'ipv6', 'hostname', 'domain', 'url', 'user_agent', 'file_name', 'user'] as const;

/** Between repetitions of a request. */
const DEFAULT_PAUSE_MS = 1000;

const requestSchema = closed({
  request: z.string(),
  user_agent: z.string().nullish(),
  referer: z.string().nullish(),
  status: z.int().min(100).max(999).optional(),
  client: z.string().min(1).optional(),
  host: z.string().min(1).optional(),
  user: z.string().nullish(),
  bytes: z.int().min(0).optional(),
  repeat: z.int().min(1).max(100_000).default(1),
  every: pause.optional(),
  after: pause.optional(),
});
const lineSchema = z.union([z.string(), requestSchema]);
const caseSchema = z.union([lineSchema, z.array(lineSchema).min(1)]);
const casesSchema = z.array(caseSchema).default([]);

const sightlineSchema = closed({
  alerts: z.boolean().optional(),
  reset: z.array(z.string().min(1)).default([]),
  success: z.enum(['served', 'larger'], { error: "expected 'served' or 'larger'" }).optional(),
  extract: z
    .array(
      closed({
        field: z.string().min(1),
        pattern: z.string().min(1),
        type: z.enum(OBSERVABLE_TYPES, { error: `expected one of ${OBSERVABLE_TYPES.join(', ')}` }),
      }),
    )
    .default([]),
  /** Read apart. */
  proof: z
    .unknown()
    .transform(() => null)
    .optional(),
});

const proofSchema = closed({ match: casesSchema, ignore: casesSchema });

/** One request of a proof: what the client sent, not escaped as a log would have it. Null: not sent; undefined: ordinary. */
export interface ProofRequest {
  readonly request: string;
  readonly userAgent: string | null | undefined;
  readonly referer: string | null | undefined;
  readonly status: number | undefined;
  readonly client: string | undefined;
  readonly host: string | undefined;
  readonly user: string | null | undefined;
  readonly bytes: number | undefined;
  readonly repeat: number;
  readonly everyMs: number;
  readonly afterMs: number;
}

/** A proof that a rule carries: requests, or whole log lines, that it must match or must leave alone. */
export interface ProofCase {
  readonly expects: 'match' | 'ignore';
  /** One for a detection rule; a sequence in time for a correlation. A text is a whole log line. */
  readonly stream: readonly (ProofRequest | string)[];
  readonly path: string;
  readonly line: number;
  readonly col: number;
}

/** Takes an observable out of a line that the rule matched. */
export interface Extraction {
  readonly field: Field;
  readonly regex: LinearRegex;
  readonly type: ObservableType;
}

/** The rule's own `sightline:` key. */
export interface Extension {
  /** Null: as Sigma says. */
  readonly alerts: boolean | null;
  /** Of a correlation: names or ids of the rules whose events empty its window. */
  readonly resets: readonly string[];
  /** What makes an answer a probable success; see {@link Rule.success}. */
  readonly success: NonNullable<Rule['success']> | null;
  readonly extractions: readonly Extraction[];
  readonly proofCount: number;
  /** Read when somebody asks: few runs do. */
  readonly proofs: () => readonly ProofCase[];
}

const NOTHING: Extension = {
  alerts: null,
  resets: [],
  success: null,
  extractions: [],
  proofCount: 0,
  proofs: () => [],
};

export function readExtension(draft: Draft, isCorrelation: boolean): Extension {
  const value = draft.body.sightline;
  if (value === undefined || value === null) return NOTHING;
  const checked = draft.recall('sightline', () => checkShape(draft, sightlineSchema, ['sightline'], value));
  const proofs = (): readonly ProofCase[] =>
    readProofs(draft, isCorrelation, isMapping(value) ? value.proof : undefined);
  const proofCount = draft.recall('number of proofs', () => proofs().length);
  if (checked === null) return NOTHING;
  const extractions = checked.extract.flatMap(({ field, pattern, type }, index) => {
    const regex = compilePattern(draft, index, pattern);
    return regex === null ? [] : [{ field: fieldOf(field), regex, type }];
  });
  const { alerts = null, reset: resets, success = null } = checked;
  if (resets.length > 0 && !isCorrelation)
    draft.fault(['sightline', 'reset'], 'only a correlation has a window to empty');
  return { alerts, resets, success, extractions, proofCount, proofs };
}

/** @param isStream - whether proofs are sequences, as those of correlations are */
function readProofs(draft: Draft, isStream: boolean, value: unknown): readonly ProofCase[] {
  if (value === undefined) return [];
  const proof = checkShape(draft, proofSchema, ['sightline', 'proof'], value);
  if (proof === null) return [];
  return (['match', 'ignore'] as const).flatMap((expects) =>
    proof[expects].flatMap((lines, index) => {
      const place = ['sightline', 'proof', expects, index];
      if (Array.isArray(lines) !== isStream) {
        draft.fault(
          place,
          isStream ? 'a proof of a correlation is a list of requests' : 'a proof of a rule is one request',
        );
        return [];
      }
      const stream = (Array.isArray(lines) ? lines : [lines]).map(readLine);
      return [proofCase(draft, place, expects, stream)];
    }),
  );
}

/** Where it stands is looked up when somebody asks: few runs do. */
function proofCase(draft: Draft, place: Place, expects: ProofCase['expects'], stream: ProofCase['stream']): ProofCase {
  return {
    expects,
    stream,
    path: draft.path,
    get line() {
      return draft.locate(place).line;
    },
    get col() {
      return draft.locate(place).col;
    },
  };
}

function compilePattern(draft: Draft, index: number, pattern: string): LinearRegex | null {
  const flags = { ignoreCase: false, multiline: false, dotAll: false };
  try {
    return new LinearRegex(pattern, flags, costOfLiterals, (find) =>
      draft.recall(`literals of the extraction ${pattern}`, find),
    );
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    draft.fault(['sightline', 'extract', index, 'pattern'], `bad regular expression: ${error.message}`);
    return null;
  }
}

/** A text with a time in brackets is a whole line, any other a request line. */
function readLine(line: string | z.infer<typeof requestSchema>): ProofRequest | string {
  if (typeof line === 'string' && /^\S+ .*\[\d\d\/[A-Z][a-z]{2}\/\d{4}:/.test(line)) return line;
  const given = typeof line === 'string' ? requestSchema.parse({ request: line }) : line;
  const { request, referer, status, client, host, user, bytes, repeat } = given;
  const times = { repeat, everyMs: given.every ?? DEFAULT_PAUSE_MS, afterMs: given.after ?? 0 };
  return { request, userAgent: given.user_agent, referer, status, client, host, user, bytes, ...times };
}
