import { addressType, canonicalAddress } from '../../address/address.ts';
import type { InspectedObservable } from '../../ctia/ctia.ts';

/** Longer words are no observables. */
const MAX_WORD = 2048;
const HASHES: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' };
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const DOMAIN = new RegExp(`^(?=.{4,253}$)(?:${LABEL}\\.){1,20}[a-z]{2,24}$`);
/** Ends of file names that would pass for domains. */
const FILE_ENDS = new Set(
  'asp aspx bak bat bin cfg cgi conf css csv dll doc docx exe gif gz htm html ico ini jar jpeg jpg js json jsp log md pdf php png ps1 rar sql svg tar tmp txt war xls xlsx xml yaml yml'.split(
    ' ',
  ),
);

/**
 * Observables in a text, each once, in their order: addresses, URLs, domains, e-mail addresses and file hashes, written
 * plainly or defanged (`hxxp://bad[.]example`). Takes time linear in the text.
 */
export function extractObservables(text: string): InspectedObservable[] {
  const found = new Map<string, InspectedObservable>();
  for (const word of text.split(/[\s"'<>`,;|]+/)) {
    if (word.length > MAX_WORD) continue;
    const plain = refang(word);
    // An IPv6 address may end in colons, which for all else are punctuation.
    const observable = readAddress(plain) ?? readWord(trim(plain));
    if (observable !== null) found.set(`${observable.type} ${observable.value}`, observable);
  }
  return [...found.values()];
}

/** An observable's value written so that no program takes it for a link. */
export function defang({ type, value }: InspectedObservable): string {
  if (type === 'ipv6') return value.replaceAll(':', '[:]');
  if (type === 'email') return value.replace('@', '[@]').replaceAll('.', '[.]');
  if (type === 'ip' || type === 'domain' || type === 'hostname') return value.replaceAll('.', '[.]');
  if (type !== 'url') return value;
  const [, scheme = '', host = '', rest = ''] = /^([a-z]+):\/\/([^/?#]*)(.*)$/is.exec(value) ?? [];
  return host === ''
    ? value
    : `${scheme.replace(/^ht+p/i, 'hxxp').replace(/^ftp/i, 'fxp')}://${host.replaceAll('.', '[.]')}${rest}`;
}

/** Undoes the usual ways of writing an observable harmlessly. */
function refang(word: string): string {
  return word
    .replace(/^hxxp/i, 'http')
    .replace(/^fxp/i, 'ftp')
    .replace(/\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)/gi, '.')
    .replace(/\[:\]/g, ':')
    .replace(/\[@\]|\[at\]|\(at\)/gi, '@')
    .replace(/\[:\/\/\]/g, '://');
}

/** Without the punctuation around it. */
function trim(word: string): string {
  let [start, end] = [0, word.length];
  while (start < end && '([{'.includes(word.charAt(start))) start++;
  while (end > start && '.,:;!?)]}'.includes(word.charAt(end - 1))) end--;
  return word.slice(start, end);
}

function readAddress(word: string): InspectedObservable | null {
  const type = addressType(word);
  return type === null ? null : { type, value: canonicalAddress(word) ?? word };
}

function readWord(word: string): InspectedObservable | null {
  if (/^(?:https?|ftp):\/\/[^/?#]/i.test(word)) return URL.canParse(word) ? { type: 'url', value: word } : null;
  const address = readAddress(word);
  if (address !== null) return address;
  const lower = word.toLowerCase();
  const hash = HASHES[word.length];
  if (hash !== undefined && /^[0-9a-f]+$/.test(lower)) return { type: hash, value: lower };
  const at = lower.indexOf('@');
  if (at > 0) {
    const isEmail = at <= 64 && /^[\w.!#$%&*+/=?^{}~-]+$/.test(lower.slice(0, at)) && DOMAIN.test(lower.slice(at + 1));
    return isEmail ? { type: 'email', value: lower } : null;
  }
  const ending = lower.slice(lower.lastIndexOf('.') + 1);
  return DOMAIN.test(lower) && !FILE_ENDS.has(ending) ? { type: 'domain', value: lower } : null;
}
