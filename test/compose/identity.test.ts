import fc from 'fast-check';
import { expect, it } from 'vitest';
import { externalId, externalIdOfText, transientId } from '../../src/compose/identity.ts';

it("agrees with the worked example of Cisco's guide, in lower case", () => {
  expect(externalId('my-prefix-', 'sighting', ['some.really.bad.domain.name.online', '2020-03-13'])).toBe(
    'my-prefix-sighting-94341c82436c8d717c1d51cf13514d2f333987b1ec62b3d23693028daa71c908',
  );
});

it('names the transient id after the external one', () => {
  expect(transientId('a-incident-00')).toBe('transient:a-incident-00');
});

it.each([
  ['a bar inside a fact', ['a|b'], ['a', 'b']],
  ['a bar at an end', ['a|', 'b'], ['a', '|b']],
  ['a backslash before a bar', ['a\\', 'b'], ['a\\|b']],
  ['an empty fact', ['a', ''], ['a']],
])('tells apart lists that differ by %s', (_, one, other) => {
  expect(externalId('p-', 'x', one)).not.toBe(externalId('p-', 'x', other));
});

const facts = fc.array(fc.stringMatching(/^[ab|\\]{0,4}$/), { minLength: 1, maxLength: 3 });

it('gives the same id for the same facts only', () => {
  fc.assert(
    fc.property(facts, facts, (one, other) => {
      const equal = JSON.stringify(one) === JSON.stringify(other);
      expect(externalId('p-', 'x', one) === externalId('p-', 'x', other)).toBe(equal);
    }),
    { numRuns: 1000 },
  );
});

it('gives a long fact the id that it has among facts, wherever its pieces end', () => {
  const unit = fc.constantFrom('a|b\\', 'é', '😀', '\ud83d', '0123456789abcdef');
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 4 }), unit, fc.integer({ min: 0, max: 9000 }), (head, repeated, times) => {
      const text = head.join('') + repeated.repeat(times);
      expect(externalIdOfText('p-', 'bundle', text)).toBe(externalId('p-', 'bundle', [text]));
    }),
  );
});
