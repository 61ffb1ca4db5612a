/** Shorter runs are words, numbers and names far more often than encoded text. */
const RUN = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const WHOLE = /^[A-Za-z0-9+/_ -]{16,}={0,2}$/;

/**
 * Replaces each run of base64 (RFC 4648, either alphabet) that decodes to text, as ASCII or UTF-16, by that text. Where a
 * text is one run, a `+` that was read as a space is taken back.
 *
 * @returns the same string when nothing decodes to text
 */
export function decodeBase64Runs(text: string): string {
  if (text.includes(' ') && WHOLE.test(text)) {
    const decoded = decodeRun(text.replaceAll(' ', '+'));
    if (decoded !== null) return decoded;
  }
  return text.replace(RUN, (run) => decodeRun(run) ?? run);
}

function decodeRun(run: string): string | null {
  const text = Buffer.from(run, 'base64').toString('latin1');
  if (isText(text)) return text;
  const isWide = text.length % 2 === 0 && /^(?:[^\0]\0)+$/.test(text);
  const narrow = isWide ? text.replaceAll('\0', '') : '';
  return narrow !== '' && isText(narrow) ? narrow : null;
}

function isText(decoded: string): boolean {
  return /^[\t\n\r\x20-\x7e]+$/.test(decoded);
}
