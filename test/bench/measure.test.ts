import { expect, it } from 'vitest';
import { isInstalled, measure, medianOf } from '../../bench/measure.ts';

const node = (script: string) => [process.execPath, '-e', script];

it('tells what a command took, with what it started', () => {
  const inner = JSON.stringify('let n = 0; while (performance.now() < 300) n++;');
  const { cpuS, wallS } = measure(node(`require('child_process').execFileSync(process.execPath, ['-e', ${inner}])`));
  // The loop itself, which a child of the command runs.
  expect(cpuS).toBeGreaterThan(0.02);
  expect(wallS).toBeGreaterThan(0.2);
});

it('knows no peak memory without GNU time', () => {
  expect(measure(['true'], false).peakMiB).toBeNull();
});

it('throws what a failing command has written', () => {
  expect(() => measure(node("console.error('why it failed'); process.exit(3)"))).toThrow(/ended with 3: why it failed/);
});

it.each([
  ['sh', true],
  ['no-such-program-here', false],
])('%s is installed: %s', (program, expected) => {
  expect(isInstalled(program)).toBe(expected);
});

it('medianOf takes the middle of each quantity apart', () => {
  const usages = [
    { cpuS: 3, wallS: 10, peakMiB: 7 },
    { cpuS: 1, wallS: 30, peakMiB: null },
    { cpuS: 2, wallS: 20, peakMiB: 9 },
  ];
  expect(medianOf(usages)).toEqual({ cpuS: 2, wallS: 20, peakMiB: 7 });
  expect(medianOf([{ cpuS: 1, wallS: 1, peakMiB: null }]).peakMiB).toBeNull();
});
