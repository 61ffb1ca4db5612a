import { describe, expect, it } from 'vitest';
import { detector, readRules } from '../../src/detect/detect.ts';
import { FaultsError } from '../../src/model/errors.ts';
import { entryOf, type Request } from './entry.ts';

/**
 * What Sigma 2.1 asks of an engine, and the reading that was chosen where engines differ. A row is a detection (its
 * selections and condition), then requests that it must match and requests that it must leave alone.
 */
interface Row {
  readonly title: string;
  readonly detection: string;
  readonly match?: readonly Request[];
  readonly ignore?: readonly Request[];
}

const stem = (target: string): Request => ({ target });
const query = (value: string): Request => ({ target: `/?${value}` });
const agent = (userAgent: string | null): Request => ({ userAgent });
const raw = (line: string): Request => ({ line });

const ROWS: Record<string, readonly Row[]> = {
  'plain values': [
    {
      title: 'a value is the whole field, in any case',
      detection: 'sel: {cs-method: delete}\n  condition: sel',
      match: [{ method: 'DELETE' }, { method: 'Delete' }],
      ignore: [{ method: 'DELETED' }, { method: 'UNDELETE' }],
    },
    {
      title: 'contains finds the value anywhere',
      detection: "sel: {cs-uri-stem|contains: '/Admin/'}\n  condition: sel",
      match: [stem('/site/admin/index.php')],
      ignore: [stem('/site/admin')],
    },
    {
      title: 'startswith is held to the start',
      detection: "sel: {cs-uri-stem|startswith: '/scripts/'}\n  condition: sel",
      match: [stem('/Scripts/run')],
      ignore: [stem('/old/scripts/run')],
    },
    {
      title: 'endswith is held to the end',
      detection: "sel: {cs-uri-stem|endswith: '.asp'}\n  condition: sel",
      match: [stem('/page.ASP')],
      ignore: [stem('/page.aspx'), stem('/page.asp/')],
    },
    {
      title: 'cased makes case count',
      detection: 'sel: {cs-user-agent|cased: Arachni}\n  condition: sel',
      match: [agent('Arachni')],
      ignore: [agent('arachni')],
    },
    {
      title: 'cased goes with the anchors',
      detection: "sel: {cs-user-agent|contains|cased: 'Arachni/'}\n  condition: sel",
      match: [agent('x Arachni/1.5')],
      ignore: [agent('x arachni/1.5')],
    },
    {
      title: 'case is ignored for letters beyond ASCII, accents count',
      detection: "sel: {cs-uri-query|contains: 'ÜBER'}\n  condition: sel",
      match: [query('q=über'), query('q=%C3%BCber')],
      ignore: [query('q=uber')],
    },
  ],
  'wildcards and escapes': [
    {
      title: '* is any run, empty and slashes included, between held ends',
      detection: "sel: {cs-uri-stem: '/dump*.sql'}\n  condition: sel",
      match: [stem('/dump.sql'), stem('/dump/2024/all.SQL')],
      ignore: [stem('/a/dump.sql'), stem('/dump.sql.gz')],
    },
    {
      title: '? is one character',
      detection: "sel: {cs-uri-stem: '/v?/api'}\n  condition: sel",
      match: [stem('/v1/api')],
      ignore: [stem('/v/api'), stem('/v12/api')],
    },
    {
      title: '? stays a wildcard within contains',
      detection: "sel: {cs-uri-query|contains: '/show.php?page='}\n  condition: sel",
      match: [stem('/show.php?page=2'), stem('/show.phpxpage=2')],
      ignore: [stem('/show.phppage=2')],
    },
    {
      title: 'an escaped ? is a question mark',
      detection: "sel: {cs-uri-query|contains: '/import\\?file'}\n  condition: sel",
      match: [stem('/import?file=1')],
      ignore: [stem('/importxfile=1')],
    },
    {
      title: 'an escaped * is an asterisk',
      detection: "sel: {cs-uri-query|contains: 'count(\\*)'}\n  condition: sel",
      match: [query('q=count(*)')],
      ignore: [query('q=count(id)')],
    },
    {
      title: 'a backslash before a letter is itself',
      detection: "sel: {cs-uri-query|contains: 'D:\\Data\\x'}\n  condition: sel",
      match: [query('f=D:\\Data\\x.txt')],
      ignore: [query('f=D:Datax.txt')],
    },
    {
      title: 'two backslashes are one',
      detection: "sel: {cs-uri-query|contains: 'D:\\\\Data'}\n  condition: sel",
      match: [query('f=D:\\Data')],
      ignore: [query('f=D:\\\\Data')],
    },
    {
      title: 'backslash, backslash, star: a backslash and any text',
      detection: "sel: {x-query-value: 'c:\\\\*'}\n  condition: sel",
      match: [query('f=c:\\windows'), query('f=c:\\')],
      ignore: [query('f=c:windows')],
    },
    {
      title: 'three backslashes and a star: a backslash and an asterisk',
      detection: "sel: {x-query-value: 'c:\\\\\\*'}\n  condition: sel",
      match: [query('f=c:\\*')],
      ignore: [query('f=c:\\w')],
    },
    {
      title: 'four backslashes are two',
      detection: "sel: {x-query-value: 'c:\\\\\\\\d'}\n  condition: sel",
      match: [query('f=c:\\\\d')],
      ignore: [query('f=c:\\d')],
    },
    {
      title: 'a backslash at the end is itself',
      detection: "sel: {x-query-value|endswith: '\\'}\n  condition: sel",
      match: [query('f=dir\\')],
      ignore: [query('f=dir')],
    },
    {
      title: 'what means something to regular expressions means nothing here',
      detection: "sel: {x-query-value|contains: '(a|b)[0]+.$'}\n  condition: sel",
      match: [query('f=-(a|b)[0]+.$-')],
      ignore: [query('f=a000x')],
    },
    {
      title: '* spans line breaks',
      detection: "sel: {x-query-value: '*insert*into*'}\n  condition: sel",
      match: [query('f=x%0ainsert%0d%0ainto t')],
    },
    {
      title: 'several runs are found in order, the last at the end',
      detection: "sel: {x-query-value: 'a*b*ab'}\n  condition: sel",
      match: [query('f=abab'), query('f=a-b-ab')],
      ignore: [query('f=ab'), query('f=aab'), query('f=abab-')],
    },
  ],
  'lists and maps': [
    {
      title: 'any of a list',
      detection: 'sel: {cs-method: [PATCH, MOVE]}\n  condition: sel',
      match: [{ method: 'move' }],
      ignore: [{ method: 'GET' }],
    },
    {
      title: 'all lines of a map',
      detection: 'sel:\n    cs-method: POST\n    sc-status: [201, 204]\n  condition: sel',
      match: [{ method: 'POST', status: 204 }],
      ignore: [
        { method: 'POST', status: 500 },
        { method: 'GET', status: 201 },
      ],
    },
    {
      title: 'any map of a list',
      detection: 'sel:\n    - cs-user-agent|contains: masscan\n    - cs-uri-query|contains: masscan\n  condition: sel',
      match: [agent('masscan/1.3'), stem('/?from=MASSCAN')],
      ignore: [stem('/')],
    },
    {
      title: 'one field twice, with different modifiers',
      detection: "sel:\n    cs-uri-stem|contains: 'up'\n    cs-uri-stem|endswith: '.jsp'\n  condition: sel",
      match: [stem('/upload/a.jsp')],
      ignore: [stem('/upload/a'), stem('/a.jsp')],
    },
    {
      title: 'all values of a list, in any order',
      detection: 'sel: {cs-uri-query|contains|all: [order, by]}\n  condition: sel',
      match: [query('q=by the ORDER')],
      ignore: [query('q=order')],
    },
    {
      title: 'all values on the same parameter',
      detection: 'sel: {x-query-value|contains|all: [order, by]}\n  condition: sel',
      match: [query('q=order by 1')],
      ignore: [query('q=order&r=by')],
    },
  ],
  keywords: [
    {
      title: 'any keyword, anywhere in the line',
      detection: "words: ['/Basic/Command/', '${jndi:dns:/']\n  condition: words",
      match: [raw('192.0.2.7 - - [x] "GET / HTTP/1.1" 200 1 "-" "${JNDI:DNS://a.example/b}"')],
      ignore: [raw('192.0.2.7 - - [x] "GET / HTTP/1.1" 200 1 "-" "wget"')],
    },
    {
      title: 'all keywords under the empty field name',
      detection: "words:\n    '|all': ['onerror=', '<img']\n  condition: words",
      match: [raw('"GET /?q=<img src=x onerror=alert(1)> HTTP/1.1"')],
      ignore: [raw('"GET /?q=<img src=x> HTTP/1.1"')],
    },
    {
      title: 'wildcards within a keyword that is not anchored',
      detection: "words: ['insert*into']\n  condition: words",
      match: [raw('GET /?q=INSERT%20a%20INTO%20b')],
      ignore: [raw('GET /?q=into insert')],
    },
    {
      title: 'a method, keywords and no such status',
      detection: "m: {cs-method: GET}\n  words: ['=sleep(']\n  f: {sc-status: 404}\n  condition: m and words and not f",
      match: [{ target: '/?a=SLEEP(5)' }],
      ignore: [
        { target: '/?a=SLEEP(5)', status: 404 },
        { target: '/?a=SLEEP(5)', method: 'POST' },
      ],
    },
    {
      title: 'keywords under any name, also as a filter',
      detection: "words: [probe]\n  filter: ['monitor.example']\n  condition: words and not filter",
      match: [raw('GET /probe')],
      ignore: [raw('GET /probe?by=monitor.example')],
    },
    {
      title: 'a single value is a keyword',
      detection: "sel: 'bad-word'\n  condition: sel",
      match: [raw('GET /BAD-word')],
      ignore: [raw('GET /')],
    },
    {
      title: 'a keyword may be a regular expression',
      detection: "sel:\n    '|re': 'id=\\d+;'\n  condition: sel",
      match: [raw('GET /?id=12;x')],
      ignore: [raw('GET /?id=;x')],
    },
    {
      title: 'the line is seen without the escapes of the log, and decoded',
      detection: "sel: [' onfocus=\"']\n  condition: sel",
      match: [raw(String.raw`192.0.2.1 - - [x] "GET /?q=%3Cp%20onfocus=\"x()\"%3E HTTP/1.1" 200 5`)],
    },
  ],
  numbers: [
    {
      title: 'a number is a number or its text, and nothing longer',
      detection: 'sel: {sc-status: 403}\n  condition: sel',
      match: [{ status: 403 }],
      ignore: [{ status: 200 }, { status: null }],
    },
    {
      title: 'text modifiers see the decimal digits',
      detection: "sel: {sc-status|contains: '50'}\n  condition: sel",
      match: [{ status: 502 }, { status: 450 }],
      ignore: [{ status: 200 }],
    },
    {
      title: 'comparisons',
      detection: 'sel:\n    sc-status|gte: 400\n    sc-bytes|lt: 10\n  condition: sel',
      match: [
        { status: 400, bytes: 0 },
        { status: 503, bytes: 9 },
      ],
      ignore: [
        { status: 399, bytes: 0 },
        { status: 400, bytes: 10 },
      ],
    },
    {
      title: 'the other comparisons, with text that is a number',
      detection: 'sel:\n    time-taken|gt: 1000\n    cs-bytes|lte: 5\n  condition: sel',
      match: [{ durationMs: 1001, extra: { 'cs-bytes': '5' } }],
      ignore: [
        { durationMs: 1000, extra: { 'cs-bytes': '5' } },
        { durationMs: 1001, extra: { 'cs-bytes': '6' } },
        { durationMs: 1001, extra: { 'cs-bytes': 'many' } },
      ],
    },
    {
      title: 'what is no number, or is not there, compares to nothing',
      detection: 'sel: {cs-user-agent|gt: 1}\n  condition: sel',
      match: [agent('2')],
      ignore: [agent('x'), agent(null), agent('')],
    },
    {
      title: 'wildcards on a number',
      detection: "sel: {sc-status: '4*'}\n  condition: sel",
      match: [{ status: 418 }],
      ignore: [{ status: 204 }],
    },
    {
      title: 'no bytes are 0 bytes',
      detection: 'sel: {sc-bytes|lt: 1}\n  condition: sel',
      match: [{ bytes: 0 }],
      ignore: [{ bytes: null }],
    },
  ],
  'what is not there': [
    {
      title: 'null is what the log does not hold, not an empty text',
      detection: 'sel: {cs-referer: null}\n  condition: sel',
      match: [{ referer: null }],
      ignore: [{ referer: '' }, { referer: '-' }],
    },
    {
      title: 'an empty text is not null',
      detection: "sel: {cs-user-agent: ''}\n  condition: sel",
      match: [agent('')],
      ignore: [agent(null), agent('x')],
    },
    {
      title: 'not null',
      detection: 'm: {cs-method: POST}\n  f: {cs-referer: null}\n  condition: m and not f',
      match: [{ method: 'POST', referer: 'https://a.example/' }],
      ignore: [{ method: 'POST' }],
    },
    {
      title: 'null of a query tests the query, though text items see the whole target',
      detection: "s: {cs-uri-stem|contains: '/tool_'}\n  f: {cs-uri-query: null}\n  condition: s and not f",
      match: [stem('/tool_1/x.php?a')],
      ignore: [stem('/tool_1/x.php')],
    },
    {
      title: 'exists',
      detection: 'sel: {cs-cookie|exists: true}\n  condition: sel',
      match: [{ extra: { 'cs-cookie': 'a=1' } }, { extra: { 'cs-cookie': '' } }],
      ignore: [{ extra: {} }, { extra: null }],
    },
    {
      title: 'does not exist',
      detection: 'sel: {cs-cookie|exists: false}\n  condition: sel',
      match: [{ extra: null }],
      ignore: [{ extra: { 'cs-cookie': 'a=1' } }],
    },
    {
      title: 'an item on what is not there is false, its negation true',
      detection: 'f: {cs-referer|contains: friend}\n  condition: not f',
      match: [{ referer: null }],
      ignore: [{ referer: 'https://friend.example/' }],
    },
    {
      title: 'neq is true of what is not there',
      detection: 'sel: {cs-method|neq: GET}\n  condition: sel',
      match: [{ method: 'PUT' }, { target: null, request: null }],
      ignore: [{ method: 'get' }],
    },
    {
      title: 'neq of a list is none of them',
      detection: 'sel: {cs-method|neq: [GET, POST]}\n  condition: sel',
      match: [{ method: 'PUT' }],
      ignore: [{ method: 'POST' }],
    },
    {
      title: 'binary bytes instead of a request keep their status',
      detection: 'sel: {sc-status: 400}\n  f: {cs-method: null}\n  condition: sel and f',
      match: [{ target: null, request: '\x16\x03\x01', status: 400 }],
    },
  ],
  'regular expressions': [
    {
      title: 'case counts, nothing is anchored',
      detection: "sel: {cs-uri-query|re: 'conf/(my|pg)'}\n  condition: sel",
      match: [stem('/x?f=../conf/my.cnf')],
      ignore: [stem('/CONF/MY')],
    },
    {
      title: 'the flag i; anchors hold',
      detection: "sel: {cs-uri-stem|re|i: 'conf/my$'}\n  condition: sel",
      match: [stem('/CONF/My')],
      ignore: [stem('/conf/my.cnf')],
    },
    {
      title: 'the flag s lets a dot match a line break',
      detection: "sel: {x-query-value|re|s: 'x.y'}\n  condition: sel",
      match: [query('a=x%0ay')],
    },
    {
      title: 'without it a dot stops there',
      detection: "sel: {x-query-value|re: 'x.y'}\n  condition: sel",
      match: [query('a=x-y')],
      ignore: [query('a=x%0ay')],
    },
    {
      title: 'the flag m: line ends',
      detection: "sel: {x-query-value|re|m: '^two$'}\n  condition: sel",
      match: [query('a=one%0atwo')],
      ignore: [query('a=one two')],
    },
    {
      title: 'inline flags',
      detection: "sel: {c-uri|re: '(?i)(drop\\.example/)'}\n  condition: sel",
      match: [stem('/?u=DROP.example/x')],
    },
    {
      title: 'the pattern is taken as written: no wildcards, no escapes of Sigma',
      detection: "sel: {x-query-value|re: 'D:\\\\Data\\\\'}\n  condition: sel",
      match: [query('f=D:\\Data\\x')],
      ignore: [query('f=D:Data')],
    },
    {
      title: 'all patterns of a list',
      detection: "sel: {x-query-value|re|all: ['a+', 'b+']}\n  condition: sel",
      match: [query('f=bbaa')],
      ignore: [query('f=aa'), query('f=a&g=b')],
    },
  ],
  'addresses, encodings, other fields': [
    {
      title: 'cidr, of both families',
      detection: "sel: {c-ip|cidr: [172.16.0.0/12, '2001:db8:1::/48']}\n  condition: sel",
      match: [{ client: '172.20.1.1' }, { client: '2001:db8:1:2::3' }],
      ignore: [{ client: '172.32.1.1' }, { client: '2001:db8:2::3' }, { client: 'host.example' }],
    },
    {
      title: 'an IPv4 address in IPv6 form is IPv4',
      detection: 'sel: {c-ip|cidr: 198.51.100.0/24}\n  condition: sel',
      match: [{ client: '::ffff:198.51.100.9' }],
    },
    {
      title: 'base64offset finds each of the three shifts',
      detection: "sel: {cs-uri-query|base64offset|contains: '/etc/hosts'}\n  condition: sel",
      match: ['', 'x', 'xy'].map((before) => query(`c=${Buffer.from(`${before}/etc/hosts!`).toString('base64')}`)),
      ignore: [query('c=/etc/hosts')],
    },
    {
      title: 'base64 keeps its padding',
      detection: 'sel: {cs-uri-query|base64|contains: root}\n  condition: sel',
      match: [query('c=cm9vdA==')],
      ignore: [query('c=cm9vdA')],
    },
    {
      title: 'wide before base64offset',
      detection: 'sel: {cs-uri-query|wide|base64offset|contains: whoami}\n  condition: sel',
      match: [query(`e=${Buffer.from('  whoami ', 'utf16le').toString('base64')}`)],
      ignore: [query(`e=${Buffer.from('  whoami ').toString('base64')}`)],
    },
    {
      title: 'utf16be and utf16 with its mark',
      detection:
        'a: {cs-uri-query|utf16be|base64|contains: id}\n  b: {cs-uri-query|utf16|base64|contains: id}\n  condition: a or b',
      match: [query(`e=${Buffer.from('\0i\0d').toString('base64')}`), query('e=//5pAGQA')],
      ignore: [query('e=aWQ=')],
    },
    {
      title: 'windash: each kind of dash begins an option',
      detection: "sel: {cs-uri-query|windash|contains: ' -nop'}\n  condition: sel",
      match: [query('c=x -nop'), query('c=x /nop'), query('c=x \u2014nop'), query('c=x+%E2%80%93nop')],
      ignore: [query('c=x nop')],
    },
    {
      title: 'fieldref compares two fields, and what is not there with nothing',
      detection: 'sel: {cs-host|fieldref: cs-username}\n  condition: sel',
      match: [{ host: 'a.example', user: 'A.EXAMPLE' }],
      ignore: [{ host: 'a', user: 'b' }, { host: 'a' }],
    },
    {
      title: 'fieldref with an anchor',
      detection: 'sel: {cs-referer|fieldref|contains: cs-host}\n  condition: sel',
      match: [{ host: 'a.example', referer: 'https://A.example/x' }],
      ignore: [{ host: 'a.example', referer: 'https://b.example/' }],
    },
    {
      title: 'names of the proxy taxonomy and of ECS',
      detection:
        'sel:\n    src_ip: 192.0.2.1\n    url.path: /a\n    http.request.method: GET\n    c-useragent: x\n  condition: sel',
      match: [{ target: '/a?b', userAgent: 'x' }],
      ignore: [{ target: '/b', userAgent: 'x' }],
    },
    {
      title: 'virtual host and port',
      detection: 'sel:\n    cs-host: shop.example\n    s-port: 8443\n  condition: sel',
      match: [{ host: 'shop.example', port: 8443 }],
      ignore: [{ host: 'shop.example', port: 443 }],
    },
  ],
  conditions: [
    ...condition('and binds tighter than or', 'a or b and c', ['a', 'bc', 'abc'], ['b', 'c', '']),
    ...condition('not binds tighter than and', 'not a and b', ['b', 'bc'], ['a', 'ab', '']),
    ...condition('brackets', '(a or b) and not c', ['a', 'b', 'ab'], ['ac', 'c', '']),
    ...condition('not not', 'not not a', ['a'], ['b']),
    ...condition('1 of a pattern', '1 of sel_*', ['x', 'y'], ['a', '']),
    ...condition('any of is 1 of', 'any of sel_*', ['x', 'y'], ['a', '']),
    ...condition('all of a pattern', 'all of sel_* and not 1 of a*', ['xy'], ['x', 'xya']),
    ...condition('1 of them, without names that begin with _', '1 of them', ['a', 'y'], ['h', '']),
    ...condition('a pattern with * in front', 'all of *_x', ['x'], ['y', 'h']),
    ...condition('a hidden selection by its name', '_hidden', ['h'], ['a']),
    ...condition('operators in any case', 'a AND b OR NOT c', ['ab', ''], ['ac', 'c']),
  ],
  'the request as Apache logs it': [
    {
      title: 'cs-uri-query holds the path, as most rules want it',
      detection: "sel: {cs-uri-query|contains: '/console/'}\n  condition: sel",
      match: [stem('/console/login?a=1')],
    },
    {
      title: 'and the query by itself',
      detection: "sel: {cs-uri-query|startswith: 'act='}\n  condition: sel",
      match: [stem('/a?act=1')],
      ignore: [stem('/act=1')],
    },
    {
      title: 'an absolute target, with and without its authority',
      detection: "sel: {c-uri|startswith: 'http://other.example/'}\n  b: {cs-uri-stem: /x}\n  condition: sel and b",
      match: [{ target: '/x', request: 'GET http://other.example/x HTTP/1.1' }],
      ignore: [{ target: '/x' }],
    },
    {
      title: 'extension of the last path segment',
      detection: 'sel: {c-uri-extension: [exe, dll]}\n  condition: sel',
      match: [stem('/a.b/c.EXE?x')],
      ignore: [stem('/a.exe/c'), stem('/exe')],
    },
    {
      title: 'each parameter apart',
      detection: "n: {x-query-name: 'user[name]'}\n  v: {x-query-value: 'a&b'}\n  condition: n and v",
      match: [query('user%5Bname%5D=a%26b')],
      ignore: [query('user[name]=a&b')],
    },
    {
      title: 'path segments apart',
      detection: "sel: {x-path-segment: '..;'}\n  condition: sel",
      match: [stem('/a/..;/b'), stem('/a/%2e%2e;/b')],
      ignore: [stem('/a..;/b')],
    },
    {
      title: 'the whole request line',
      detection: "sel: {x-request|re: '^GET [^ ]+$'}\n  condition: sel",
      match: [{ target: '/old', protocol: null }],
      ignore: [stem('/new')],
    },
    {
      title: 'everything that may be interpreted: path, names, values, referer, agent',
      detection: 'sel: {x-input|contains: "{{7*7}}"}\n  condition: sel',
      match: [
        stem('/{{7*7}}'),
        query('{{7*7}}'),
        query('a={{7*7}}'),
        { referer: 'https://a.example/?b={{7*7}}' },
        agent('{{7*7}}'),
      ],
      ignore: [{ user: '{{7*7}}' }, { method: '{{7*7}}' }],
    },
  ],
};

/** Rows over selections a, b, c, sel_x, sel_y and _hidden: a request is the letters of those that hold. */
function condition(title: string, text: string, match: readonly string[], ignore: readonly string[]): readonly Row[] {
  const names = { a: 'a', b: 'b', c: 'c', x: 'sel_x', y: 'sel_y', h: '_hidden' };
  const selections = Object.entries(names).map(([letter, name]) => `${name}: {x-query-name: ${letter}}\n  `);
  const request = (letters: string): Request => ({ target: `/?${[...letters].join('&')}` });
  // Selections that the condition does not use only give a warning.
  return [
    {
      title,
      detection: `${selections.join('')}condition: ${text}`,
      match: match.map(request),
      ignore: ignore.map(request),
    },
  ];
}

function matcher(detection: string): (request: Request) => boolean {
  const text = `title: case\nlogsource: {category: webserver}\ndetection:\n  ${detection}\n`;
  const detect = detector(readRules([{ path: 'case.yml', text }]), { own: (entry) => entry });
  return (request) => detect(entryOf(request)).length > 0;
}

describe.each(Object.entries(ROWS))('%s', (_, rows) => {
  it.each(rows)('$title', ({ detection, match = [], ignore = [] }) => {
    const matches = matcher(detection);
    expect(match.filter((request) => !matches(request))).toEqual([]);
    expect(ignore.filter(matches)).toEqual([]);
  });
});

it('takes a list of conditions as alternatives', () => {
  const matches = matcher('a: {cs-method: PUT}\n  b: {sc-status: 500}\n  condition: [a, b]');
  expect(matches({ status: 500 })).toBe(true);
  expect(matches({ method: 'PUT' })).toBe(true);
  expect(matches({})).toBe(false);
});

it('refuses what it cannot do, rather than doing something else', () => {
  expect(() => matcher('sel: {cs-method|glob: x}\n  condition: sel')).toThrow(FaultsError);
});
