import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../src/document/document.ts';

const read = (text: string) => readDocuments('file.yml', text);

describe('readDocuments', () => {
  it('reads every document of a text', () => {
    const { documents, faults } = read('a: 1\n---\nb: [2, 3]\n');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: [2, 3] }]);
    expect(faults).toEqual([]);
  });

  it.each([
    ['', 'nothing'],
    ['# later\n', 'a comment alone'],
  ])('finds no document in %j: %s', (text) => {
    expect(read(text)).toEqual({ documents: [], faults: [] });
  });

  it.each([
    ['a syntax error', 'a: [1\nb: 2\n', { line: 2 }],
    ['a duplicate key', 'a: 1\na: 2\n', { line: 2, col: 1 }],
    ['an unknown anchor', 'a: *x\n', { line: 1 }],
  ])('%s becomes a fault with its place', (_, text, place) => {
    const { documents, faults } = read(text);
    expect(documents).toEqual([]);
    expect(faults[0]).toMatchObject({ path: 'file.yml', ...place });
  });

  it('refuses an alias bomb', () => {
    const rows = Array.from(
      { length: 12 },
      (_, i) =>
        `l${i}: &l${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*l${i - 1}`)
          .join(', ')}]`,
    );
    const { documents, faults } = read(rows.join('\n'));
    expect(documents).toEqual([]);
    expect(faults).toHaveLength(1);
  });

  it('keeps the good documents beside a bad one', () => {
    const { documents, faults } = read('a: 1\n---\nb: [\n---\nc: 3\n');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(faults.length).toBeGreaterThan(0);
  });

  it.each([
    [['list', 1, 'key'], 'value', { line: 4, col: 10 }],
    [['list', 1, 'key'], 'key', { line: 4, col: 5 }],
    [['list', 7, 'key'], 'value', { line: 3, col: 3 }],
    [['nothing'], 'value', { line: 1, col: 1 }],
    [['top'], 'key', { line: 1, col: 1 }],
    [[], 'value', { line: 1, col: 1 }],
  ] as const)('finds the place of %j (%s)', (place, end, expected) => {
    const { documents } = read('top: 1\nlist:\n  - key: a\n  - key: b\n');
    expect(documents[0]?.fault(place, 'm', end)).toEqual({ path: 'file.yml', message: 'm', ...expected });
  });
});
