import { isIP } from 'node:net';
import type { Observable } from '../entity/judgement.ts';

/** What observables look like; the first kind that fits a word decides. */
const KINDS: readonly (readonly [string, RegExp])[] = [
  ['url', /^https?:\/\/[^/\s]+\S*$/i],
  ['sha256', /^[0-9a-f]{64}$/i],
  ['sha1', /^[0-9a-f]{40}$/i],
  ['md5', /^[0-9a-f]{32}$/i],
  ['email', /^[^@\s]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}$/i],
  ['domain', /^(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}$/i],
];

/** The observables named in a text, defanged ones too, each once: a modest version of IROH's own reading. */
export function inspect(content: string): Observable[] {
  const found = new Map<string, Observable>();
  for (const word of content.split(/[\s"'<>|,;()]+/)) {
    const observable = readWord(
      word
        .replace(/^hxxp/i, 'http')
        .replace(/\[\.\]/g, '.')
        .replace(/[.:!?]+$/, ''),
    );
    if (observable !== null) found.set(`${observable.type} ${observable.value}`, observable);
  }
  return [...found.values()];
}

function readWord(word: string): Observable | null {
  const version = isIP(word);
  if (version !== 0) return { type: version === 4 ? 'ip' : 'ipv6', value: word };
  const [type] = KINDS.find(([, pattern]) => pattern.test(word)) ?? [];
  return type === undefined ? null : { type, value: word };
}
