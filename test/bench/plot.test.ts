import { expect, it } from 'vitest';
import { type Plot, plotSvg } from '../../bench/plot.ts';

const plot: Plot = {
  file: 'cpu.svg',
  title: 'CPU <time> & "cost"',
  x: { label: 'lines', scale: 'linear' },
  y: { label: 'CPU time, s', scale: 'linear' },
  series: [
    {
      name: 'one',
      points: [
        [0, 0],
        [60, 3],
        [120, 6],
      ],
    },
    { name: 'two', points: [[120, 1]] },
  ],
};
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
const linesOf = (svg: string) =>
  [...svg.matchAll(/<polyline[^>]*points="([^"]*)"/g)].map(([, points = '']) =>
    points.split(' ').map((point) => point.split(',').map(Number)),
  );

it('draws a line for each series, straight where the figures are', () => {
  const [one = [], two = []] = linesOf(plotSvg(plot));
  expect(one).toEqual([
    [72, 340],
    [386, 192],
    [700, 44],
  ]);
  expect(two).toHaveLength(1);
  expect(textsOf(plotSvg(plot))).toEqual(expect.arrayContaining(['one', 'two']));
});

it('tells the units and round ticks at both axes', () => {
  expect(textsOf(plotSvg(plot))).toEqual(
    expect.arrayContaining([
      'lines',
      'CPU time, s',
      '0',
      '20',
      '40',
      '60',
      '80',
      '100',
      '120',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
    ]),
  );
});

it.each([
  [0.0007, '0.0002'],
  [13, '2.5'],
  [999, '200'],
  [29, '5'],
  [55, '10'],
])('ticks of an axis up to %d are round', (most, step) => {
  const svg = plotSvg({ ...plot, series: [{ name: 'one', points: [[most, 1]] }] });
  expect(textsOf(svg)).toContain(step);
});

it('sets powers of ten at even distances on a logarithmic axis', () => {
  const points = [
    [10, 1],
    [100, 1],
    [1000, 1],
  ] as const;
  const svg = plotSvg({ ...plot, x: { label: 'addresses', scale: 'log' }, series: [{ name: 'one', points }] });
  expect(linesOf(svg)[0]?.map(([x]) => x)).toEqual([72, 386, 700]);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['10', '100', '1,000']));
});

it.each<[string, Plot['x']['scale'], readonly (readonly [number, number])[]]>([
  ['nothing', 'linear', []],
  ['a single zero', 'linear', [[0, 0]]],
  ['a single value on a logarithmic axis', 'log', [[100, 1]]],
])('draws %s without a number that is none', (_, scale, points) => {
  expect(plotSvg({ ...plot, x: { label: 'x', scale }, series: [{ name: 'one', points }] })).not.toMatch(/NaN|Infinity/);
});

it('is XML whatever the texts are, and the same each time', () => {
  const svg = plotSvg(plot);
  expect(svg).toContain('<title>CPU &lt;time> &amp; &quot;cost&quot;</title>');
  expect(plotSvg(plot)).toBe(svg);
});
