import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the built program only: run from its sources, it finds everything out by itself. */
const PARSED_RULES = join(import.meta.dirname, 'parsed-rules.json');

/** What is known of a document without looking at its text. */
export interface KnownDocument {
  readonly value: unknown;
  /** What was made of its value, by names: what is not among it is made, and then is. */
  readonly made: Record<string, unknown>;
}

/** Documents of a file by the digest of its text. */
export type ParsedRules = Readonly<Record<string, readonly KnownDocument[]>>;

export function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}

/**
 * What the build made of the rules that come along, by the same code that otherwise makes it now: this would take most of a
 * short run's time. Another file, and one that was changed, is not among them.
 */
export function readParsedRules(path: string = PARSED_RULES): ParsedRules {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  return JSON.parse(text);
}
