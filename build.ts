import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build as bundle, type OutputChunk, type Plugin } from 'rolldown';
import { writeAutomata } from './src/detect/load/write-automata.ts';
import { writeParsedRules } from './src/detect/load/write-parsed-rules.ts';

const ROOT = import.meta.dirname;
const DIST = join(ROOT, 'dist');

/** Packages that few runs load, or that find files of their own by where they lie. */
const APART = ['pino', 'prom-client', 'undici', 'yaml'];

/**
 * yargs finds the texts of its messages by where its own module lies. To lay out help it measures texts with tables of all
 * scripts and emoji, which take longer to load than all else that help needs; ours are ASCII.
 */
const lighterYargs: Plugin = {
  name: 'lighter-yargs',
  resolveId: { filter: { id: /^string-width$/ }, handler: (id) => `\0${id}` },
  load: { filter: { id: /^\0string-width$/ }, handler: () => 'export default (text) => text.length;' },
  transform: {
    filter: { id: /\/yargs\/lib\/platform-shims\/esm\.mjs$/ },
    handler: (code) =>
      code.replaceAll(
        'import.meta.url',
        "new URL('lib/platform-shims/esm.mjs', import.meta.resolve('yargs/package.json')).href",
      ),
  },
};

/**
 * Takes what is used of Node's modules and no more: an import asks each for all that it has, and with that loads
 * what some keep for later, such as web cryptography and streams of files.
 */
const builtinsInPart: Plugin = {
  name: 'builtins-in-part',
  renderChunk: (code) =>
    code.replace(/^import \{([^}]*)\} from "([^"]+)";$/gm, (line, names: string, from: string) =>
      isBuiltin(from) ? `const {${names.replaceAll(' as ', ': ')}} = process.getBuiltinModule("${from}");` : line,
    ),
};

/**
 * Makes `dist`: the program in a few modules, what is known of the rules that come along, and the declarations of all sources.
 * Hundreds of modules, each found and read by itself, would be most of a short run.
 */
export async function build(): Promise<void> {
  const { output } = await bundle({
    cwd: ROOT,
    input: { cli: 'src/cli.ts', index: 'src/index.ts', 'scan-worker': 'src/pipeline/apart/scan-worker.ts' },
    platform: 'node',
    external: APART,
    plugins: [lighterYargs, builtinsInPart],
    output: { dir: DIST, format: 'esm', chunkFileNames: '[name].js', cleanDir: true },
    logLevel: 'warn',
  });
  writeFileSync(join(DIST, 'LICENSES.txt'), licensesOf(output.filter((part) => part.type === 'chunk')));
  await writeParsedRules(join(ROOT, 'rules'), join(DIST, 'parsed-rules.json'));
  await writeAutomata(join(ROOT, 'rules'), join(DIST, 'automata'));
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
}

/** The licences of the packages that are part of the modules, which each copy has to carry. */
function licensesOf(chunks: readonly OutputChunk[]): string {
  const folders = new Set(
    chunks.flatMap(({ moduleIds }) =>
      moduleIds.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []),
    ),
  );
  return [...folders].sort().map(licenseOf).join('\n');
}

function licenseOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((path) => /^licen[sc]e/i.test(path));
  if (file === undefined) throw new Error(`${folder} has no licence to copy`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8')}`;
}

if (import.meta.main) await build();
