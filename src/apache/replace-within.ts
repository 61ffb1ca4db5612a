/** The text with every match replaced; null if that would make it longer than `maxLength`. */
export function replaceWithin(
  text: string,
  pattern: RegExp,
  standIn: (match: string) => string,
  maxLength: number,
): string | null {
  let length = text.length;
  const replaced = text.replace(pattern, (match) => {
    // Once it is too long, nothing more is put in: the result is thrown away.
    const value = length > maxLength ? '' : standIn(match);
    length += value.length - match.length;
    return value;
  });
  return length > maxLength ? null : replaced;
}
