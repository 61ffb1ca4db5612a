import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type LogOptions, openLog, type ServiceLog } from '../../../src/commands/tail/log.ts';

const HOSTILE = 'a\u001b[2J\u202eb';

/** What is written when something is said. */
function written(options: Pick<LogOptions, 'isTerminal' | 'quiet'>, say: (log: ServiceLog) => void): string {
  const output = new PassThrough({ encoding: 'utf8' });
  say(openLog({ output, ...options }));
  return output.read() ?? '';
}

describe('at a terminal', () => {
  it.each<[string, (log: ServiceLog) => void, RegExp]>([
    ['news', (log) => log.info('reading'), /^\d\d:\d\d:\d\d reading\n$/],
    ['a warning', (log) => log.warn('pauses'), /^\d\d:\d\d:\d\d warn: pauses\n$/],
    ['an error', (log) => log.error('failed'), /^\d\d:\d\d:\d\d error: failed\n$/],
    ['facts', (log) => log.info('read', { files: 2, at: null, whole: true }), / read files=2 at=null whole=true\n$/],
    [
      'hostile text',
      (log) => log.info(HOSTILE, { source: HOSTILE }),
      / a\\x1b\[2J\\u\{202e\}b source=a\\x1b\[2J\\u\{202e\}b\n$/,
    ],
  ])('%s is a line to be read', (_, say, line) => {
    expect(written({ isTerminal: true, quiet: false }, say)).toMatch(line);
  });
});

describe('elsewhere', () => {
  it('everything is a JSON object a line, made safe', () => {
    const text = written({ isTerminal: false, quiet: false }, (log) => {
      log.info(HOSTILE, { source: HOSTILE, lines: 2 });
      log.warn('pauses');
      log.error('failed');
    });
    const [first, ...others] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const safe = 'a\\x1b[2J\\u{202e}b';
    expect(first).toEqual({ level: 'info', time: expect.stringMatching(/^20.*Z$/), source: safe, lines: 2, msg: safe });
    expect(others).toMatchObject([
      { level: 'warn', msg: 'pauses' },
      { level: 'error', msg: 'failed' },
    ]);
  });
});

it.each([true, false])('news are left out when it is to be quiet (terminal: %s)', (isTerminal) => {
  const text = written({ isTerminal, quiet: true }, (log) => {
    log.info('reading');
    log.warn('pauses');
    log.error('failed');
  });
  expect(text).not.toContain('reading');
  expect(text.trimEnd().split('\n')).toEqual([expect.stringContaining('pauses'), expect.stringContaining('failed')]);
});
