import { describe, expect, it } from 'vitest';
import { parsed } from './support.ts';

const T = '[10/Oct/2025:13:55:36 -0700]';
const TIME = Date.UTC(2025, 9, 10, 20, 55, 36);

describe('directives', () => {
  it.each<[format: string, line: string, expected: object]>([
    ['%h', '192.0.2.1', { client: '192.0.2.1', peer: null }],
    ['%h', 'Host.Example.ORG', { client: 'host.example.org' }],
    ['%a', '2001:DB8:0::1', { client: '2001:db8::1' }],
    ['%a', '::ffff:192.0.2.1', { client: '192.0.2.1' }],
    ['%{c}a', '192.0.2.1', { client: '192.0.2.1', peer: null }],
    ['%a %{c}a', '192.0.2.1 198.51.100.1', { client: '192.0.2.1', peer: '198.51.100.1' }],
    ['%a %{c}a', '192.0.2.1 192.0.2.1', { client: '192.0.2.1', peer: null }],
    ['%h %a', 'name.example 192.0.2.1', { client: '192.0.2.1' }],
    ['%h:%{remote}p', '2001:db8::1:4711', { client: '2001:db8::1', port: null }],
    ['%h %l', '192.0.2.1 ident', { user: null }],
    ['%h %u', '192.0.2.1 bob', { user: 'bob' }],
    ['%h %u', '192.0.2.1 -', { user: null }],
    ['%h %u', '192.0.2.1 ""', { user: '' }],
    ['%h %A', '192.0.2.1 198.51.100.9', { extra: { 's-ip': '198.51.100.9' } }],
    [
      '%h "%r"',
      '192.0.2.1 "GET /a?b HTTP/1.0"',
      { method: 'GET', target: '/a?b', stem: '/a', query: 'b', protocol: 'HTTP/1.0' },
    ],
    ['%h "%r"', '192.0.2.1 "-"', { request: null, method: null, target: null }],
    ['%h %r %>s', '192.0.2.1 GET / HTTP/1.1 200', { request: 'GET / HTTP/1.1', status: 200 }],
    [
      '%h "%m %U%q %H"',
      '192.0.2.1 "PUT /a%b?c HTTP/2.0"',
      { request: 'PUT /a%b?c HTTP/2.0', method: 'PUT', stem: '/a%b', query: 'c', protocol: 'HTTP/2.0' },
    ],
    ['%h %m %U %q', '192.0.2.1 GET /a ?b=1', { target: '/a?b=1', query: 'b=1', request: 'GET /a?b=1' }],
    ['%h %m', '192.0.2.1 GET', { method: 'GET', target: null, request: null }],
    ['%h %s', '192.0.2.1 302', { status: 302 }],
    ['%h %s %>s', '192.0.2.1 302 200', { status: 200 }],
    ['%h %>s %<s', '192.0.2.1 200 302', { status: 200 }],
    ['%h %!200,304>s', '192.0.2.1 -', { status: null }],
    ['%h %b', '192.0.2.1 -', { bytes: 0 }],
    ['%h %B', '192.0.2.1 17', { bytes: 17 }],
    ['%h %O', '192.0.2.1 17', { bytes: 17 }],
    ['%h %O %b', '192.0.2.1 400 17', { bytes: 17 }],
    ['%h %I %S', '192.0.2.1 400 17', { bytes: null, extra: { 'cs-bytes': '400' } }],
    ['%h %D', '192.0.2.1 1234', { durationMs: 1.234 }],
    ['%h %D', '192.0.2.1 -5', { durationMs: null }],
    ['%h %T', '192.0.2.1 3', { durationMs: 3000 }],
    ['%h %{s}T', '192.0.2.1 3', { durationMs: 3000 }],
    ['%h %{ms}T', '192.0.2.1 3', { durationMs: 3 }],
    ['%h %{us}T', '192.0.2.1 3', { durationMs: 0.003 }],
    ['%h %T %D', '192.0.2.1 3 3456789', { durationMs: 3456.789 }],
    ['%v %h', 'WWW.example.org 192.0.2.1', { host: 'www.example.org' }],
    ['%V %v %h', 'a.example b.example 192.0.2.1', { host: 'b.example' }],
    ['%v:%p %h', '[2001:db8::5]:8443 192.0.2.1', { host: '2001:db8::5', port: 8443 }],
    ['%h %{canonical}p', '192.0.2.1 443', { port: 443 }],
    ['%h %{local}p', '192.0.2.1 8080', { port: 8080 }],
    ['%h "%{Host}i"', '192.0.2.1 "Example.org:81"', { host: 'example.org', port: 81, extra: null }],
    [
      '%v %h "%{Host}i"',
      'own.example 192.0.2.1 "asked.example"',
      { host: 'own.example', extra: { 'cs-host-requested': 'asked.example' } },
    ],
    ['%h "%{Referer}i" "%{user-agent}i"', '192.0.2.1 "" "x"', { referer: '', userAgent: 'x', extra: null }],
    ['%h %400,501{User-agent}i', '192.0.2.1 curl/8 (x)', { userAgent: 'curl/8 (x)' }],
    ['%h "%{Cookie}i" "%{Content-Type}i"', '192.0.2.1 "a=b" "-"', { extra: { 'cs-cookie': 'a=b' } }],
    ['%h "%{Content-Type}o" %{X}^ti', '192.0.2.1 "text/html" t', { extra: { 'content-type': 'text/html', x: 't' } }],
    [
      '%h "%{Id}C" %{note}n %{VAR}e %{SSL_PROTOCOL}x',
      '192.0.2.1 "7" - v TLSv1.3',
      { extra: { id: '7', var: 'v', ssl_protocol: 'TLSv1.3' } },
    ],
    ['%h "%{A}i" "%{a}i"', '192.0.2.1 "1" "2"', { extra: { a: '1' } }],
    ['%h %P %X %k %f %L %R %^FB', '192.0.2.1 77 + 1 /srv/a.html id proxy-server 99', { extra: null }],
    ['%% 100%% %h', '% 100% 192.0.2.1', { client: '192.0.2.1' }],
    ['%h\\t\\"%u\\"', '192.0.2.1\t"bob"', { user: 'bob' }],
    ['ä%h', 'ä192.0.2.1', { client: '192.0.2.1' }],
    ['%h %h', '192.0.2.1 192.0.2.2', { client: '192.0.2.1' }],
    ['LogFormat "%h \\"%u\\"" mine', '192.0.2.1 "bob"', { user: 'bob' }],
  ])('%s reads %s', (format, line, expected) => {
    // The time is put in front, inside the quotes of a whole configuration line.
    const whole = format.startsWith('LogFormat') ? format.replace('"', '"%t ') : `%t ${format}`;
    expect(parsed(whole, `${T} ${line}`)).toMatchObject({ time: TIME, ...expected });
  });
});

describe('values', () => {
  const COMBINED = (client: string, user: string, request: string, agent = '-') =>
    `${client} - ${user} ${T} "${request}" 200 5 "-" "${agent}"`;

  it.each<[title: string, line: string, expected: object]>([
    ['escapes are undone', COMBINED('192.0.2.1', '-', 'GET /\\"\\\\\\x41\\t HTTP/1.1'), { target: '/"\\A\t' }],
    ['escaped UTF-8 is decoded', COMBINED('192.0.2.1', '-', '-', '\\xc3\\xa9'), { userAgent: 'é' }],
    ['raw UTF-8 is decoded', COMBINED('192.0.2.1', '-', '-', 'é'), { userAgent: 'é' }],
    ['an escaped backslash ends no value', COMBINED('192.0.2.1', '-', '-', 'C:\\\\'), { userAgent: 'C:\\' }],
    ['a quote that a server forgot to escape', COMBINED('192.0.2.1', '-', 'GET /"a"b HTTP/1.1'), { target: '/"a"b' }],
    ['a user with blanks', COMBINED('192.0.2.1', 'John Q. Public', '-'), { user: 'John Q. Public' }],
    [
      'a user called as a prefix is',
      COMBINED('192.0.2.1', 'x[1]: 192.0.2.9 - -', '-'),
      { user: 'x[1]: 192.0.2.9 - -' },
    ],
    ['a user with a bracket', COMBINED('192.0.2.1', 'a [b', '-'), { user: 'a [b' }],
    [
      'a user who forges a time and more',
      COMBINED('192.0.2.1', 'x [01/Jan/2000:00:00:00 +0000] \\"GET / HTTP/1.1\\" 200 5', '-'),
      { user: 'x [01/Jan/2000:00:00:00 +0000] "GET / HTTP/1.1" 200 5', time: TIME },
    ],
    [
      'an absolute target names a host',
      COMBINED('192.0.2.1', '-', 'GET http://A.example:81/x HTTP/1.1'),
      { target: '/x', host: 'a.example', port: 81 },
    ],
    [
      'TLS bytes are no request but an entry',
      COMBINED('192.0.2.1', '-', '\\x16\\x03\\x01'),
      { request: '\x16\x03\x01', method: null },
    ],
    ['a number beyond all sense is none', `192.0.2.1 - - ${T} "-" 1234567890123456 5 "-" "-"`, { status: null }],
  ])('%s', (_, line, expected) => {
    expect(parsed('combined', line)).toMatchObject(expected);
  });

  it.each<[title: string, line: string, code: string]>([
    ['nothing', '', 'not-this-format'],
    ['no client', COMBINED('-', '-', '-'), 'not-this-format'],
    ['a client that is neither address nor name', COMBINED('www:80', '-', '-'), 'not-this-format'],
    [
      'a virtual host in front, which would be taken for the client',
      `www.example.org ${COMBINED('192.0.2.1', '-', '-')}`,
      'not-this-format',
    ],
    ['text after the last value', `${COMBINED('192.0.2.1', '-', '-')} 12`, 'not-this-format'],
    ['text after the last quoted value', `${COMBINED('192.0.2.1', '-', '-')} "x"`, 'not-this-format'],
    ['a missing value', `192.0.2.1 - - ${T} "-" 200 5 "-"`, 'not-this-format'],
    ['an open quote', `192.0.2.1 - - ${T} "GET / HTTP/1.1`, 'not-this-format'],
    ['a status that is no number', `192.0.2.1 - - ${T} "-" OK 5 "-" "-"`, 'not-this-format'],
    ['a day that there is not', COMBINED('192.0.2.1', '-', '-').replace('10/Oct', '31/Feb'), 'bad-time'],
    ['a month that there is not', COMBINED('192.0.2.1', '-', '-').replace('Oct', 'oct'), 'bad-time'],
  ])('rejects %s', (_, line, code) => {
    expect(parsed('combined', line)).toBe(code);
  });

  it('takes a line as long as it comes', () => {
    const long = 'a'.repeat(100_000);
    expect(parsed('combined', COMBINED('192.0.2.1', '-', `GET /${long} HTTP/1.1`))).toMatchObject({
      target: `/${long}`,
    });
  });
});

describe('the client behind proxies', () => {
  const FORMAT = '%h %t "%{X-Forwarded-For}i" "%{Forwarded}i" "%{CF-Connecting-IP}i"';
  const line = (peer: string, xff: string, forwarded = '-', cf = '-') => `${peer} ${T} "${xff}" "${forwarded}" "${cf}"`;
  const trusted = { trustedProxies: ['10.0.0.0/8', '2001:db8::/32'] };

  it.each<[title: string, line: string, options: object, client: string, peer: string | null]>([
    ['no proxy is trusted unasked', line('10.0.0.1', '192.0.2.7'), {}, '10.0.0.1', null],
    ['nor one that is not listed', line('198.51.100.1', '192.0.2.7'), trusted, '198.51.100.1', null],
    ['the header of a trusted one counts', line('10.0.0.1', '192.0.2.7'), trusted, '192.0.2.7', '10.0.0.1'],
    [
      'Forwarded',
      line('10.0.0.1', '-', 'for=192.0.2.7;proto=http, for=\\"[2001:db8::9]:80\\"'),
      trusted,
      '192.0.2.7',
      '10.0.0.1',
    ],
    ['CF-Connecting-IP', line('10.0.0.1', '-', '-', '192.0.2.8'), trusted, '192.0.2.8', '10.0.0.1'],
    [
      'the order of the headers can be chosen',
      line('10.0.0.1', '192.0.2.7', '-', '192.0.2.8'),
      { ...trusted, clientHeaders: ['CF-Connecting-IP'] },
      '192.0.2.8',
      '10.0.0.1',
    ],
    ['no header, no client but the proxy', line('10.0.0.1', '-'), trusted, '10.0.0.1', null],
  ])('%s', (_, text, options, client, peer) => {
    expect(parsed(FORMAT, text, options)).toMatchObject({ client, peer });
  });

  it.each<[format: string, line: string, client: string]>([
    ['%{X-Forwarded-For}i %l %u %t', `203.0.113.1, 192.0.2.7 - - ${T}`, '192.0.2.7'],
    ['%t %{X-Forwarded-For}i', `${T} 203.0.113.1, 192.0.2.7`, '192.0.2.7'],
    ['%t %{X-Forwarded-For}i x', `${T} 203.0.113.1, 192.0.2.7 x`, '192.0.2.7'],
  ])("%s alone gives the nearest proxy's word", (format, text, client) => {
    expect(parsed(format, text)).toMatchObject({ client, peer: null });
  });
});
