import { expect, it } from 'vitest';
import { configLines } from '../../src/apache/config-lines.ts';

const linesOf = (text: string) => [...configLines('a.conf', text)].map((it) => [it.line, it.col, it.text]);

it.each([
  ['space around a line', '  Listen 80 \t\n', [[1, 3, 'Listen 80']]],
  ['empty lines and comments', '\n# one\n\t# two\nListen 80', [[4, 1, 'Listen 80']]],
  [
    'a line that goes on',
    'A "x \\\n  y" \\\nz\nB',
    [
      [1, 1, 'A "x   y" z'],
      [4, 1, 'B'],
    ],
  ],
  ['a comment that goes on', '# one \\\nListen 80\nListen 81', [[3, 1, 'Listen 81']]],
  [
    'line ends of Windows',
    'A \\\r\nb\r\nC\r\n',
    [
      [1, 1, 'A b'],
      [3, 1, 'C'],
    ],
  ],
  ['a backslash at the very end', 'A \\', [[1, 1, 'A \\']]],
  ['a sign of a comment within a line', 'A #b', [[1, 1, 'A #b']]],
])('%s', (_, text, lines) => {
  expect(linesOf(text)).toEqual(lines);
});
