/**
 * Reads bytes as UTF-8 (RFC 3629). A byte that belongs to no valid sequence becomes the code unit of the same value, so
 * that nothing is lost: overlong forms stay visible to {@link foldText}.
 */
export function decodeUtf8(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i] ?? 0;
    const length = sequenceLength(first);
    const point = length === 1 ? first : codePoint(bytes, i, length);
    if (point < 0) {
      text += String.fromCharCode(first);
      i += 1;
    } else {
      text += String.fromCodePoint(point);
      i += length;
    }
  }
  return text;
}

function sequenceLength(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 1;
}

/** @returns -1 when the bytes are no valid sequence. */
function codePoint(bytes: readonly number[], at: number, length: number): number {
  let point = (bytes[at] ?? 0) & (0xff >> (length + 1));
  for (let i = at + 1; i < at + length; i += 1) {
    const byte = bytes[i] ?? 0;
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 0x3f);
  }
  const smallest = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < smallest || point > 0x10ffff || isSurrogate ? -1 : point;
}
