import { describe, expect, it } from 'vitest';
import { describeResults, type Measured, tableOf, withFigures } from '../../bench/results.ts';

const usage = (cpuS: number, wallS = cpuS) => ({ cpuS, wallS, peakMiB: 100.4 });

function describeCases(cases: readonly Measured[]): string {
  return describeResults({
    date: '2026-11-22',
    machine: 'a machine',
    settings: 'Settings.',
    sections: [{ title: 'One log', cases, plots: [] }],
  });
}

describe('describeResults', () => {
  it('tells what a line costs beside another program, also when that one has read fewer lines', () => {
    const text = describeCases([
      { name: 'grep', lines: 1000, usage: usage(0.5) },
      { name: 'ours', lines: 2000, usage: usage(3), against: { cases: ['grep'], by: 'cpuS' } },
    ]);
    expect(text).toContain('| grep | 1,000 |  0.50 |');
    expect(text).toContain('| ours | 2,000 |  3.00 |');
    expect(text).toMatch(/\| +667 \| +3\.00 x grep \|/);
  });

  it('adds up what a case is held against, and tells when it is wall time', () => {
    const against = { cases: ['plain', 'gzip -dc'], by: 'wallS' } as const;
    const text = describeCases([
      { name: 'plain', lines: 10, usage: usage(9, 3) },
      { name: 'gzip -dc', lines: 10, usage: usage(9, 1) },
      { name: 'packed', lines: 10, usage: usage(1, 5), against },
    ]);
    expect(text).toContain('| 1.25 x plain + gzip -dc, by wall time |');
  });

  it.each<[string, Measured[]]>([
    ['is not installed', [{ name: 'zstd', lines: 10, usage: null }]],
    ['is not in the section', []],
    ['took no time that could be told', [{ name: 'zstd', lines: 10, usage: usage(0) }]],
  ])('holds a case against nothing that %s', (_, others) => {
    const text = describeCases([
      ...others,
      { name: 'ours', lines: 10, usage: usage(1), against: { cases: ['zstd'], by: 'cpuS' } },
    ]);
    expect(text).not.toContain(' x ');
    expect(text).toContain('| ours ');
  });

  it('tells what does not run here, and leaves out what was not measured', () => {
    const text = describeCases([
      { name: 'rg', lines: 0, usage: null },
      { name: '--help', lines: 0, usage: { cpuS: 0.1, wallS: 0.2, peakMiB: null } },
    ]);
    expect(text).toMatch(/\| rg +\| does not run here \|/);
    expect(text).toMatch(/\| --help +\| +\| +0\.10 \| +0\.20 \| +\| +\| +\|/);
  });

  it('shows the pictures of a section under its table', () => {
    const axis = { label: 'lines', scale: 'linear' } as const;
    const plots = [{ file: 'cpu.svg', title: 'CPU time', x: axis, y: axis, series: [] }];
    const sections = [{ title: 'Sizes', cases: [], plots }];
    const text = describeResults({ date: '2026-11-22', machine: 'm', settings: 's', sections });
    expect(text.startsWith('2026-11-22, m. s\n\n### Sizes\n\n|')).toBe(true);
    expect(text.endsWith('|\n\n![CPU time](performance/cpu.svg)')).toBe(true);
  });
});

it('tableOf sets numbers at the right and fills short rows', () => {
  expect(tableOf([['name', 'n'], ['a', '1'], ['long name']])).toBe(
    ['| name      |   n |', '|-----------|----:|', '| a         |   1 |', '| long name |     |'].join('\n'),
  );
});

describe('withFigures', () => {
  const page = 'Before.\n<!-- figures: made by npm run bench -- --write -->old<!-- end of figures -->\nAfter.\n';

  it('replaces what stands between the marks, and only that', () => {
    const made = withFigures(page, 'new');
    expect(made).toMatch(/^Before\.\n<!--[^>]*-->\n\nnew\n\n<!-- end of figures -->\nAfter\.\n$/);
    expect(withFigures(made, 'new')).toBe(made);
  });

  it('refuses a page without the marks', () => {
    expect(() => withFigures('A page.', 'new')).toThrow('the page has no place between <!--');
  });
});
