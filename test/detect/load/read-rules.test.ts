import { describe, expect, it } from 'vitest';
import { detector, type RuleSet, readRules } from '../../../src/detect/detect.ts';
import { describeFault, FaultsError } from '../../../src/model/errors.ts';
import { entryOf, type Request } from '../entry.ts';

const HEAD = 'title: a rule\nlogsource: {category: webserver}\n';
const BODY = 'detection:\n  sel: {cs-method: GET}\n  condition: sel\n';

function read(...texts: readonly string[]): RuleSet {
  return readRules(texts.map((text, index) => ({ path: `rules/${index}.yml`, text })));
}

function faultsOf(...texts: readonly string[]): readonly string[] {
  try {
    read(...texts);
    return [];
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    return error.faults.map(describeFault);
  }
}

function warningsOf(...texts: readonly string[]): readonly string[] {
  return read(...texts).warnings.map(describeFault);
}

describe('faults', () => {
  it.each([
    ['bad YAML', 'title: [a', '1:10: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['no mapping', '- a\n', '1:1: a Sigma document is a mapping'],
    ['no title', `logsource: {category: webserver}\n${BODY}`, '1:1: title: a title is needed'],
    [
      'an unknown status',
      `${HEAD}status: final\n${BODY}`,
      '3:9: status: expected one of stable, test, experimental, deprecated, unsupported',
    ],
    [
      'an unknown level',
      `${HEAD}level: severe\n${BODY}`,
      '3:8: level: expected one of informational, low, medium, high, critical',
    ],
    ['no log source', `title: a\n${BODY}`, '1:1: a rule needs a logsource, such as category: webserver'],
    ['no detection', HEAD, '1:1: a rule needs a detection with selections and a condition'],
    ['no selection', `${HEAD}detection:\n  condition: sel\n`, '4:3: there is no selection'],
    ['no condition', `${HEAD}detection:\n  sel: {cs-method: GET}\n`, '4:3: the condition is missing'],
    [
      'a condition that is no text',
      `${HEAD}detection:\n  sel: {cs-method: GET}\n  condition: {a: b}\n`,
      '5:14: a condition is a text, or a list of texts of which any may hold',
    ],
    [
      'the old aggregations',
      `${HEAD}detection:\n  sel: {cs-method: GET}\n  timeframe: 5m\n  condition: sel\n`,
      '5:3: timeframe belongs to aggregations: write a correlation document',
    ],
    ['an empty selection', `${HEAD}detection:\n  sel: {}\n  condition: sel\n`, '4:8: the selection "sel" is empty'],
    [
      'an empty list of keywords',
      `${HEAD}detection:\n  sel: []\n  condition: sel\n`,
      '4:8: the selection "sel" is empty',
    ],
    [
      'the old collections',
      `${HEAD}action: global\n`,
      '3:1: collections by `action` are not Sigma any more: write whole documents',
    ],
  ])('%s', (_, text, expected) => {
    expect(faultsOf(text)).toEqual([`rules/0.yml:${expected}`]);
  });

  it.each([
    ['an unknown modifier', 'cs-method|startwith: x', '4:9: unknown modifier "startwith", did you mean "startswith"?'],
    [
      'placeholders',
      "cs-method|expand: '%x%'",
      '4:9: the modifier "expand" is not supported: there are no placeholder values to fill in: write them out as a list',
    ],
    [
      'parts of the time',
      'date|hour: 3',
      '4:9: the modifier "hour" is not supported: parts of the time are not supported',
    ],
    ['a modifier given twice', 'cs-method|contains|contains: x', '4:9: the modifier "contains" is given twice'],
    ['modifiers that exclude each other', 'c-ip|re|cidr: x', '4:9: the modifiers of "re|cidr" exclude each other'],
    ['a modifier before re', 'cs-method|contains|re: x', '4:9: the modifier "contains" does not go with "contains|re"'],
    ['a flag without re', 'cs-method|i: x', '4:9: the modifier "i" is a flag of "re" and comes after it'],
    ['a flag before re', 'cs-method|i|re: x', '4:9: the modifier "i" is a flag of "re" and comes after it'],
    [
      'wildcards before an encoding',
      'cs-method|contains|base64: x',
      '4:9: wildcards cannot be encoded: write "contains" after "base64"',
    ],
    [
      'wildcards in an encoded value',
      "cs-method|base64: 'a*'",
      '4:27: a value with wildcards cannot be encoded as base64',
    ],
    [
      'an encoding of dashes',
      "cs-method|windash|base64: ' -a'",
      '4:9: the modifier "windash" does not go with an encoding',
    ],
    ['nothing to encode', "cs-method|base64: ''", '4:27: the value is too short for base64'],
    [
      'a bad regular expression',
      "cs-method|re: '('",
      '4:23: bad regular expression: a group is not closed (at character 1 of the pattern)',
    ],
    [
      'a bad one within a list',
      "cs-method|re: [a, '(']",
      '4:27: bad regular expression: a group is not closed (at character 1 of the pattern)',
    ],
    [
      'a bad network',
      'c-ip|cidr: 10.0.0.0/40',
      '4:20: expected an address or a network such as 192.0.2.0/24, got "10.0.0.0/40"',
    ],
    [
      'a bad network within a list',
      'c-ip|cidr: [192.0.2.0/24, 10.0.0.0/40]',
      '4:35: expected an address or a network such as 192.0.2.0/24, got "10.0.0.0/40"',
    ],
    ['no number to compare with', 'sc-status|gt: many', '4:23: a number was expected, not "many"'],
    ['null in a list', 'cs-method: [a, null]', '4:24: null cannot stand in a list of values'],
    ['null with a modifier that wants a value', 'cs-method|re: null', '4:23: null does not go with these modifiers'],
    ['neither true nor false', 'cs-method|exists: 1', '4:27: true or false was expected'],
    ['neither true nor false for a recogniser', 'cs-uri-query|sqli: 1', '4:28: true or false was expected'],
    ['a list of lists', 'cs-method: [[a]]', '4:21: "cs-method" takes texts and numbers, not maps or lists'],
    [
      'an exception from nothing',
      'cs-method|except: GET',
      '4:9: "cs-method|except" excepts nothing: it and another item here have to ask for texts of this field',
    ],
    [
      'an exception from another field',
      'cs-host: a, cs-method|except: GET',
      '4:21: "cs-method|except" excepts nothing: it and another item here have to ask for texts of this field',
    ],
    [
      'an exception of all but something',
      'x-input|contains: a, x-input|except|sqli: false',
      '4:30: "x-input|except|sqli" excepts nothing: it and another item here have to ask for texts of this field',
    ],
    [
      'a negated exception',
      'cs-method: a, cs-method|except|neq: GET',
      '4:23: the modifiers "except" and "neq" exclude each other',
    ],
    [
      'an exception by network',
      'c-ip|except|cidr: 192.0.2.0/24',
      '4:9: the modifier "except" does not go with "except|cidr"',
    ],
    ['an empty list', 'cs-method: []', '4:20: "cs-method" has an empty list'],
  ])('in an item: %s', (_, item, expected) => {
    const text = `${HEAD}detection:\n  sel: {${item}}\n  condition: sel\n`;
    expect(faultsOf(text)).toEqual([`rules/0.yml:${expected}`]);
  });

  it.each([
    [
      'an unknown selection',
      'sel and self',
      'there is no selection "self", did you mean "sel"? (at character 9 of the condition)',
    ],
    [
      'a pattern without a match',
      'sel and not 1 of filter_*',
      'no selection matches "filter_*" (at character 18 of the condition)',
    ],
    [
      'an aggregation',
      'sel | count() > 5',
      'aggregations after | are not Sigma any more: write a correlation document (at character 5 of the condition)',
    ],
    [
      'another quantity',
      '2 of sel*',
      '"2 of" is not Sigma: write 1 of, any of or all of (at character 1 of the condition)',
    ],
    ['an open bracket', '(sel', 'a bracket is not closed (at character 1 of the condition)'],
    ['a closed one', 'sel)', 'unexpected ")" (at character 4 of the condition)'],
    ['an end too early', 'sel and', 'the condition ends too early (at character 8 of the condition)'],
    ['an end after of', '1 of', 'the condition ends too early (at character 5 of the condition)'],
    ['two selections side by side', 'sel sel', 'unexpected "sel" (at character 5 of the condition)'],
    [
      'too many brackets',
      '('.repeat(101),
      'brackets are nested more than 100 deep (at character 101 of the condition)',
    ],
  ])('in a condition: %s', (_, condition, expected) => {
    const text = `${HEAD}detection:\n  sel: {cs-method: GET}\n  condition: '${condition}'\n`;
    expect(faultsOf(text)).toEqual([`rules/0.yml:5:14: ${expected}`]);
  });

  it.each([
    ['an unknown key', 'alert: false', '3:13: unknown key "alert", did you mean "alerts"?'],
    ['a key that is like none', 'zzz: 1', '3:13: unknown key "zzz"'],
    [
      'an unknown key of an extraction',
      'extract: [{field: x, pattern: y, kind: url, type: url}]',
      '3:46: unknown key "kind"',
    ],
    [
      'an unknown type',
      'extract: [{field: x, pattern: y, type: link}]',
      '3:52: sightline.extract.0.type: expected one of ip, ipv6, hostname, domain, url, user_agent, file_name, user',
    ],
    [
      'a bad pattern',
      "extract: [{field: x, pattern: '(', type: url}]",
      '3:43: bad regular expression: a group is not closed (at character 1 of the pattern)',
    ],
    ['a proof that is a stream', "proof: {match: [['GET / HTTP/1.1']]}", '3:29: a proof of a rule is one request'],
    [
      'a key of a proof request',
      'proof: {match: [{request: x, stauts: 1}]}',
      '3:42: unknown key "stauts", did you mean "status"?',
    ],
    [
      'a bad value there',
      'proof: {match: [{request: x, status: 1}]}',
      '3:50: sightline.proof.match.0.status: Too small: expected number to be >=100',
    ],
    ['a proof that is nothing', 'proof: {match: [1]}', '3:29: sightline.proof.match.0: Invalid input'],
    ['a proof key', "proof: {matches: ['GET /']}", '3:21: unknown key "matches", did you mean "match"?'],
  ])('in the sightline key: %s', (_, inner, expected) => {
    const text = `title: a rule\nlogsource: {category: webserver}\nsightline: {${inner}}\n${BODY}`;
    expect(faultsOf(text)).toEqual([`rules/0.yml:${expected}`]);
  });

  it('are all told at once, over all files', () => {
    const faults = faultsOf(
      `${HEAD}level: x\nstatus: y\n${BODY}`,
      `${HEAD}detection:\n  sel: {a|b: 1}\n  condition: sel\n`,
    );
    expect(faults.map((fault) => fault.split(': ')[0])).toEqual([
      'rules/0.yml:4:9',
      'rules/0.yml:3:8',
      'rules/1.yml:4:9',
    ]);
  });

  it('name ids that are given twice', () => {
    expect(faultsOf(`id: x\n${HEAD}${BODY}`, `id: x\n${HEAD}${BODY}`)).toEqual([
      'rules/1.yml:1:5: the id "x" is already that of rules/0.yml',
    ]);
  });
});

describe('warnings', () => {
  it.each([
    [
      'a selection that is not used',
      `${HEAD}detection:\n  a: {cs-method: GET}\n  b: {cs-method: PUT}\n  condition: a\n`,
      '5:3: the condition does not use the selection "b"',
    ],
    [
      'a field that no log has',
      `${HEAD}detection:\n  a: {cs-methd: GET}\n  condition: a\n`,
      '4:7: "cs-methd" is no field of access logs, did you mean "cs-method"?',
    ],
    [
      'a misspelled key',
      `${HEAD}falsepositive: [x]\n${BODY}`,
      '3:1: unknown key "falsepositive", did you mean "falsepositives"?',
    ],
    ['a rule out of use', `${HEAD}status: deprecated\n${BODY}`, '3:9: not loaded: the rule is deprecated'],
    [
      'a log source of something else',
      `title: a\nlogsource: {service: apache}\n${BODY}`,
      '2:12: never evaluated: the logsource is not that of access logs',
    ],
  ])('%s', (_, text, expected) => {
    expect(warningsOf(text)).toEqual([`rules/0.yml:${expected}`]);
  });

  it('leave keys alone that are like none of Sigma', () => {
    expect(warningsOf(`${HEAD}our_ticket: 12\n${BODY}`)).toEqual([]);
  });
});

describe('a rule', () => {
  it('has all that is told of it', () => {
    const text = `${HEAD}id: 7d4f\nname: probe\nstatus: test\nlevel: high\ndescription: |\n  Two lines\n  of text.\nauthor: A, B\ndate: 2024-01-02\nreferences: [https://a.example/]\ntags: [attack.t1190, attack.T1505.003, attack.initial-access, attack.stealth, attack.ta0043, cve.2024-1]\nfalsepositives: [some]\n${BODY}`;
    expect(readRules([{ path: 'rules/x/y.yml', relativePath: 'x/y.yml', text, license: 'MIT' }]).rules).toEqual([
      {
        id: '7d4f',
        name: 'probe',
        title: 'a rule',
        kind: 'detection',
        level: 'high',
        status: 'test',
        description: 'Two lines\nof text.',
        author: 'A, B',
        license: 'MIT',
        references: ['https://a.example/'],
        tags: [
          'attack.t1190',
          'attack.T1505.003',
          'attack.initial-access',
          'attack.stealth',
          'attack.ta0043',
          'cve.2024-1',
        ],
        techniques: ['T1190', 'T1505.003'],
        tactics: ['TA0001', 'TA0005', 'TA0043'],
        falsepositives: ['some'],
        alerts: true,
        path: 'x/y.yml',
      },
    ]);
  });

  it.each([
    ['its name', 'name: probe\n', 'probe'],
    ['a slug of its title', '', 'a-rule'],
  ])('without an id is known by %s', (_, key, id) => {
    expect(read(`${key}${HEAD}${BODY}`).rules[0]?.id).toBe(id);
  });

  it("has a level of its own, or medium, and a licence of its own, or its folder's", () => {
    const [rule] = readRules([{ path: 'a.yml', text: `${HEAD}license: CC0-1.0\n${BODY}`, license: 'MIT' }]).rules;
    expect([rule?.level, rule?.license]).toEqual(['medium', 'CC0-1.0']);
  });

  it('may stand with others in one file', () => {
    expect(read(`---\n${HEAD}id: a\n${BODY}---\n${HEAD}id: b\n${BODY}---\n`).rules.map(({ id }) => id)).toEqual([
      'a',
      'b',
    ]);
  });

  it.each([
    ['category: proxy', true],
    ['category: webserver, product: apache', true],
    ['product: apache', true],
    ['product: nginx, service: access', true],
    ['service: apache', false],
    ['product: apache, service: error', false],
    ['product: zeek, service: http', false],
    ['category: process_creation, product: windows', false],
  ])('is evaluated on access logs when its log source says so: %s', (logsource, expected) => {
    const detect = detector(read(`title: a\nlogsource: {${logsource}, definition: x}\n${BODY}`), {
      own: (entry) => entry,
    });
    expect(detect(entryOf()).length > 0).toBe(expected);
  });
});

describe('proofs', () => {
  it('are read with their place', () => {
    const proof = `sightline:\n  proof:\n    match:\n      - 'GET /a HTTP/1.1'\n      - {request: 'GET / HTTP/1.1', user_agent: x, referer: null, status: 404, client: 192.0.2.9, host: h, user: u, bytes: 1}\n    ignore:\n      - '192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5'\n`;
    const [found] = read(`${HEAD}${proof}${BODY}`).proofs;
    const ordinary = {
      userAgent: undefined,
      referer: undefined,
      status: undefined,
      client: undefined,
      host: undefined,
    };
    const times = { repeat: 1, everyMs: 1000, afterMs: 0 };
    expect(found?.rule.title).toBe('a rule');
    expect(found?.cases.map(({ expects, stream, path, line }) => [expects, stream, path, line])).toEqual([
      [
        'match',
        [{ request: 'GET /a HTTP/1.1', ...ordinary, user: undefined, bytes: undefined, ...times }],
        'rules/0.yml',
        6,
      ],
      [
        'match',
        [
          {
            request: 'GET / HTTP/1.1',
            userAgent: 'x',
            referer: null,
            status: 404,
            client: '192.0.2.9',
            host: 'h',
            user: 'u',
            bytes: 1,
            ...times,
          },
        ],
        'rules/0.yml',
        7,
      ],
      ['ignore', ['192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5'], 'rules/0.yml', 9],
    ]);
  });
});

describe('filters', () => {
  const matches = (filter: string, request: Request): boolean => {
    const set = read(`id: base\n${HEAD}detection:\n  s: {sc-status: 401}\n  condition: s\n`, filter);
    return detector(set, { own: (entry) => entry })(entryOf({ status: 401, ...request })).length > 0;
  };
  const inside = { client: '192.0.2.5' };
  const outside = { client: '198.51.100.5' };
  const allow = (rules: string, logsource = '') =>
    `title: office\n${logsource}filter:\n  rules: ${rules}\n  office: {c-ip|cidr: 192.0.2.0/24}\n  condition: not office\n`;

  it.each([
    ['a rule by its id', allow('[base]')],
    ['a single rule', allow('base')],
    ['any rule', allow('any')],
    ['any rule, as an empty list', allow('[]')],
    ['rules of the log source', allow('any', 'logsource: {category: webserver}\n')],
  ])('hold back %s', (_, filter) => {
    expect([matches(filter, inside), matches(filter, outside)]).toEqual([false, true]);
  });

  it.each([
    ['another log source', allow('any', 'logsource: {category: proxy}\n')],
    ['a narrower log source', allow('any', 'logsource: {category: webserver, product: apache}\n')],
    ['another rule', allow('[other]')],
  ])('leave rules alone that they do not speak of: %s', (_, filter) => {
    expect([matches(filter, inside), matches(filter, outside)]).toEqual([true, true]);
  });

  it('are taken as written, with a warning where they look inverted', () => {
    const filter = allow('any').replace('not office', 'office');
    expect([matches(filter, inside), matches(filter, outside)]).toEqual([true, false]);
    expect(warningsOf(filter)).toEqual([
      'rules/0.yml:5:14: the rules match only where this condition holds: an allow-list says `not`',
    ]);
  });

  it('tell of rules that are not there', () => {
    expect(warningsOf(allow('[other]'))).toEqual(['rules/0.yml:3:10: there is no rule "other" among those loaded']);
  });

  it('tell of correlations, which they cannot hold back', () => {
    const correlation =
      'title: many\nid: many\ncorrelation: {type: event_count, rules: [base], timespan: 1m, condition: {gte: 2}}\n';
    expect(warningsOf(`id: base\n${HEAD}${BODY}`, correlation, allow('[many]'))).toEqual([
      'rules/2.yml:3:10: "many" is a correlation: a filter names the rules that it counts',
    ]);
  });

  it('are not loaded when they are out of use', () => {
    const filter = `status: deprecated\n${allow('any')}`;
    expect(matches(filter, inside)).toBe(true);
    expect(warningsOf(filter)).toEqual(['rules/0.yml:1:9: not loaded: the rule is deprecated']);
  });

  it('stay apart from the rule, with what names them', () => {
    const set = read(`id: base\n${HEAD}${BODY}`, allow('any'), `id: f2\n${allow('[base]')}`);
    expect(set.compiled.map(({ filters }) => filters)).toMatchObject([
      [
        { id: 'office', title: 'office', path: 'rules/1.yml' },
        { id: 'f2', title: 'office', path: 'rules/2.yml' },
      ],
    ]);
  });

  it.each([
    ['filter:\n  rules: any\n  s: {cs-method: x}\n  condition: not s\n', '1:1: title: a title is needed'],
    ['title: f\nfilter: any\n', '2:9: a filter is a mapping with rules, selections and a condition'],
    ['title: f\nfilter:\n  rules: [1]\n  condition: x\n', '3:10: a filter names its rules by id or name, or says any'],
  ])('are refused when they are none', (text, expected) => {
    expect(faultsOf(text)).toEqual([`rules/0.yml:${expected}`]);
  });
});
