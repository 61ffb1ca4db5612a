import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Compiles the sources once before the tests, for those that run the command line as its users do. */
export default function build(): void {
  const root = join(import.meta.dirname, '..', '..');
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  run(compiler, '-p', 'tsconfig.build.json');
  run('dist/detect/load/write-parsed-rules.js', 'rules', 'dist/parsed-rules.json');
}
