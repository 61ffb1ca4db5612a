/** A host with or without port, as it stands in a log or in an authority. */
export interface HostAndPort {
  /** Lower case, without user information, port, final dot or the brackets of an IPv6 address. */
  readonly host: string | null;
  readonly port: number | null;
}

const PORT = /^\d{1,5}$/;

/** Splits `user@Example.org:8080`, `[2001:db8::1]:80` and the like. */
export function splitHost(authority: string): HostAndPort {
  const text = authority.slice(authority.lastIndexOf('@') + 1);
  const bracket = text.startsWith('[') ? text.indexOf(']') : -1;
  const colon = bracket > 0 ? text.indexOf(':', bracket) : text.indexOf(':');
  // Two colons and no brackets: a bare IPv6 address.
  if (bracket < 0 && colon >= 0 && text.includes(':', colon + 1)) return { host: nameOf(text), port: null };
  const name = bracket > 0 ? text.slice(1, bracket) : colon < 0 ? text : text.slice(0, colon);
  const port = colon < 0 ? '' : text.slice(colon + 1);
  return { host: nameOf(name), port: PORT.test(port) ? Number(port) : null };
}

function nameOf(text: string): string | null {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  return name === '' ? null : name;
}
