import fc from 'fast-check';
import { COMPOSER_DEFAULTS, type ComposerOptions } from '../../src/compose/compose.ts';
import { withSamples } from '../../src/correlate/samples.ts';
import type { Evidence, Incident, RuleTotal, Sighting, Target } from '../../src/model/incident.ts';
import type { ObservableType } from '../../src/model/observable.ts';
import { LEVELS, type Rule } from '../../src/model/rule.ts';

export const FIRST = Date.UTC(2025, 9, 10, 13, 55, 36);
export const MINUTE_MS = 60_000;

export function optionsOf(changes: Partial<ComposerOptions> = {}): ComposerOptions {
  return { ...COMPOSER_DEFAULTS, ...changes };
}

export function ruleOf(changes: Partial<Rule> = {}): Rule {
  return {
    id: 'sql-union',
    name: null,
    title: 'SQL injection',
    kind: 'detection',
    level: 'high',
    status: 'test',
    description: null,
    author: null,
    license: null,
    references: [],
    tags: [],
    techniques: [],
    tactics: [],
    falsepositives: [],
    alerts: true,
    path: 'sql/union.yml',
    ...changes,
  };
}

export function targetOf(changes: Partial<Target> = {}): Target {
  return { host: 'www.example.org', source: 'access.log', first: FIRST, last: FIRST + MINUTE_MS, ...changes };
}

export function evidenceOf(changes: Partial<Evidence> = {}): Evidence {
  return {
    source: 'access.log',
    line: 12,
    offset: 1000,
    length: 80,
    time: FIRST,
    sha256: 'ab'.repeat(32),
    text: '203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET /?id=1+union+select HTTP/1.1" 200 5',
    field: 'cs-uri-query',
    view: 'decoded',
    matched: 'union select',
    ...changes,
  };
}

export function sightingOf(changes: Partial<Sighting> = {}): Sighting {
  return {
    rule: ruleOf(),
    bucket: FIRST - (FIRST % (5 * MINUTE_MS)),
    bucketMs: 5 * MINUTE_MS,
    arrival: null,
    count: 3,
    first: FIRST,
    last: FIRST + MINUTE_MS,
    outcome: 'attempt',
    addresses: ['203.0.113.9'],
    observables: [],
    targets: [targetOf()],
    evidence: [evidenceOf()],
    ...changes,
  };
}

export function totalOf(changes: Partial<RuleTotal> = {}): RuleTotal {
  return { rule: ruleOf(), count: 3, first: FIRST, last: FIRST + MINUTE_MS, outcome: 'attempt', ...changes };
}

/** Given out for the first time, unless it has samples of its own. */
export function incidentOf(changes: Partial<Incident> = {}): Incident {
  const sightings = changes.sightings ?? [sightingOf()];
  return {
    attacker: { key: '203.0.113.9', type: 'ip', addresses: ['203.0.113.9'] },
    first: FIRST,
    last: FIRST + MINUTE_MS,
    level: 'high',
    score: 40,
    promotion: 'level',
    outcome: 'attempt',
    hits: 3,
    rules: [totalOf()],
    targets: [targetOf()],
    sightings,
    samples: withSamples([], sightings),
    closed: false,
    ...changes,
  };
}

/** Text that tries to break out of where it stands. `pwned` marks it. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'pwned',
        '\n# pwned\n',
        '\r\n- pwned',
        '\n```\npwned',
        '`',
        '```` pwned',
        '\u001b[31mpwned',
        '\u202epwned\u2028',
        '](http://pwned.example/) ',
        '<img src=x>',
        '\\',
        '**pwned**',
        '\ud83d',
        '💥',
        'http://pwned.example/a',
        '|',
        '"}],"pwned":1',
        '\u0000',
        '| a | b |',
        '&lt;',
        '1. pwned',
        '    pwned',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const OBSERVABLE_TYPES: readonly ObservableType[] = [
  'ip',
  'ipv6',
  'hostname',
  'domain',
  'url',
  'user_agent',
  'file_name',
  'user',
];

const hostileRule: fc.Arbitrary<Rule> = fc
  .record({
    id: hostileText,
    title: hostileText.filter((title) => title.trim() !== ''),
    kind: fc.constantFrom('detection', 'correlation'),
    level: fc.constantFrom(...LEVELS),
    status: fc.option(hostileText),
    description: fc.option(hostileText),
    author: fc.option(hostileText),
    license: fc.option(hostileText),
    references: fc.array(fc.oneof(hostileText, fc.webUrl()), { maxLength: 3 }),
    tags: fc.array(hostileText, { maxLength: 3 }),
    techniques: fc.array(fc.constantFrom('T1190', 'T1505.003', 'T1110.001'), { maxLength: 3 }),
    tactics: fc.array(fc.constantFrom('TA0001', 'TA0043', 'TA9999'), { maxLength: 3 }),
    falsepositives: fc.array(hostileText, { maxLength: 2 }),
    path: hostileText,
  })
  .map((changes) => ruleOf(changes));

const when = fc.integer({ min: FIRST, max: FIRST + 100 * MINUTE_MS });
const outcome = fc.constantFrom('attempt', 'refused', 'success');
const bytes = hostileText.map((text) => Buffer.from(text).toString('latin1'));

const hostileTarget: fc.Arbitrary<Target> = fc
  .record({ host: fc.option(fc.oneof(hostileText, fc.domain())), source: hostileText, first: when })
  .map((changes) => targetOf({ ...changes, last: changes.first + MINUTE_MS }));

const hostileEvidence: fc.Arbitrary<Evidence> = fc
  .record({ source: hostileText, text: bytes, matched: hostileText, time: when })
  .map((changes) => evidenceOf(changes));

const hostileSighting: fc.Arbitrary<Sighting> = fc
  .record({
    rule: hostileRule,
    bucket: when,
    arrival: fc.option(when),
    count: fc.nat(),
    first: when,
    outcome,
    addresses: fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), hostileText), { maxLength: 3 }),
    observables: fc.array(
      fc.record({ type: fc.constantFrom(...OBSERVABLE_TYPES), value: fc.oneof(hostileText, fc.webUrl(), fc.domain()) }),
      { maxLength: 5 },
    ),
    targets: fc.array(hostileTarget, { maxLength: 3 }),
    evidence: fc.array(hostileEvidence, { maxLength: 3 }),
  })
  .map((changes) => sightingOf({ ...changes, last: changes.first + MINUTE_MS }));

/** An incident all of whose text an attacker wrote, the rules' included. */
export const hostileIncident: fc.Arbitrary<Incident> = fc
  .record({
    key: fc.oneof(hostileText, fc.ipV4()),
    level: fc.constantFrom(...LEVELS),
    promotion: fc.constantFrom('success', 'level', 'correlation', 'score'),
    outcome,
    hits: fc.nat(),
    targets: fc.array(hostileTarget, { maxLength: 20 }),
    sightings: fc.array(hostileSighting, { maxLength: 8 }),
  })
  .map(({ key, ...changes }) =>
    incidentOf({
      ...changes,
      attacker: { key, type: 'hostname', addresses: [key] },
      last: FIRST + 100 * MINUTE_MS,
      rules: changes.sightings.map(({ rule, count, first, last, outcome }) => ({ rule, count, first, last, outcome })),
    }),
  );
