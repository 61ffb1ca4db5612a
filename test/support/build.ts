import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { writeParsedRules } from '../../src/detect/load/write-parsed-rules.ts';

/** Compiles the sources once before the tests, for those that run the command line as its users do. */
export default function build(): Promise<void> {
  const root = join(import.meta.dirname, '..', '..');
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  run(compiler, '-p', 'tsconfig.build.json');
  return writeParsedRules(join(root, 'rules'), join(root, 'dist', 'parsed-rules.json'));
}
