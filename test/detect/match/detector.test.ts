import { describe, expect, it } from 'vitest';
import { detector, fieldValue, readRules } from '../../../src/detect/detect.ts';
import type { Hit } from '../../../src/model/hit.ts';
import { entryOf, type Request } from '../entry.ts';
import { rule } from '../sample-rules.ts';

function hitsOf(rules: readonly string[], request: Request): readonly Hit[] {
  return detector(readRules([{ path: 'a.yml', text: rules.join('---\n') }]), { own: (entry) => entry })(
    entryOf(request),
  );
}

const selection = (item: string) => rule('r', `sel:\n    ${item}`, 'sel');

describe('a hit', () => {
  it.each([
    ['the raw view', "cs-uri-query|contains: 'Etc'", { target: '/?f=ETC' }, 'cs-uri-query', 'raw', 'ETC'],
    ['a decoded view', "cs-uri-query|contains: '../'", { target: '/%2e%2e%2f' }, 'cs-uri-query', 'decoded', '../'],
    [
      'decoded twice',
      "cs-uri-query|contains: '../'",
      { target: '/%252e%252e/' },
      'cs-uri-query',
      'decoded-twice',
      '../',
    ],
    ['decoded fully', "x-query-value: 'a'", { target: '/?x=%25252561' }, 'x-query-value', 'decoded-fully', 'a'],
    ['folded', "cs-uri-stem|contains: '..'", { target: '/%c0%ae%c0%ae/' }, 'cs-uri-stem', 'folded', '..'],
    [
      'squeezed',
      "x-query-value|contains: 'union select'",
      { target: '/?q=UNION/**/SELECT' },
      'x-query-value',
      'squeezed',
      'UNION SELECT',
    ],
    [
      'base64',
      "x-query-value|contains: '/bin/sh'",
      { target: '/?q=L2Jpbi9zaCAtYyBpZA==' },
      'x-query-value',
      'base64',
      '/bin/sh',
    ],
    ['a regular expression', "x-input|re: 'a+b'", { userAgent: 'xaab' }, 'x-input', 'raw', 'aab'],
    ['a startswith', "cs-user-agent|startswith: 'sql'", { userAgent: 'sqlmap' }, 'cs-user-agent', 'raw', 'sql'],
    ['an endswith', "cs-user-agent|endswith: 'map'", { userAgent: 'sqlmap' }, 'cs-user-agent', 'raw', 'map'],
    ['wildcards', "cs-user-agent: '*l*p'", { userAgent: 'sqlmap' }, 'cs-user-agent', 'raw', 'lmap'],
    ['wildcards between', "cs-user-agent|contains: 'q*m'", { userAgent: 'sqlmap' }, 'cs-user-agent', 'raw', 'qlm'],
    [
      'a recogniser',
      'x-query-value|sqli: true',
      { target: '/?q=1%27+or+%271%27%3d%271' },
      'x-query-value',
      'decoded',
      expect.stringContaining('or'),
    ],
    [
      'base64offset',
      'cs-uri-query|base64offset|contains: root',
      { target: '/?q=eHJvb3Q=' },
      'cs-uri-query',
      'raw',
      'Jvb3',
    ],
    [
      'any of several offsets, all of a list',
      'cs-uri-query|base64offset|contains|all: [root]',
      { target: '/?q=eHJvb3Q=' },
      'cs-uri-query',
      'raw',
      'Jvb3',
    ],
    ['a status alone', 'sc-status: 404', { status: 404 }, 'sc-status', 'raw', '404'],
    ['an address alone', 'c-ip|cidr: 192.0.2.0/24', {}, 'c-ip', 'raw', '192.0.2.1'],
    [
      'the text, though a method stands first',
      "cs-method: GET\n    cs-uri-stem: '/a'",
      { target: '/a' },
      'cs-uri-stem',
      'raw',
      '/a',
    ],
    ['nothing, where nothing was asked for but absence', 'cs-referer: null', {}, 'cs-referer', 'raw', ''],
    [
      'letters that grow in lower case',
      "cs-user-agent|contains: 'x'",
      { userAgent: 'İx' },
      'cs-user-agent',
      'raw',
      'x',
    ],
  ] as const)('tells where it was found: %s', (_, item, request, field, view, text) => {
    expect(hitsOf([selection(item)], request).map(({ match }) => match)).toEqual([{ field, view, text }]);
  });

  it('of nothing but negations shows nothing', () => {
    const negated = rule('r', 'sel: {cs-method: POST}', 'not sel');
    expect(hitsOf([negated], {})[0]?.match).toEqual({ field: 'cs-method', view: 'raw', text: '' });
  });

  it('shows at most 200 code units', () => {
    const [hit] = hitsOf([selection("x-query-value|re: 'a+'")], { target: `/?q=${'a'.repeat(500)}` });
    expect(hit?.match.text).toBe('a'.repeat(200));
  });

  it('has an entry of its own, copied once a line', () => {
    let copies = 0;
    const rules = readRules([
      { path: 'a.yml', text: ['x', 'y'].map((id) => rule(id, 's: {cs-method: GET}', 's')).join('---\n') },
    ]);
    const detect = detector(rules, {
      own: (entry) => {
        copies += 1;
        return { ...entry };
      },
    });
    const entry = entryOf();
    const hits = detect(entry);
    expect(hits.map((hit) => hit.rule.id)).toEqual(['x', 'y']);
    expect(hits[0]?.entry).toBe(hits[1]?.entry);
    expect(hits[0]?.entry).not.toBe(entry);
    detect(entryOf({ method: 'POST' }));
    expect(copies).toBe(1);
  });

  it('comes in the order of the rules', () => {
    const rules = ['b', 'a', 'c'].map((id) => rule(id, 's: {cs-uri-query|contains: x}', 's'));
    expect(hitsOf(rules, { target: '/x' }).map(({ rule: { id } }) => id)).toEqual(['b', 'a', 'c']);
  });

  it('is there for rules that only serve correlations', () => {
    const quiet = `sightline: {alerts: false}\n${rule('r', 's: {cs-method: GET}', 's')}`;
    expect(hitsOf([quiet], {}).map(({ rule: { alerts } }) => alerts)).toEqual([false]);
  });
});

describe('negated items', () => {
  it.each([
    ['raw', '/?q=good', 0],
    ['encoded', '/?q=g%6fod', 0],
    ['absent', '/?q=bad', 1],
  ])('must fail in all views: %s', (_, target, hits) => {
    const negated = rule('r', 'sel: {x-query-name: q}\n  f: {x-query-value: good}', 'sel and not f');
    expect(hitsOf([negated], { target })).toHaveLength(hits);
  });
});

describe('excepted values', () => {
  const excepting = (exception: string) =>
    selection(`x-query-value|contains: drop\n    x-query-value|except|${exception}`);

  it.each([
    ['a value that is excepted', 'contains: table', '/?q=drop+table', 0],
    ['one that is so in another view', 'contains: table', '/?q=drop+%2574able', 0],
    ['another value that would be', 'contains: table', '/?q=drop&x=table', 1],
    ['a second one that is', 'contains: table', '/?q=drop&x=drop+table', 1],
    ['one of all that are wanted', 'contains|all: [a, z]', '/?q=drop+a', 1],
    ['all of them', 'contains|all: [a, z]', '/?q=drop+a+z', 0],
    ['a recogniser that holds', 'sqli: true', "/?q=drop'+or+1=1--", 0],
  ])('%s', (_, exception, target, hits) => {
    expect(hitsOf([excepting(exception)], { target })).toHaveLength(hits);
  });

  it('shows what matched of the value that counts', () => {
    const [hit] = hitsOf([excepting('contains: table')], { target: '/?a=drop+table&b=raindrops' });
    expect(hit?.match).toMatchObject({ field: 'x-query-value', text: 'drop' });
  });
});

describe('extraction', () => {
  const extracting = (type: string, pattern: string, field = 'cs-uri-query') =>
    `${selection('cs-method: GET')}sightline:\n  extract:\n    - {field: ${field}, pattern: '${pattern}', type: ${type}}\n`;

  it.each([
    [
      'group 1, of the most decoded view',
      'url',
      'wget\\s(http\\S+)',
      '/?c=wget%2520http://e.example/a%253bb',
      [{ type: 'url', value: 'http://e.example/a;b' }],
    ],
    ['the group value', 'user', '(u)=(?<value>\\w+)', '/?u=bob', [{ type: 'user', value: 'bob' }]],
    ['an address in canonical form, by its kind', 'ip', 'to=([0-9a-f:.]+)', '/?to=2001:DB8:0::1', []],
    ['IPv6', 'hostname', 'to=([0-9a-f:]+)', '/?to=2001:db8:0::1', [{ type: 'ipv6', value: '2001:db8::1' }]],
    ['IPv4 in place of a host name', 'domain', 'to=([^&]+)', '/?to=192.0.2.7', [{ type: 'ip', value: '192.0.2.7' }]],
    [
      'a host name in lower case',
      'hostname',
      'to=([^&]+)',
      '/?to=E.Example',
      [{ type: 'hostname', value: 'e.example' }],
    ],
    ['no address where none is', 'ip', 'to=([^&]+)', '/?to=300.1.2.3', []],
    ['nothing where the pattern does not match', 'url', 'ftp://\\S+', '/', []],
    ['nothing that is empty', 'url', 'x=(\\w*)', '/?x=', []],
    ['nothing that is too long', 'url', 'x=(\\w+)', `/?x=${'a'.repeat(3000)}`, []],
  ])('gives %s', (_, type, pattern, target, expected) => {
    expect(hitsOf([extracting(type, pattern)], { target })[0]?.observables).toEqual(expected);
  });

  it('gives each value once, and a bounded number', () => {
    const target = `/?${Array.from({ length: 40 }, (_, i) => `u=http://e.example/${i % 30}`).join('&')}`;
    const [hit] = hitsOf([extracting('url', 'http://\\S+', 'x-query-value')], { target });
    expect(hit?.observables).toHaveLength(20);
  });
});

describe('fieldValue', () => {
  it.each([
    ['c-ip', '192.0.2.1'],
    ['source.ip', '192.0.2.1'],
    ['cs-method', 'GET'],
    ['C-URI', '/a.php?b=c'],
    ['cs-uri-stem', '/a.php'],
    ['cs-uri-query', 'b=c'],
    ['c-uri-extension', 'php'],
    ['cs-version', 'HTTP/1.1'],
    ['sc-status', 200],
    ['sc-bytes', 512],
    ['cs-bytes', 77],
    ['cs-user-agent', 'x'],
    ['cs-referer', null],
    ['x-peer', null],
    ['x-request', 'GET /a.php?b=c HTTP/1.1'],
    ['dst_ip', '198.51.100.1'],
    ['x-forwarded-for', '203.0.113.5'],
    ['nothing-of-the-kind', null],
  ])('%s', (field, expected) => {
    const extra = { 'cs-bytes': '77', 's-ip': '198.51.100.1', 'x-forwarded-for': '203.0.113.5' };
    expect(fieldValue(entryOf({ target: '/a.php?b=c', userAgent: 'x', extra }), field)).toBe(expected);
  });

  it.each([
    ['/tiles/12/2100/1300.png', '/tiles/0/0/0.png'],
    ['/article-07.html', '/article-0.html'],
    ['/objects/0f/1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c', '/objects/0f/0'],
    ['/orders/5d7a0a6e-2f1b-4c1d-9c1e-0d1f2a3b4c5d/items', '/orders/0/items'],
    ['/effaced/decade', '/effaced/decade'],
    ['/deadbeef', '/deadbeef'],
    ['/', '/'],
  ])('knows the shape of %s', (target, shape) => {
    expect(fieldValue(entryOf({ target }), 'x-path-shape')).toBe(shape);
  });

  it('has no number where the log has none', () => {
    expect(fieldValue(entryOf({ extra: { 'cs-bytes': '' } }), 'cs-bytes')).toBeNull();
  });
});

describe('filters', () => {
  const filter = (title: string, rules: string, item: string) =>
    `title: ${title}\nfilter:\n  rules: ${rules}\n  own: {${item}}\n  condition: not own\n`;
  const rules = [
    rule('query', 'sel: {x-query-value|contains: word}', 'sel'),
    rule('agent', 'sel: {cs-user-agent|contains: word}', 'sel'),
    rule('status', 'sel: {sc-status: 404}', 'sel'),
    filter('agents', 'any', "cs-user-agent|contains: '<monitor>'"),
    filter('paths', '[query, agent]', "cs-uri-stem|startswith: '/health'"),
  ];
  const told = (request: Request) => {
    const titles: string[] = [];
    const set = readRules([{ path: 'a.yml', text: rules.join('---\n') }]);
    const detect = detector(set, { own: (entry) => entry, onFiltered: ({ title }) => titles.push(title) });
    const hits = detect(entryOf(request)).map(({ rule: { id } }) => id);
    return { hits, titles };
  };

  it.each<[string, Request, readonly string[], readonly string[]]>([
    ['nothing where no rule matches', { userAgent: '<monitor>' }, [], []],
    ['nothing where no filter speaks of the line', { target: '/?q=word' }, ['query'], []],
    ['a filter once, however many rules it suppressed', { target: '/health?q=word', userAgent: 'word' }, [], ['paths']],
    [
      'a filter beside the hits of rules that it does not speak of',
      { target: '/health?q=word', status: 404 },
      ['status'],
      ['paths'],
    ],
    ['the first of two', { target: '/health?q=word', userAgent: '<monitor>' }, [], ['agents']],
    ['one for each rule', { target: '/health?q=word', userAgent: '<monitor>', status: 404 }, [], ['agents']],
    [
      'a filter that is true in any view of the text',
      { target: '/?q=word', userAgent: '%26lt;monitor&gt;' },
      [],
      ['agents'],
    ],
  ])('tell of %s', (_, request, hits, titles) => {
    expect(told(request)).toEqual({ hits, titles });
  });

  it('tell anew on each line', () => {
    const titles: string[] = [];
    const set = readRules([{ path: 'a.yml', text: rules.join('---\n') }]);
    const detect = detector(set, { own: (entry) => entry, onFiltered: ({ title }) => titles.push(title) });
    for (const target of ['/health?q=word', '/?q=word', '/health?q=word']) detect(entryOf({ target }));
    expect(titles).toEqual(['paths', 'paths']);
  });
});
