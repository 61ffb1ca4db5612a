import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeIncident } from '../../src/compose/description.ts';
import { corroborationOf } from '../../src/compose/grade.ts';
import type { Incident } from '../../src/model/incident.ts';
import { evidenceOf, FIRST, hostileIncident, incidentOf, ruleOf, sightingOf, targetOf, totalOf } from './fixtures.ts';

function describeIt(changes: Partial<Incident> = {}): string {
  const incident = incidentOf(changes);
  return describeIncident(incident, corroborationOf(incident));
}

const HEADINGS = [
  'Why this is an incident',
  'Rules',
  'Targets',
  'Time line',
  'Evidence',
  'What to do next',
  'Known false positives',
];

it('tells an incident', () => {
  const rules = [
    totalOf(),
    totalOf({ rule: ruleOf({ id: 'xss', title: 'XSS', level: 'low' }), first: FIRST - 5000, count: 1 }),
  ];
  const text = describeIt({ rules, hits: 4, targets: [targetOf(), targetOf({ host: null, source: 'b.log' })] });
  expect(text.split('\n')[0]).toBe('# SQL injection and 1 more from `203.0.113.9`');
  expect(text).toContain(
    'Within 1 minute from 2025-10-10 13:55:36 UTC, requests of `203.0.113.9` to 2 web sites matched 2 rules, 4 matches in all.',
  );
  expect(text).toContain('A rule of level high or critical matched (**SQL injection**): one such match is enough.');
  expect(text).toContain('Severity is **High**, the highest level of its rules.');
  expect(text).toContain(
    'Confidence is **Medium**: the pattern of a rule of level high or critical matched; 2 different rules agree.',
  );
  expect(text).toContain('- **XSS**: Low, 1 match, attempt');
  expect(text).toContain('- site not logged, logged in `b.log`, ');
  expect(text.match(/## Time line\n\n- .*: \*\*(\w+)/)?.[1]).toBe('XSS');
  expect(text).toContain('- `access.log`, line 12: `203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET');
});

it.each([
  ['success', '**Probable success:**'],
  ['refused', 'The web server refused'],
  ['attempt', 'The log does not show'],
] as const)('begins with the outcome: %s', (outcome, words) => {
  expect(describeIt({ outcome }).split('\n')[2]).toContain(words);
});

it.each([
  [
    { status: 200, bytes: 48_211, ordinary: { min: 900, max: 1200 } },
    'answered 200 with 48,211 bytes, where this path ordinarily answers 900 to 1,200. Look',
  ],
  [
    { status: 206, bytes: 48_211, ordinary: { min: 900, max: 900 } },
    'answered 206 with 48,211 bytes, where this path ordinarily answers 900. Look',
  ],
  [
    { status: 200, bytes: 92, ordinary: null },
    'answered 200 with 92 bytes, where this site answers 404 to other such requests. Look',
  ],
])('begins with what made it a probable success: %j', (telltale, words) => {
  const rules = [totalOf({ rule: ruleOf({ title: 'XSS' }) }), totalOf({ outcome: 'success', telltale })];
  expect(describeIt({ outcome: 'success', rules }).split('\n')[2]).toBe(
    `**Probable success:** a request that matched **SQL injection** was ${words} into this one first.`,
  );
});

it.each<[string, Partial<Incident>, string]>([
  [
    'a success',
    { promotion: 'success', rules: [totalOf({ rule: ruleOf({ title: 'XSS' }) }), totalOf({ outcome: 'success' })] },
    'A request probably succeeded (**SQL injection**): one that does is enough.',
  ],
  [
    'a correlation',
    { promotion: 'correlation', rules: [totalOf({ rule: ruleOf({ kind: 'correlation' }) })] },
    'A correlation over several requests fired (**SQL injection**).',
  ],
  ['points', { promotion: 'score', score: 55 }, 'together they amount to 55 points'],
  [
    'a level whose rule is not among the totals',
    { rules: [totalOf({ rule: ruleOf({ level: 'low' }) })] },
    'critical matched: one',
  ],
])('says that it was promoted by %s', (_, changes, words) => {
  expect(describeIt(changes)).toContain(words);
});

it('says when the severity is above that of the rules', () => {
  expect(describeIt({ level: 'critical' })).toContain(
    'Severity is **Critical**, raised from High, the highest level of its rules.',
  );
});

it('says when nothing corroborates', () => {
  expect(describeIt({ rules: [totalOf({ rule: ruleOf({ level: 'low' }) })] })).toContain(
    'Confidence is **Low**: nothing corroborates',
  );
});

it('counts the addresses of a network', () => {
  const attacker = { key: '2001:db8::/64', type: 'ipv6', addresses: ['2001:db8::1', '2001:db8::2'] } as const;
  expect(describeIt({ attacker })).toContain('`2001:db8::/64` (2 addresses of this network)');
});

it('quotes the lines that were chosen for it, not those that are new', () => {
  const { samples } = incidentOf({
    sightings: [3, 1].map((n) => sightingOf({ bucket: -n, evidence: [evidenceOf({ line: n, offset: n })] })),
  });
  expect(describeIt({ samples, sightings: [sightingOf()] }).match(/line \d+/g)).toEqual(['line 3', 'line 1']);
  expect(describeIt({ samples: [] })).not.toContain('## Evidence');
});

it('passes on what a rule says of its false positives', () => {
  const rules = [totalOf({ rule: ruleOf({ falsepositives: ['A *search* form'] }) })];
  expect(describeIt({ rules })).toContain('## Known false positives\n\n- **SQL injection**: A \\*search\\* form');
});

it('keeps within 5000 units when there is more to tell than fits', () => {
  const rules = Array.from({ length: 60 }, (_, n) =>
    totalOf({ rule: ruleOf({ id: `${n}`, title: `${n} ${'`*'.repeat(90)}` }) }),
  );
  const evidence = Array.from({ length: 60 }, (_, n) => evidenceOf({ offset: n, text: '`\u0001'.repeat(400) }));
  const key = '`'.repeat(300);
  const text = describeIt({
    rules,
    sightings: evidence.map((it) => sightingOf({ evidence: [it] })),
    attacker: { key, type: 'hostname', addresses: [key] },
  });
  expect(text.length).toBeLessThanOrEqual(5000);
  expect(text).toContain('## What to do next');
  expect(text).toMatch(/- and \d+ more/);
});

describe('whatever the log and the rules hold', () => {
  /** A line without its code spans, by CommonMark 6.1; null when one is left open. */
  function withoutCode(line: string): string | null {
    let rest = '';
    for (let at = 0; at < line.length; ) {
      const fence = /^`+/.exec(line.slice(at))?.[0];
      if (fence === undefined) {
        const step = line[at] === '\\' ? 2 : 1;
        rest += line.slice(at, at + step);
        at += step;
      } else {
        const close = line
          .slice(at + fence.length)
          .split(/(`+)/)
          .reduce<{ length: number; found: boolean }>(
            (sum, part) => (sum.found ? sum : { length: sum.length + part.length, found: part === fence }),
            { length: 0, found: false },
          );
        if (!close.found) return null;
        at += fence.length + close.length;
      }
    }
    return rest;
  }

  it('has one H1, only its own headings, and no line that text from outside began', () => {
    fc.assert(
      fc.property(hostileIncident, (incident) => {
        const text = describeIncident(incident, corroborationOf(incident));
        expect(text.length).toBeLessThanOrEqual(5000);
        const [first = '', ...lines] = text.split('\n');
        expect(first).toMatch(/^# \S/);
        for (const line of lines) {
          if (line.startsWith('#')) expect(HEADINGS).toContain(line.slice(3));
          expect(line).toMatch(/^(?:$|## [A-Z]|- |\*\*Probable success:\*\* |[A-Z][a-z]* )/);
        }
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/);
      }),
    );
  });

  it('shows text of the log in code spans only', () => {
    fc.assert(
      fc.property(hostileIncident, (hostile) => {
        const rules = hostile.rules.map((total) => ({ ...total, rule: ruleOf() }));
        const incident = { ...hostile, rules };
        for (const line of describeIncident(incident, corroborationOf(incident)).split('\n')) {
          const rest = withoutCode(line);
          expect(rest).not.toBeNull();
          expect(rest).not.toContain('pwned');
        }
      }),
    );
  });

  it('shows text of rules without live markup', () => {
    fc.assert(
      fc.property(hostileIncident, (incident) => {
        for (const line of describeIncident(incident, corroborationOf(incident)).split('\n')) {
          const rest = withoutCode(line)
            ?.replace(/\\[!-/:-@[-`{-~]/g, '')
            .replace(/^#+ /, '')
            .replaceAll('**', '');
          expect(rest).not.toMatch(/[[\]<>`*|#]/);
        }
      }),
    );
  });
});
