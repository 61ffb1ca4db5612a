import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keepLine, showLine } from '../../src/correlate/evidence.ts';
import { makeEntry, makeHit, makeRule } from './fixtures.ts';

function evidenceOf(text: string) {
  const entry = makeEntry(0);
  const line = { ...entry.line, text, length: text.length };
  return showLine(keepLine(makeHit(makeRule('r'), { ...entry, line })));
}

const digest = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex');

describe('evidence', () => {
  it('names the place, the time, what matched, and the digest of the bytes', () => {
    const entry = makeEntry(0);
    const { source, number, offset, length, text } = entry.line;
    expect(showLine(keepLine(makeHit(makeRule('r'), entry)))).toEqual({
      source,
      line: number,
      offset,
      length,
      time: entry.time,
      sha256: digest(text),
      text,
      field: 'c-uri',
      view: 'raw',
      matched: '/login',
    });
  });

  it.each([
    ['bytes above 0x7f', 'caf\xe9 \xff\x00', 'caf\xe9 \xff\x00'],
    ['a line as long as the bound', 'a'.repeat(2048), 'a'.repeat(2048)],
    ['a longer line is cut, its digest is of the whole', `${'\xe9'.repeat(2048)}tail`, '\xe9'.repeat(2048)],
  ])('%s', (_, text, shown) => {
    expect(evidenceOf(text)).toMatchObject({ text: shown, sha256: digest(text), length: text.length });
  });
});
