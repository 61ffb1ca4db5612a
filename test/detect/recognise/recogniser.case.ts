import { describe, expect, it } from 'vitest';
import type { Recogniser } from '../../../src/detect/recognise/recogniser.ts';

/** Rows that every recogniser's tests share: what it finds, by shape, and the near misses it must leave alone. */
export function describeRecogniser(
  recogniser: Recogniser,
  attacks: Readonly<Record<string, readonly string[]>>,
  nearMisses: readonly string[],
): void {
  const rows = Object.entries(attacks).flatMap(([shape, texts]) => texts.map((text) => ({ shape, text })));

  describe(recogniser.name, () => {
    it.each(rows)('finds $shape in $text', ({ shape, text }) => {
      const found = recogniser.recognise(text);
      expect(found?.shape).toBe(shape);
      expect(found?.start).toBeGreaterThanOrEqual(0);
      expect(found?.end).toBeGreaterThanOrEqual(found?.start ?? 0);
      expect(found?.end).toBeLessThanOrEqual(text.length);
    });

    it.each(rows)('has a needle for $text', ({ text }) => {
      const lower = text.toLowerCase();
      expect(recogniser.needles.filter((needle) => lower.includes(needle))).not.toEqual([]);
    });

    it.each(nearMisses)('leaves alone: %s', (text) => {
      expect(recogniser.recognise(text)).toBeNull();
    });
  });
}
