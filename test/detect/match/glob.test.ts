import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatcher, openEnd, openStart, parseGlob, plainMatcher } from '../../../src/detect/match/glob.ts';
import { View } from '../../../src/detect/view/view.ts';

describe('plainMatcher', () => {
  it('is what the value would be if it were taken to pieces', () => {
    const letters = fc.constantFrom('a', 'B', '/', '%', 'k', '\u212a', ' ', '~', '[');
    const text = fc.string({ unit: letters, maxLength: 6 });
    const value = fc.string({
      unit: fc.constantFrom('a', 'B', '/', '%', 'k', ' ', '~', '['),
      minLength: 1,
      maxLength: 2,
    });
    fc.assert(
      fc.property(
        value,
        text,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (written, sample, cased, opensStart, opensEnd) => {
          let glob = parseGlob(written);
          if (opensStart) glob = openStart(glob);
          if (opensEnd) glob = openEnd(glob);
          const slow = globMatcher(glob, cased, written);
          const plain = plainMatcher(written, cased, { opensStart, opensEnd });
          const view = new View('raw', sample);
          expect(plain).toMatchObject({ exact: slow.exact, literals: slow.literals, label: slow.label });
          expect([plain?.matches(view), plain?.locate(view)]).toEqual([slow.matches(view), slow.locate(view)]);
        },
      ),
    );
  });

  it.each(['', 'a*', '?', 'a\\b', 'é', '\u212a', 'a\n'])('leaves %j to be taken to pieces', (value) => {
    expect(plainMatcher(value, false, { opensStart: true, opensEnd: true })).toBeNull();
  });
});
