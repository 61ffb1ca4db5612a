import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '..', 'src');

/** Folders that anything may lean on and that lean on nothing but each other and the nouns. */
const LEAVES = ['model', 'address', 'escape', 'document', 'duration', 'vocabulary', 'ctim', 'ticket-settings'];
const STAGES = ['read', 'parse', 'detect', 'correlate', 'compose', 'deliver'];
/** The wall clock, chance and timers live here only, and are passed down. */
const MAY_KNOW_TIME = ['deliver', 'ctia', 'state', 'sandbox', 'commands'];

/** What each folder (or file at the top) may import besides itself and the leaves. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    [...LEAVES, ...STAGES, 'apache', 'ctia', 'report', 'sandbox', 'tickets', 'state'].map((name) => [name, []]),
  ),
  deliver: ['ctia'],
  pipeline: [...STAGES, 'state'],
  sync: ['ctia', 'tickets', 'state'],
  'config.ts': [],
  commands: [...STAGES, 'apache', 'ctia', 'report', 'sandbox', 'state', 'pipeline', 'sync', 'tickets', 'config.ts'],
  'cli.ts': ['commands'],
  'index.ts': [...STAGES, 'ctia', 'pipeline'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const imports: readonly Import[] = files.flatMap((from) =>
  [...readFileSync(join(SRC, from), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target = '']) => ({
    from,
    to: relative(SRC, join(SRC, dirname(from), target)),
  })),
);

/** The folder at the top that a file lies in, or the file itself when it lies at the top. */
const roomOf = (path: string) => path.split(sep)[0] ?? path;

describe('imports', () => {
  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(20);
  });

  it('keep to the arrows allowed between folders', () => {
    const forbidden = imports.filter(({ from, to }) => {
      const [room, other] = [roomOf(from), roomOf(to)];
      if (room === other || other === 'model') return false;
      if (room === 'model') return true;
      return !LEAVES.includes(other) && !ALLOWED[room]?.includes(other);
    });
    expect(forbidden).toEqual([]);
  });

  it('come in by the door of another folder', () => {
    const aside = imports.filter(({ from, to }) => {
      const other = roomOf(to);
      if (roomOf(from) === other || other === 'model' || other === 'commands' || other.endsWith('.ts')) return false;
      return to !== join(other, `${other}.ts`);
    });
    expect(aside).toEqual([]);
  });

  it('of packages stay out of the nouns', () => {
    const outside = files
      .filter((path) => roomOf(path) === 'model')
      .flatMap((path) => [...readFileSync(join(SRC, path), 'utf8').matchAll(/from '([^.][^']*)'/g)].map(() => path));
    expect(outside).toEqual([]);
  });
});

it('every folder and every file at the top is named in the rules above', () => {
  const rooms = new Set(files.map(roomOf));
  expect([...rooms].filter((room) => !(room in ALLOWED))).toEqual([]);
});

it('every folder but the nouns and the commands has a door of its own name', () => {
  const folders = new Set(files.map(roomOf).filter((room) => !room.endsWith('.ts')));
  const without = [...folders].filter(
    (name) => !['model', 'commands'].includes(name) && !files.includes(join(name, `${name}.ts`)),
  );
  expect(without).toEqual([]);
});

it.each([
  ['Date.now or performance.now', /\b(?:Date|performance)\.now\b|new Date\(\)/],
  ['Math.random', /\bMath\.random\b|randomUUID|randomBytes/],
  ['timers', /\bset(?:Timeout|Interval|Immediate)\b/],
])('%s is used only where it may be', (_, pattern) => {
  const users = files.filter(
    (path) => !MAY_KNOW_TIME.includes(roomOf(path)) && pattern.test(readFileSync(join(SRC, path), 'utf8')),
  );
  expect(users).toEqual([]);
});

it.each([
  ['process.argv and process.exit', /\bprocess\.(?:argv|exit|exitCode)\b/, 'cli.ts'],
  ['process.env', /\bprocess\.env\b/, 'config.ts'],
])('%s is touched by one file', (_, pattern, owner) => {
  expect(files.filter((path) => pattern.test(readFileSync(join(SRC, path), 'utf8')))).toEqual([owner]);
});

/** Packages that a file imports before any of its functions is called, by way of whatever it imports. */
function packagesLoadedBy(entry: string): string[] {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const follow = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(join(SRC, path), 'utf8');
    for (const [, clause = '', target = ''] of text.matchAll(/^(?:import|export) ([^;']*?from )?'([^']+)';/gm)) {
      if (/^type /.test(clause)) continue;
      if (target.startsWith('.')) follow(relative(SRC, join(SRC, dirname(path), target)));
      else if (!target.startsWith('node:')) packages.add(target.split('/')[0] ?? target);
    }
  };
  follow(entry);
  return [...packages].sort();
}

it.each([
  ['help and version', 'cli.ts', ['yargs']],
  ['a batch that sends nothing', 'commands/run-batch.ts', ['ipaddr.js', 'split2', 'stream-json', 'tail', 'zod']],
])('%s load few packages, since packages are most of the start-up', (_, entry, packages) => {
  expect(packagesLoadedBy(entry)).toEqual(packages);
});
