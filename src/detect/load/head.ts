import { z } from 'zod';
import { LEVELS, type Level, type Rule } from '../../model/rule.ts';
import { tacticsOf, techniquesOf } from './attack.ts';
import { checkShape } from './check.ts';
import { type Draft, isMapping } from './draft.ts';
import { suggest } from './suggest.ts';

/** Statuses of Sigma 2.1; rules of the last two are not loaded. */
const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;
const SKIPPED: readonly string[] = ['deprecated', 'unsupported'];
/** What a document without a level counts as. */
const DEFAULT_LEVEL: Level = 'medium';
const TOP_KEYS = [
  ...['title', 'id', 'name', 'related', 'taxonomy', 'status', 'description', 'license', 'author', 'references', 'date'],
  ...[
    'modified',
    'tags',
    'logsource',
    'detection',
    'fields',
    'falsepositives',
    'level',
    'scope',
    'correlation',
    'filter',
  ],
  ...['generate', 'sightline'],
];

const texts = z
  .union([z.string(), z.array(z.union([z.string(), z.number()]).nullable())])
  .nullish()
  .transform((value) =>
    Array.isArray(value) ? value.filter((part) => part !== null).map(String) : value ? [value] : [],
  );
const text = z.string().nullish();

const headSchema = z.object({
  title: z.string({ error: 'a title is needed' }).min(1, { error: 'a title is needed' }).max(256),
  id: z.string().min(1).max(256).nullish(),
  name: z.string().min(1).max(256).nullish(),
  status: z.enum(STATUSES, { error: `expected one of ${STATUSES.join(', ')}` }).nullish(),
  level: z.enum(LEVELS, { error: `expected one of ${LEVELS.join(', ')}` }).nullish(),
  description: text,
  author: z.union([z.string(), z.array(z.string()).transform((names) => names.join(', '))]).nullish(),
  license: text,
  references: texts,
  tags: texts,
  falsepositives: texts,
});

/** A rule's own facts; whether it alerts is known when all documents are. */
export type Head = Omit<Rule, 'alerts' | 'kind'>;

/**
 * Reads what all Sigma documents have in common.
 *
 * @returns null when there were faults, `skipped` when the status says that the rule is out of use
 */
export function readHead(draft: Draft): Head | 'skipped' | null {
  const { body } = draft;
  if (typeof body.status === 'string' && SKIPPED.includes(body.status)) {
    draft.warn(['status'], `not loaded: the rule is ${body.status}`);
    return 'skipped';
  }
  const head = draft.recall('head', () => checkShape(draft, headSchema, [], body));
  for (const key of Object.keys(body)) {
    if (TOP_KEYS.includes(key)) continue;
    const hint = suggest(key, TOP_KEYS);
    if (hint !== '') draft.warn([key], `unknown key "${key}"${hint}`, 'key');
  }
  if (head === null) return null;
  const { title, name = null, tags } = head;
  return {
    id: head.id ?? name ?? slugOf(title),
    name,
    title,
    level: head.level ?? DEFAULT_LEVEL,
    status: head.status ?? null,
    description: head.description?.trim() ?? null,
    author: head.author ?? null,
    license: head.license ?? draft.license,
    references: head.references,
    tags,
    techniques: techniquesOf(tags),
    tactics: tacticsOf(tags),
    falsepositives: head.falsepositives,
    path: draft.relativePath,
  };
}

/** A log source as Sigma names it: only text values count, `definition` is for people. */
export function readLogsource(draft: Draft): Readonly<Record<string, string>> {
  const logsource = draft.body.logsource;
  if (!isMapping(logsource)) return {};
  const pairs = Object.entries(logsource).filter(([key, value]) => key !== 'definition' && typeof value === 'string');
  return Object.fromEntries(pairs) as Readonly<Record<string, string>>;
}

function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
