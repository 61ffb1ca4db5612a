import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Beside the compiled program only: run from its sources, it reads every rule as YAML. */
const PARSED_RULES = join(import.meta.dirname, '..', '..', 'parsed-rules.json');

/** Values of a file's YAML documents by the SHA-256 of its text. */
export type ParsedRules = Readonly<Record<string, readonly unknown[]>>;

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/**
 * What the build made of the rules that come along: reading their YAML would take most of a short run's time. Another file,
 * and one that was changed, is not among them.
 */
export async function readParsedRules(path: string = PARSED_RULES): Promise<ParsedRules> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  return JSON.parse(text);
}
