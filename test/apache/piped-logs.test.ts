import { expect, it } from 'vitest';
import { followedBehind } from '../../src/apache/piped-logs.ts';

const D2 = '[0-9][0-9]';
const D4 = `${D2}${D2}`;

it.each([
  ['dates in the name', '/usr/bin/rotatelogs /var/log/a.%Y%m%d 86400', `/var/log/a.${D4}${D2}${D2}`],
  ['options', 'rotatelogs -l -f /var/log/a-%F-%H.log 3600 60', `/var/log/a-${D4}-${D2}-${D2}-${D2}.log`],
  ['options with values', 'rotatelogs -lL /var/log/now -p /bin/zip /var/log/a.%j 5M', `/var/log/a.${D2}[0-9]`],
  ['no date: the seconds are appended', 'rotatelogs /var/log/a 86400', `/var/log/a.${D4}${D4}${D2}`],
  ['truncation', 'rotatelogs -t /var/log/a.log 86400', '/var/log/a.log'],
  ['a name in the zone', 'rotatelogs /var/log/a.%b.%a 1K', '/var/log/a.*.*'],
  ['a padding flag', 'rotatelogs /var/log/a.%-d 1K', `/var/log/a.${D2}`],
  ['a percent sign', 'rotatelogs /var/log/100%%.%d 1K', `/var/log/100%.${D2}`],
  ['characters that mean something in a glob', 'rotatelogs -t "/var/log/[a]*b?" 1K', '/var/log/[[]a][*]b[?]'],
  ['a relative path', 'bin/rotatelogs logs/a.%d 86400', `/srv/logs/a.${D2}`],
  ['a shell word before it', 'exec rotatelogs /var/log/a.%d 86400', `/var/log/a.${D2}`],
  ['cronolog', '/usr/sbin/cronolog -S /var/log/now /var/log/%Y/%m/a.log', `/var/log/${D4}/${D2}/a.log`],
  ['a circle of files', 'rotatelogs -n 5 /var/log/a 1M', null],
  ['nothing to write', 'rotatelogs', null],
  ['cronolog with nothing to write', 'cronolog', null],
  ['another program', '/usr/bin/logger -t httpd', null],
  ['a shell command', 'rotatelogs /var/log/a.%d 86400 2>&1 | cat', null],
])('%s', (_, command, glob) => {
  expect(followedBehind(command, '/srv')).toBe(glob);
});
