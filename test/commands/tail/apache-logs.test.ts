import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apacheLogs, eitherTarget } from '../../../src/commands/tail/apache-logs.ts';
import { folderWith } from '../../apache/support.ts';

const FORMATS = `
  LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
  LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
  LogFormat "%v %h %l %u %t \\"%r\\" %>s %b" with_host
  LogFormat "%{Referer}i -> %U" referer`;

function read(text: string) {
  const logs = apacheLogs(join(folderWith({ 'httpd.conf': `ServerRoot /srv\n${FORMATS}\n${text}` }), 'httpd.conf'));
  return { ...logs, warnings: logs.warnings.map(({ message }) => message) };
}

const host = (lines: string) => `<VirtualHost *:80>\n${lines}\n</VirtualHost>\n`;
const BESIDE = 'is not followed: another log tells of the same requests';

describe('the logs that are followed', () => {
  it.each([
    ['a log of the main server', 'CustomLog a.log common', ['/srv/a.log']],
    [
      'logs of virtual hosts',
      `${host('CustomLog a.log common')}${host('CustomLog b.log common')}`,
      ['/srv/a.log', '/srv/b.log'],
    ],
    ['one log of all of them', `CustomLog a.log common\n${host('')}${host('')}`, ['/srv/a.log']],
    ['what a program rotates', 'CustomLog "|rotatelogs l.%d 9" common', ['/srv/l.[0-9][0-9]']],
    [
      'all that are for some requests',
      'CustomLog a.log common env=x\nCustomLog b.log common env=!x',
      ['/srv/a.log', '/srv/b.log'],
    ],
  ])('are %s', (_, text, patterns) => {
    const logs = read(text);
    expect(logs.patterns).toEqual(patterns);
    expect(logs.warnings).toEqual([]);
  });

  it.each([
    ['the one that tells most', 'CustomLog a.log common\nCustomLog b.log combined', '/srv/b.log', '/srv/a.log'],
    ['the first of equal ones', 'CustomLog a.log common\nCustomLog b.log common', '/srv/a.log', '/srv/b.log'],
    ['the one for all requests', 'CustomLog a.log combined env=x\nCustomLog b.log common', '/srv/b.log', '/srv/a.log'],
    [
      'the one that others write, too',
      `GlobalLog a.log common\n${host('CustomLog b.log combined')}`,
      '/srv/a.log',
      '/srv/b.log',
    ],
  ])('are of several that tell of the same requests %s', (_, text, followed, left) => {
    const logs = read(text);
    expect(logs.patterns).toEqual([followed]);
    expect(logs.warnings).toEqual([`${left} ${BESIDE}`]);
  });

  it('are told apart from those that no request can be read from', () => {
    const { patterns, warnings } = read(
      `CustomLog a.log referer\nCustomLog "|/bin/logger" common\nCustomLog /dev/stdout common\nCustomLog b.log common\n${host('')}`,
    );
    expect(patterns).toEqual(['/srv/b.log']);
    expect(warnings).toEqual([
      expect.stringMatching(/^\/srv\/a.log is not followed: .* has no time/),
      'nobody can tell what "/bin/logger" writes',
      'this is no file to follow',
    ]);
  });

  it('must be there', () => {
    expect(() => read('CustomLog "|/bin/logger" common')).toThrow(
      expect.objectContaining({ code: 'no-config', message: expect.stringContaining('nobody can tell what') }),
    );
    expect(() => read('')).toThrow(/names no access log that can be followed$/);
  });
});

describe('the format of a file', () => {
  it('is that of its log', () => {
    const { formatOf } = read('CustomLog a.log common');
    expect(formatOf('/srv/a.log')?.directive).toBe('%h %l %u %t "%r" %>s %b');
    expect(formatOf('/srv/other.log')).toBeNull();
  });

  it('is that of the log whose pattern it has', () => {
    const { formatOf } = read('CustomLog "|rotatelogs a.%d 86400" common');
    expect(formatOf('/srv/a.07')?.directive).toBe('%h %l %u %t "%r" %>s %b');
    expect(formatOf('/srv/a.7')).toBeNull();
  });

  it('is left to the lines where several formats meet', () => {
    const { formatOf, patterns } = read(`${host('CustomLog a.log common')}${host('CustomLog a.log with_host')}`);
    expect(patterns).toEqual(['/srv/a.log']);
    expect(formatOf('/srv/a.log')).toBeNull();
  });
});

describe('the target behind a line', () => {
  const NAMED = `
    Listen 192.0.2.1:80
    Listen 127.0.0.1:80
    ${host('ServerName a.example.org\nServerAlias www.example.org\nCustomLog a.log common')}
    ${host('ServerName b.example.org\nCustomLog shared.log with_host')}
    <VirtualHost 192.0.2.7:80>
      ServerName c.example.org
      CustomLog shared.log with_host
    </VirtualHost>
    ${host('CustomLog nameless.log common')}
    CustomLog "|rotatelogs main.%d 86400" common`;

  it.each([
    ['the server that alone writes the file', null, 'a.log', { hostname: 'a.example.org', ips: ['192.0.2.1'] }],
    [
      'the server of the virtual host',
      'c.example.org',
      'shared.log',
      { hostname: 'c.example.org', ips: ['192.0.2.7'] },
    ],
    ['the server of the alias', 'www.example.org', 'a.log', { hostname: 'a.example.org', ips: ['192.0.2.1'] }],
    ['nobody in particular', null, 'shared.log', {}],
    ['a host that the file knows nothing of', 'd.example.org', 'shared.log', {}],
    ['a server without a name', null, 'nameless.log', {}],
    ['a file that is not followed', null, 'other.log', {}],
  ])('is %s', (_, name, file, facts) => {
    expect(read(NAMED).targetOf({ host: name, source: `/srv/${file}` })).toEqual(facts);
  });

  it('is the server of one name, whatever its ports', () => {
    const { targetOf } = read(
      `${host('ServerName a.example.org\nCustomLog a.log common')}${host('ServerName a.example.org:443\nCustomLog a.log common')}`,
    );
    expect(targetOf({ host: null, source: '/srv/a.log' })).toEqual({ hostname: 'a.example.org', ips: [] });
  });

  it('is what Sightline’s own configuration says, where it says anything', () => {
    const either = eitherTarget(
      ({ source }) => (source === 'a' ? { hostname: 'own' } : {}),
      () => ({ hostname: 'apache' }),
    );
    expect(either({ host: null, source: 'a' })).toEqual({ hostname: 'own' });
    expect(either({ host: null, source: 'b' })).toEqual({ hostname: 'apache' });
  });
});

it('warns with the place', () => {
  const folder = folderWith({});
  const path = join(folder, 'httpd.conf');
  writeFileSync(path, `CustomLog a.log CLF\n  CustomLog b.log CLF`);
  expect(apacheLogs(path).warnings).toEqual([{ path, line: 2, col: 3, message: `${folder}/b.log ${BESIDE}` }]);
});
