/**
 * The text of a comment that somebody wrote as HTML. It is text from then on, not markup, so nothing needs to be
 * thorough here but the time it takes: each pattern stops at the next `<` or `&`.
 */
export function textOfHtml(html: string): string {
  return html
    .replace(/\r?\n/g, ' ')
    .replace(/<br[^<>]*>|<\/(?:p|div|li|tr|h[1-6]|pre|blockquote)>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,6});/gi, (whole, name: string) => decode(name) ?? whole)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function decode(name: string): string | undefined {
  if (!name.startsWith('#')) return NAMED[name.toLowerCase()];
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
