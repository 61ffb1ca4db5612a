import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layOut } from '../../src/compose/layout.ts';

const ROOMY = { maxUnits: 1000, maxItems: 10 };

it('lays out title, sections, paragraphs and lists', () => {
  const sections = [
    { heading: null, paragraphs: ['One.', 'Two.'], items: [] },
    { heading: 'List', paragraphs: [], items: ['a', 'b'] },
    { heading: 'Empty', paragraphs: [], items: [] },
  ];
  expect(layOut('Title', sections, ROOMY)).toBe('# Title\n\nOne.\n\nTwo.\n\n## List\n\n- a\n- b');
});

it('says how many items it left out', () => {
  const items = Array.from({ length: 12 }, (_, index) => `item ${index}`);
  const text = layOut('T', [{ heading: 'L', paragraphs: [], items }], { ...ROOMY, maxItems: 2 });
  expect(text).toBe('# T\n\n## L\n\n- item 0\n- item 1\n- and 10 more');
});

it('gives each list its turn when room is short', () => {
  const items = (name: string) => Array.from({ length: 9 }, (_, index) => `${name}${index}`.padEnd(20, '.'));
  const sections = ['a', 'b'].map((name) => ({ heading: name, paragraphs: [], items: items(name) }));
  const text = layOut('T', sections, { maxUnits: 150, maxItems: 10 });
  expect(text.match(/^- [ab]\d/gm)).toEqual(['- a0', '- a1', '- b0', '- b1']);
});

it('ends a list at the first item that does not fit', () => {
  const sections = [{ heading: 'L', paragraphs: [], items: ['a', 'x'.repeat(200), 'b'] }];
  expect(layOut('T', sections, { maxUnits: 60, maxItems: 10 })).toBe('# T\n\n## L\n\n- a\n- and 2 more');
});

it('keeps within its limit, unless what must be said is longer already', () => {
  const section = fc.record({
    heading: fc.option(fc.constant('H')),
    paragraphs: fc.array(fc.string(), { maxLength: 2 }),
    items: fc.array(fc.string({ maxLength: 60 }), { maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.array(section, { maxLength: 4 }), fc.nat({ max: 600 }), (sections, maxUnits) => {
      const shortest = layOut('T', sections, { maxUnits: 0, maxItems: 10 }).length;
      expect(layOut('T', sections, { maxUnits, maxItems: 10 }).length).toBeLessThanOrEqual(
        Math.max(maxUnits, shortest),
      );
    }),
  );
});
