/** Encodings that a rule's value may be put into before it is looked for; one code unit a byte. */
export const BYTE_ENCODINGS: ReadonlyMap<string, (text: string) => string> = new Map([
  ['wide', (text: string) => utf16(text)],
  ['utf16le', (text: string) => utf16(text)],
  ['utf16be', (text: string) => Buffer.from(text, 'utf16le').swap16().toString('latin1')],
  ['utf16', (text: string) => `\xff\xfe${utf16(text)}`],
]);

function utf16(text: string): string {
  return Buffer.from(text, 'utf16le').toString('latin1');
}

/** @param bytes - one code unit a byte */
export function toBase64(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('base64');
}

/**
 * The three texts of which one stands in base64 text that holds the bytes somewhere, whatever stands before and after:
 * characters that also depend on neighbouring bytes are left away.
 */
export function toBase64Offsets(bytes: string): readonly string[] {
  const first = [0, 2, 3];
  return first.map((skipped, offset) => {
    const encoded = toBase64('\0'.repeat(offset) + bytes);
    const whole = Math.floor(((offset + bytes.length) * 8) / 6);
    return encoded.slice(skipped, whole);
  });
}

/** UTF-8 bytes of a text, one code unit a byte. */
export function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
