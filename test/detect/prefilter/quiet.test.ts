import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES, type Detector, detector, loadRules, Quiet, readRules } from '../../../src/detect/detect.ts';
import { arbitraryRequest } from '../arbitrary-request.ts';
import { entryOf, type Request } from '../entry.ts';
import { JOINED_RULES, rule, SAMPLE_RULES } from '../sample-rules.ts';

const ALL = Quiet.REQUEST | Quiet.REFERER | Quiet.AGENT | Quiet.OTHERS | Quiet.STATUS;
const ANY_REQUEST = rule('any', 'sel:\n    x-request|exists: true', 'sel');

function detectorOf(rules: readonly string[]): Detector {
  return detector(readRules([{ path: 'a.yml', text: rules.join('---\n') }]), { own: (entry) => entry });
}

/** What is judged apart, each with the bit that tells of it. */
const PARTS: readonly (readonly [number, readonly (keyof Request)[]])[] = [
  [Quiet.REQUEST, ['method', 'target', 'protocol', 'request']],
  [Quiet.REFERER, ['referer']],
  [Quiet.AGENT, ['userAgent']],
  [Quiet.OTHERS, ['user', 'host', 'extra']],
  [Quiet.STATUS, ['status']],
];

/** Requests of ordinary parts, which most rules leave alone. */
const ordinaryRequest: fc.Arbitrary<Request> = fc.record({
  target: fc.constantFrom(
    '/',
    '/lamp/317',
    '/search?q=blue+lamp&page=3',
    '/a%20b',
    '/wp-content/uploads/2024/05/i.jpg',
    null,
  ),
  method: fc.constantFrom('GET', 'HEAD'),
  status: fc.constantFrom(200, 301, null),
  referer: fc.constantFrom('https://www.example.org/', 'https://shop.example/?q=blue+lamp', null),
  userAgent: fc.constantFrom('Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101', 'Links (2.29; x)', null),
  user: fc.constantFrom('bob', null),
  host: fc.constantFrom('www.example.org', null),
  extra: fc.constantFrom(null, { 'cs-cookie': 'sid=a1b2' }),
});

function mix(sources: readonly Request[]): Request {
  const mixed = PARTS.flatMap(([, names], index) => {
    const source = sources[index];
    return names.flatMap((name) => (source?.[name] === undefined ? [] : [[name, source[name]] as const]));
  });
  return Object.fromEntries(mixed);
}

/** Requests of which no rule in the first set below may make anything. */
const PLAIN = [
  entryOf({ target: '/lamp/317', referer: 'http://a.example/?q=blue', userAgent: 'Links (2.29; x)' }),
  entryOf({ target: '/search?q=blue+lamp&page=3' }),
];

/** Rules that can be quiet, and are on plain requests. */
function quietRules(): readonly string[] {
  return [...SAMPLE_RULES, ...JOINED_RULES].filter((text) => {
    const detect = detectorOf([text]);
    return detect.canBeQuiet && PLAIN.every((entry) => detect.quietBits(entry) === ALL);
  });
}

const SETS: readonly (readonly [string, () => Promise<Detector>])[] = [
  ['rules over every part', async () => detectorOf([...quietRules(), ANY_REQUEST])],
  ['the rules that come along', async () => detector(await loadRules([DEFAULT_RULES]), { own: (entry) => entry })],
];

describe.each(SETS)('the quiet bits of %s', (_, load) => {
  it('tell lines on which only universal rules match, each from its own part alone', async () => {
    const detect = await load();
    expect(detect.canBeQuiet).toBe(true);
    const sources = fc.array(fc.oneof(ordinaryRequest, arbitraryRequest), {
      minLength: PARTS.length,
      maxLength: PARTS.length,
    });
    let quiet = 0;
    fc.assert(
      fc.property(sources, (all) => {
        const entry = entryOf(mix(all));
        const bits = detect.quietBits(entry);
        for (const [index, [bit]] of PARTS.entries()) {
          const alone = mix(PARTS.map((_part, at) => (at === index ? all[at] : {})) as Request[]);
          expect(detect.quietBits(entryOf(alone)) & bit).toBe(bits & bit);
        }
        if (bits !== ALL) return;
        quiet += 1;
        expect(detect(entry).map(({ rule: { id } }) => id)).toEqual(detect.universal.map(({ id }) => id));
        expect(detect.universalHits(entry)).toEqual(detect(entry));
      }),
      { numRuns: 600 },
    );
    expect(quiet).toBeGreaterThan(0);
  });
});

describe('the quiet bits', () => {
  const RULES = [
    rule('request', 'sel:\n    cs-uri-stem|contains: zqj', 'sel'),
    rule('method', 'sel:\n    cs-method: TRACE\n    sc-bytes|gt: 1', 'sel'),
    rule('referer', 'sel:\n    cs-referer|contains: zqj', 'sel'),
    rule('agent', 'sel:\n    cs-user-agent: null', 'sel'),
    rule('input', 'sel:\n    x-input|contains: kkk', 'sel'),
    rule('user', 'sel:\n    cs-username|contains: zqj', 'sel'),
    rule('header', 'sel:\n    cs-cookie|contains: zqj', 'sel'),
    rule('status', 'sel:\n    sc-status: [404, 500]', 'sel'),
    ANY_REQUEST,
  ];

  it.each<[string, Request, number]>([
    ['nothing of note', { userAgent: 'a' }, 0],
    ['a path', { userAgent: 'a', target: '/zqj' }, Quiet.REQUEST],
    ['an encoded path', { userAgent: 'a', target: '/%7aqj' }, Quiet.REQUEST],
    ['a method', { userAgent: 'a', method: 'TRACE' }, Quiet.REQUEST],
    ['no request line', { userAgent: 'a', target: null, request: null }, Quiet.REQUEST],
    ['a referer', { userAgent: 'a', referer: 'https://zqj.example/' }, Quiet.REFERER],
    ['no agent', {}, Quiet.AGENT],
    ['a text that any part may hold', { userAgent: 'kkk' }, Quiet.AGENT],
    ['a user', { userAgent: 'a', user: 'zqj' }, Quiet.OTHERS],
    ['an encoded header', { userAgent: 'a', extra: { 'cs-cookie': '%7aqj' } }, Quiet.OTHERS],
    ['a host and a user of no note', { userAgent: 'a', host: 'a.example', user: 'b' }, 0],
    ['a status', { userAgent: 'a', status: 404 }, Quiet.STATUS],
    ['no status', { userAgent: 'a', status: null }, 0],
  ])('lack what makes a rule worth evaluating: %s', (_, request, missing) => {
    expect(detectorOf(RULES).quietBits(entryOf(request))).toBe(ALL & ~missing);
  });

  it.each([
    ['the line as a whole', "sel: ['zqj']", 'sel'],
    ['sizes', 'sel:\n    sc-bytes|gt: 4', 'sel'],
    ['clients', 'sel:\n    c-ip|cidr: 192.0.2.0/24', 'sel'],
    ['durations', 'sel:\n    time-taken|gt: 4', 'sel'],
    ['what a header does not say', 'sel:\n    cs-cookie|contains: a', 'not sel'],
    ['any text of a header', "sel:\n    cs-cookie|re: '.{3}'", 'sel'],
  ])('are never set where a rule looks at %s', (_, selections, condition) => {
    const detect = detectorOf([rule('r', selections, condition), ANY_REQUEST]);
    expect(detect.canBeQuiet).toBe(false);
    expect(detect.quietBits(entryOf({ userAgent: 'a' }))).toBe(0);
  });
});

describe('universal rules', () => {
  it('are those that ask for nothing but a request line, in the order of the rules', () => {
    const detect = detectorOf([
      rule('b', 'sel:\n    x-request|exists: true', 'sel'),
      rule('none', 'sel:\n    x-request|exists: false', 'sel'),
      rule('agent', 'sel:\n    cs-user-agent|exists: true', 'sel'),
      rule('negated', 'sel:\n    x-request|exists: true', 'not sel'),
      rule('a', 'sel:\n    x-request|exists: true', 'sel'),
    ]);
    expect(detect.universal.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(detect(entryOf()).map((hit) => hit.rule.id)).toEqual(['b', 'a']);
  });

  it('have no filter', () => {
    const filter =
      'title: f\nlogsource: {category: webserver}\nfilter:\n  rules: [any]\n  f:\n    cs-uri-stem: /a\n  condition: not f\n';
    const detect = detectorOf([ANY_REQUEST, filter]);
    expect(detect.universal).toEqual([]);
    expect(detect(entryOf({ target: '/a' }))).toEqual([]);
    expect(detect(entryOf({ target: '/b' }))).toHaveLength(1);
  });
});
