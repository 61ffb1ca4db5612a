import { describe, expect, it } from 'vitest';
import { type Knowledge, noteText } from '../../../src/deliver/enrich/knowledge.ts';

const MAX_NOTE = 5000;
const known = (value: string, changes: Partial<Knowledge> = {}): Knowledge => ({
  value,
  verdict: { disposition_name: 'Malicious' },
  judgement: null,
  ...changes,
});
const ADDRESSES = Array.from({ length: 10 }, (_, i) => `185.220.101.${i}`);

describe('noteText', () => {
  it.each([
    ['backticks', '`a'.repeat(500)],
    ['runs of backticks', `${'`'.repeat(199)}x`],
    ['controls', '\u202e'.repeat(500)],
    ['characters of two units', '\u{1f600}'.repeat(500)],
    ['markup', '<img src=x>[x](http://evil.example)'.repeat(50)],
  ])('leaves out lines that do not fit, and cuts no quotation open: %s', (_, reason) => {
    const judgement = { reason, source: reason, severity: reason, confidence: reason };
    const verdict = { disposition_name: reason, valid_time: { end_time: reason } };
    const text = noteText(
      'private intel',
      ADDRESSES.map((address) => known(address, { verdict, judgement })),
    );
    expect(text.length).toBeLessThanOrEqual(MAX_NOTE);
    expect(text.isWellFormed()).toBe(true);
    const [heading, empty, ...lines] = text.split('\n');
    expect([heading, empty]).toEqual(['What private intel knew of the attacker when the incident was reported:', '']);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(ADDRESSES.length);
    // Without its code spans, a line has nothing left that is somebody else's.
    for (const line of lines) {
      expect(line.replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')).toBe(
        '- : , until , severity , confidence , source , reason ',
      );
    }
  });

  it('tells of a disposition without a name by its number', () => {
    expect(noteText('x', [known('1.1.1.1', { verdict: { disposition: 2 } })])).toContain('- `1.1.1.1`: `2`');
  });
});
