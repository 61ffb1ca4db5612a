import { describe, expect, it } from 'vitest';
import { peek } from '../../src/read/peek.ts';

async function* flow(...chunks: string[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

describe('peek', () => {
  it.each<[title: string, chunks: string[], head: string, ended: boolean]>([
    ['one chunk', ['abcd', 'e'], 'abcd', false],
    ['as many chunks as it takes', ['a', 'b', 'cd', 'e'], 'abcd', false],
    ['everything if there is no more', ['a', 'b'], 'ab', true],
    ['nothing of nothing', [], '', true],
  ])('sees %s and takes none of it away', async (_title, chunks, head, ended) => {
    const peeked = await peek(flow(...chunks), 3);
    expect([peeked.head.toString(), peeked.ended]).toEqual([head, ended]);
    let all = '';
    for await (const chunk of peeked.all) all += chunk;
    expect(all).toBe(chunks.join(''));
  });
});
