import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApacheBounds, readApacheConfig } from '../../src/apache/apache.ts';
import { folderWith } from './support.ts';

/** Reads a configuration with these files in the server root; paths are given without it. */
function read(files: Readonly<Record<string, string>>, bounds: Partial<ApacheBounds> = {}) {
  const folder = folderWith(files);
  const { servers, warnings } = readApacheConfig(join(folder, 'httpd.conf'), bounds);
  const inside = (path: string | null) => path?.replace(`${folder}/`, '') ?? null;
  return {
    folder,
    servers: servers.map((server) => ({
      ...server,
      logs: server.logs.map((log) => ({ ...log, pattern: inside(log.pattern) })),
    })),
    warnings: warnings.map(({ path, line, col, message }) => ({
      at: `${inside(path)}:${line}:${col}`,
      message: message.replaceAll(`${folder}/`, ''),
    })),
  };
}

const readText = (text: string, bounds: Partial<ApacheBounds> = {}) => read({ 'httpd.conf': text }, bounds);
/** The files of the main server. */
const logsOf = (text: string) => readText(text).servers[0]?.logs.map(({ pattern }) => pattern);
const COMMON = '%h %l %u %t "%r" %>s %b';

describe('a log', () => {
  it.each([
    ['a nickname', 'LogFormat "%h %t" short\nCustomLog a.log short', '%h %t'],
    ['a nickname that is defined later', 'CustomLog a.log short\nLogFormat "%h %t" short', '%h %t'],
    ['the format itself', 'CustomLog a.log "%h \\"%r\\" %t"', '%h "%r" %t'],
    ['the nickname that is always there', 'CustomLog a.log CLF', COMMON],
    ['the default of the default', 'TransferLog a.log', COMMON],
    ['the default', 'LogFormat "%h %t"\nTransferLog a.log', '%h %t'],
    ['a nickname as default', 'TransferLog a.log\nLogFormat short\nLogFormat "%h %t" short', '%h %t'],
    ['a nickname that is not defined, as Apache takes it', 'CustomLog a.log combned', 'combned'],
    ['directives in any case', 'LOGFORMAT "%h %t" Short\ncustomlog a.log Short', '%h %t'],
    ['a line that goes on', 'CustomLog a.log \\\n  "%h \\\n%t"', '%h %t'],
  ])('has the format of %s', (_, text, format) => {
    expect(readText(text).servers[0]?.logs).toMatchObject([{ pattern: 'a.log', format }]);
  });

  it('lies in the server root, unless its path is whole', () => {
    expect(logsOf('ServerRoot /srv/www\nCustomLog logs/a.log CLF\nCustomLog /var/log/b.log CLF')).toEqual([
      '/srv/www/logs/a.log',
      '/var/log/b.log',
    ]);
  });

  it('tells where it is written, and that it is for some requests only', () => {
    const { servers } = readText('\n  CustomLog a.log CLF env=!image\n  CustomLog b.log CLF');
    expect(servers[0]?.logs).toMatchObject([
      { conditional: true, place: { line: 2, col: 3 } },
      { conditional: false, place: { line: 3, col: 3 } },
    ]);
  });

  it.each([
    ['"|/usr/bin/rotatelogs /var/log/a.%Y 86400"', '/usr/bin/rotatelogs /var/log/a.%Y 86400'],
    ['"||/usr/bin/rotatelogs /var/log/a.%Y 86400"', '/usr/bin/rotatelogs /var/log/a.%Y 86400'],
    ['"|$ /usr/bin/rotatelogs /var/log/a.%Y 86400"', '/usr/bin/rotatelogs /var/log/a.%Y 86400'],
  ])('may be a pipe: %s', (pipe, piped) => {
    const pattern = '/var/log/a.[0-9][0-9][0-9][0-9]';
    expect(readText(`CustomLog ${pipe} CLF`).servers[0]?.logs).toMatchObject([{ piped, pattern }]);
  });

  it.each(['/dev/stdout', '/proc/self/fd/1', '"|/usr/bin/logger"'])('may be nothing to follow: %s', (destination) => {
    expect(logsOf(`CustomLog ${destination} CLF`)).toEqual([null]);
  });

  it('may be thrown away', () => {
    expect(logsOf('CustomLog /dev/null CLF')).toEqual([]);
  });

  it.each(['CustomLog', 'CustomLog a.log', 'TransferLog', 'GlobalLog a.log'])('needs all its words: %s', (text) => {
    const { servers, warnings } = readText(text);
    expect(servers[0]?.logs).toEqual([]);
    expect(warnings).toEqual([{ at: 'httpd.conf:1:1', message: 'expected a file or a pipe, and a format' }]);
  });
});

describe('virtual hosts', () => {
  it('log to files of their own, or else where the main server does', () => {
    const { servers } = readText(`
      CustomLog main.log CLF
      <VirtualHost *:80>
        CustomLog own.log CLF
      </VirtualHost>
      <VirtualHost *:80>
      </VirtualHost>
      CustomLog second.log CLF`);
    expect(servers.map(({ logs }) => logs.map(({ pattern }) => pattern))).toEqual([
      ['main.log', 'second.log'],
      ['own.log'],
      ['main.log', 'second.log'],
    ]);
  });

  it('log to global logs as well', () => {
    const { servers } = readText('GlobalLog all.log CLF\n<VirtualHost *>\nCustomLog own.log CLF\n</VirtualHost>');
    expect(servers.map(({ logs }) => logs.map(({ pattern }) => pattern))).toEqual([
      ['all.log'],
      ['own.log', 'all.log'],
    ]);
  });

  it('have formats of their own before those of the main server', () => {
    const { servers } = readText(`
      LogFormat "%h" x
      LogFormat "%h %u" y
      CustomLog a.log x
      <VirtualHost *:80>
        LogFormat "%t" x
        CustomLog b.log x
        CustomLog c.log y
      </VirtualHost>`);
    expect(servers.map(({ logs }) => logs.map(({ format }) => format))).toEqual([['%h'], ['%t', '%h %u']]);
  });

  it.each([
    ['a name', 'www.Example.org', { host: 'www.example.org', port: null }],
    ['a port', 'www.example.org:8080', { host: 'www.example.org', port: 8080 }],
    ['a scheme', 'https://www.example.org:443', { host: 'www.example.org', port: 443 }],
    ['an address', '[2001:db8::1]:80', { host: '[2001:db8::1]', port: 80 }],
  ])('are called by %s', (_, name, expected) => {
    const { servers } = readText(`<VirtualHost *:80>\nServerName ${name}\n</VirtualHost>`);
    expect(servers).toMatchObject([{ host: null, port: null }, expected]);
  });

  it('have the name of the main server when they have none', () => {
    const { servers } = readText('<VirtualHost *:80>\n</VirtualHost>\nServerName a.example.org');
    expect(servers.map(({ host }) => host)).toEqual(['a.example.org', 'a.example.org']);
  });

  it('have aliases and addresses', () => {
    const { servers } = readText(`
      Listen 80
      Listen 192.0.2.1:443 https
      Listen [2001:db8:0::1]:443
      Listen 0.0.0.0:81
      <VirtualHost 192.0.2.7:80 192.0.2.7:443 [2001:DB8::7]:80 _default_:80 *:82 www.example.org [::]:83>
        ServerAlias A.example.org b.example.org
        ServerAlias *.example.com
      </VirtualHost>`);
    expect(servers).toMatchObject([
      { aliases: [], addresses: ['192.0.2.1', '2001:db8::1'] },
      { aliases: ['a.example.org', 'b.example.org', '*.example.com'], addresses: ['192.0.2.7', '2001:db8::7'] },
    ]);
  });
});

describe('sections', () => {
  const holds = (condition: string, before = '') =>
    logsOf(`${before}\n<${condition}>\nCustomLog a.log CLF\n</${condition.split(' ')[0]}>`)?.length === 1;
  const SSL = 'LoadModule ssl_module modules/mod_ssl.so';
  const EVENT = 'LoadModule mpm_event_module modules/mod_mpm_event.so';

  it.each([
    ['IfModule ssl_module', SSL, true],
    ['IfModule mod_ssl.c', SSL, true],
    ['IfModule ssl_module', '', false],
    ['IfModule !ssl_module', SSL, false],
    ['IfModule !mod_ssl.c', '', true],
    ['ifmodule log_config_module', '', true],
    ['IfModule mod_logio.c', '', true],
    ['IfModule event.c', EVENT, true],
    ['IfModule mpm_event_module', EVENT, true],
    ['IfDefine X', 'Define X', true],
    ['IfDefine X', 'Define X 1\nUnDefine X', false],
    ['IfDefine !X', '', true],
    ['IfVersion >= 2.4', '', true],
    ['IfVersion > 2.4.10', '', true],
    ['IfVersion < 2.4', '', false],
    ['IfVersion <= 2.6', '', true],
    ['IfVersion !>= 2.4', '', false],
    ['IfVersion 2.2', '', false],
    ['IfVersion = 2.4.99', '', true],
    ['IfFile httpd.conf', '', true],
    ['IfFile "missing.conf"', '', false],
    ['IfFile !missing.conf', '', true],
    ['Location />', '', true],
  ])('<%s> after "%s": %s', (condition, before, expected) => {
    expect(holds(condition, before)).toBe(expected);
  });

  it('that do not hold are left out with all that is in them', () => {
    const text = `
      <IfDefine NO>
        <IfDefine NO>
          CustomLog a.log CLF
        </IfDefine>
        <VirtualHost *:80>
          CustomLog b.log CLF
        </VirtualHost>
        CustomLog c.log CLF
      </IfDefine>
      CustomLog d.log CLF`;
    expect(logsOf(text)).toEqual(['d.log']);
    expect(readText(text).servers).toHaveLength(1);
  });

  it.each(['IfDirective LogFormat', 'IfSection VirtualHost', 'IfVersion ~ /^2/'])(
    'that only Apache can judge are read, with a warning: <%s>',
    (condition) => {
      const [name] = condition.split(' ');
      const { servers, warnings } = readText(`<${condition}>\nCustomLog a.log CLF\n</${name}>`);
      expect(servers[0]?.logs).toHaveLength(1);
      expect(warnings).toEqual([
        { at: 'httpd.conf:1:1', message: expect.stringMatching(/^only Apache itself can tell/) },
      ]);
    },
  );
});

describe('variables', () => {
  it('have the value that was defined last before', () => {
    const text = 'Define X a\nCustomLog ${X}.log CLF\nDefine X "b c"\nCustomLog "${X}.log" CLF';
    expect(logsOf(text)).toEqual(['a.log', 'b c.log']);
  });

  it('may be defined by others, and in a virtual host for all that follows', () => {
    const text = 'Define X a\n<VirtualHost *>\nDefine Y ${X}/b\n</VirtualHost>\nCustomLog ${Y}.log CLF';
    expect(logsOf(text)).toEqual(['a/b.log']);
  });

  it('stay as they are when they are not defined, with a warning', () => {
    const { servers, warnings } = readText('CustomLog ${X}.log CLF\nUnknown ${Y}');
    expect(servers[0]?.logs).toMatchObject([{ pattern: '${X}.log' }]);
    expect(warnings).toEqual([{ at: 'httpd.conf:1:1', message: 'the variable ${X} is not defined' }]);
  });

  it('come from the file envvars beside the configuration', () => {
    const { servers, warnings } = read({
      envvars: 'export LOGS=/var/log/web\nexport APACHE_ARGUMENTS="-D ONE -DTWO"',
      'httpd.conf': `
        CustomLog \${LOGS}/a.log CLF
        <IfDefine ONE>
          <IfDefine TWO>
            CustomLog \${LOGS}/b.log CLF
          </IfDefine>
        </IfDefine>`,
    });
    expect(servers[0]?.logs.map(({ pattern }) => pattern)).toEqual(['/var/log/web/a.log', '/var/log/web/b.log']);
    expect(warnings).toEqual([]);
  });
});

describe('Include', () => {
  const log = (name: string) => `CustomLog ${name}.log CLF\n`;
  const names = (files: Readonly<Record<string, string>>) => {
    const { servers, warnings } = read(files);
    return { names: servers[0]?.logs.map(({ pattern }) => pattern?.replace('.log', '')), warnings };
  };

  it.each([
    ['one file', 'Include conf/a.conf', ['a']],
    ['what a wildcard matches, in order', 'Include conf/*.conf', ['a', 'b', 'c-1', 'd']],
    ['a character of several', 'Include conf/[ab].conf', ['a', 'b']],
    ['any character', 'IncludeOptional conf/?.conf', ['a', 'b', 'd']],
    ['a wildcard for folders', 'Include */x.conf', ['x1', 'x2']],
    ['all files below a folder', 'Include conf/deep', ['deep1', 'deep2', 'hidden']],
    ['two asterisks, which mean one', 'Include **/x.conf', ['x1', 'x2']],
    ['nothing, if that may be', 'IncludeOptional missing/*.conf\nIncludeOptional missing.conf', []],
  ])('takes in %s', (_, text, expected) => {
    const files = {
      'httpd.conf': text,
      'conf/d.conf': log('d'),
      'conf/b.conf': log('b'),
      'conf/a.conf': log('a'),
      'conf/c-1.conf': log('c-1'),
      'conf/.secret.conf': log('secret'),
      'conf/deep/2.conf': log('deep2'),
      'conf/deep/.hidden': log('hidden'),
      'conf/deep/1/1.conf': log('deep1'),
      'one/x.conf': log('x1'),
      'two/x.conf': log('x2'),
    };
    const found = names(files);
    expect(found.names?.toSorted()).toEqual(expected);
    expect(found.warnings).toEqual([]);
  });

  it('keeps Apache’s order: folder by folder', () => {
    const files = {
      'httpd.conf': 'Include */x.conf',
      'a/x.conf': log('1'),
      'a-b/x.conf': log('2'),
      'a/b/x.conf': log('no'),
      'B/x.conf': log('0'),
    };
    expect(names(files).names).toEqual(['0', '1', '2']);
  });

  it('works within a virtual host', () => {
    const { servers } = read({
      'httpd.conf': '<VirtualHost *>\nInclude x.conf\n</VirtualHost>',
      'x.conf': 'ServerName in.example.org',
    });
    expect(servers[1]?.host).toBe('in.example.org');
  });

  it.each([
    ['a missing file', 'Include missing.conf', 'there is no file missing.conf'],
    ['a wildcard that matches nothing', 'Include x/*.conf', 'there is no file x/*.conf'],
    ['no file at all', 'Include', 'there is no file '],
    ['itself', 'Include httpd.conf', 'httpd.conf includes itself'],
    ['another that includes it again', 'Include loop/*.conf', 'loop/a.conf includes itself'],
  ])('warns of %s', (_, text, message) => {
    const { warnings } = read({ 'httpd.conf': text, 'loop/a.conf': 'Include loop/a.conf' });
    expect(warnings.map((it) => it.message)).toEqual([message]);
  });

  it('warns of what is no file, and of a link that leads nowhere', () => {
    const folder = folderWith({ 'httpd.conf': 'Include /dev/null\nInclude links' });
    mkdirSync(join(folder, 'links'));
    symlinkSync('nowhere', join(folder, 'links', 'a.conf'));
    const { warnings } = readApacheConfig(join(folder, 'httpd.conf'));
    expect(warnings.map(({ message }) => message)).toEqual(['/dev/null is no file', expect.stringMatching(/ENOENT/)]);
  });
});

describe('macros', () => {
  const MACRO =
    '<Macro VHost $name $na>\n<VirtualHost *>\nServerName $name\nCustomLog $na-$name.log CLF\n</VirtualHost>\n</Macro>\n';

  it('are written out with their values', () => {
    const { servers } = readText(`${MACRO}Use VHost a.example.org 1\nuse vhost b.example.org "2-3"`);
    expect(servers.slice(1)).toMatchObject([
      { host: 'a.example.org', logs: [{ pattern: '1-a.example.org.log', place: { line: 4 } }] },
      { host: 'b.example.org', logs: [{ pattern: '2-3-b.example.org.log' }] },
    ]);
  });

  it('mean nothing where they are defined', () => {
    expect(readText(MACRO).servers).toHaveLength(1);
  });

  it('may have no parameters, and lack values', () => {
    expect(logsOf('<Macro M>\nCustomLog a.log CLF\n</Macro>\nUse M\nUse M x')).toEqual(['a.log', 'a.log']);
    expect(logsOf('<Macro M $x>\nCustomLog a$x.log CLF\n</Macro>\nUse M')).toEqual(['a.log']);
  });

  it.each([
    ['an unknown one', 'Use Nothing', 'the macro Nothing is not defined'],
    ['one that uses itself', '<Macro M>\nUse M\n</Macro>\nUse M', 'the macro m includes itself'],
  ])('warn of %s', (_, text, message) => {
    expect(readText(text).warnings.map((it) => it.message)).toEqual([message]);
  });
});

describe('bounds', () => {
  it.each<[string, Partial<ApacheBounds>, Record<string, string>, RegExp]>([
    [
      'files',
      { maxFiles: 2 },
      { 'httpd.conf': 'Include c/*', 'c/1': '', 'c/2': '', 'c/3': '' },
      /c\/3 was left out: more than 2 files/,
    ],
    [
      'bytes',
      { maxBytes: 100 },
      { 'httpd.conf': 'Include c/*', 'c/1': '#'.repeat(80), 'c/2': '#'.repeat(80) },
      /c\/2 is too long: 80 bytes/,
    ],
    [
      'bytes of macros',
      { maxBytes: 200 },
      { 'httpd.conf': `<Macro M>\n${'A b\n'.repeat(20)}</Macro>\n${'Use M\n'.repeat(10)}` },
      /what follows was left out: more than 200 bytes/,
    ],
    [
      'depth',
      { maxDepth: 2 },
      { 'httpd.conf': 'Include 1', 1: 'Include 2', 2: '' },
      /2 was left out: too many files within each other/,
    ],
    [
      'a line',
      { maxLineLength: 30 },
      { 'httpd.conf': `CustomLog ${'x'.repeat(30)} CLF` },
      /the line was left out: longer than 30 characters/,
    ],
    [
      'a word',
      { maxLineLength: 30 },
      { 'httpd.conf': 'Define X 12345678901234567890\nServerName ${X}${X}' },
      /its variables make it too long/,
    ],
    [
      'a line of a macro',
      { maxLineLength: 30 },
      { 'httpd.conf': '<Macro M $x>\nInclude $x$x$x$x$x\n</Macro>\nUse M 1234567890' },
      /there is no file \$x\$x/,
    ],
    ['warnings', { maxWarnings: 2 }, { 'httpd.conf': 'Include x\nInclude x\nInclude x\nInclude x' }, /2 more warnings/],
  ])('of %s are kept, with a warning', (_, bounds, files, message) => {
    expect(read(files, bounds).warnings.at(-1)?.message ?? '').toMatch(message);
  });

  it('hold for values that double', () => {
    const doubling = Array.from({ length: 60 }, (_, i) => `Define X${i + 1} \${X${i}}\${X${i}}`).join('\n');
    const { warnings } = readText(`Define X0 0123456789\n${doubling}`);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('hold for files that include each other twice', () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`${i}.conf`, `Include ${i + 1}.conf\nInclude ${i + 1}.conf\n`]),
    );
    const { warnings } = read({ ...files, 'httpd.conf': 'Include 0.conf', '30.conf': '' }, { maxFiles: 100 });
    expect(warnings.some(({ message }) => message.includes('more than 100 files'))).toBe(true);
  });
});

it('refuses a configuration that is not there, naming it', () => {
  expect(() => readApacheConfig('/nowhere/httpd.conf')).toThrow(
    expect.objectContaining({ code: 'no-config', message: expect.stringContaining('/nowhere/httpd.conf') }),
  );
});

it('passes over directives that are named like something of JavaScript', () => {
  expect(readText('constructor x\n__proto__ y\n<constructor>\n</constructor>\ntoString').warnings).toEqual([]);
});

it('takes whatever is in a file', () => {
  const word = fc.constantFrom(
    '<',
    '>',
    '</',
    'VirtualHost',
    'IfModule',
    'Macro',
    'Use',
    'CustomLog',
    '"',
    "'",
    '\\',
    '\n',
    '|',
    '${',
    '}',
    'X',
    ' ',
    'Define',
    '!',
    '*',
    '%',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
      expect(readText(words.join('')).servers.length).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});

const DEBIAN = '/etc/apache2/apache2.conf';
const SITES = '/etc/apache2/sites-enabled';
const isAsInstalled = existsSync(SITES) && readdirSync(SITES).join() === '000-default.conf';

describe.skipIf(!isAsInstalled)('Debian’s own configuration (needs the package apache2 as it is installed)', () => {
  it('is understood without a warning', () => {
    const { servers, warnings } = readApacheConfig(DEBIAN);
    expect(warnings).toEqual([]);
    expect(servers[0]?.logs).toMatchObject([
      {
        pattern: '/var/log/apache2/other_vhosts_access.log',
        format: '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
        place: { path: '/etc/apache2/conf-enabled/other-vhosts-access-log.conf' },
      },
    ]);
    const combined = '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"';
    expect(servers.slice(1)).toMatchObject([{ logs: [{ pattern: '/var/log/apache2/access.log', format: combined }] }]);
  });

  it('has its folders by the name of the instance', () => {
    const folder = folderWith({});
    const instance = join(folder, 'apache2-blue');
    execFileSync('cp', ['-a', '/etc/apache2', instance]);
    execFileSync('sed', ['-i', `s#/etc/apache2-#${folder}/apache2-#g`, join(instance, 'envvars')]);
    const { servers } = readApacheConfig(join(instance, 'apache2.conf'));
    expect(servers[1]?.logs).toMatchObject([{ pattern: '/var/log/apache2-blue/access.log' }]);
  });
});
