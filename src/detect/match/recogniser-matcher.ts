import { Memory } from '../memory.ts';
import type { Recogniser } from '../recognise/recogniser.ts';
import { DEFAULT_LIMITS } from '../view/subject.ts';
import { floating, type Matcher } from './matcher.ts';

/** Texts that are remembered: two generations of so many. Most values of parameters recur, whatever stands beside them. */
const MAX_REMEMBERED = 1024;
/** Longer texts hardly recur. */
const MAX_REMEMBERED_LENGTH = 128;

/** A recogniser as the value of an item; it sees as much of a text as is decoded. */
export function recogniserMatcher(recogniser: Recogniser): Matcher {
  const { hint } = recogniser;
  const remembered = new Memory<boolean>(MAX_REMEMBERED);
  const judge = (text: string) => {
    if (hint !== null && !hint.test(text)) return null;
    const { maxTextLength } = DEFAULT_LIMITS;
    return recogniser.recognise(text.length > maxTextLength ? text.slice(0, maxTextLength) : text);
  };
  return {
    matches({ text }) {
      if (text.length > MAX_REMEMBERED_LENGTH) return judge(text) !== null;
      const known = remembered.get(text);
      if (known !== undefined) return known;
      const verdict = judge(text) !== null;
      if (remembered.recurs(text)) remembered.set(text, verdict);
      return verdict;
    },
    locate: ({ text }) => judge(text),
    exact: null,
    literals: recogniser.needles.length === 0 ? [] : [recogniser.needles.map(floating)],
    label: recogniser.name,
  };
}
