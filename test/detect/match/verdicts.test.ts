import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detector, readRules } from '../../../src/detect/detect.ts';
import { entryOf, type Request } from '../entry.ts';
import { rule } from '../sample-rules.ts';

const EXTRACT = "sightline:\n  extract:\n    - {field: FIELD, pattern: '(x[a-z]+)', type: url}\n";

const documents = [
  rule('path', 'sel: {cs-uri-stem|contains: x}', 'sel'),
  rule('absent', 'sel: {sc-status: 404}\n  own: {cs-uri-stem|endswith: .css}', 'sel and not own'),
  rule('method', 'sel: {cs-method: POST}', 'sel'),
  rule('with-agent', 'sel: {cs-uri-stem|contains: x, cs-user-agent|contains: b}', 'sel'),
  rule('without-agent', 'sel: {sc-status: 404}\n  agent: {cs-user-agent: null}', 'sel and agent'),
  rule('with-referer', 'sel: {cs-uri-stem|contains: x}\n  own: {cs-referer|contains: example}', 'sel and not own'),
  rule('with-client', 'sel: {sc-status: 404, c-ip: 192.0.2.7}', 'sel'),
  rule('with-size', 'sel: {cs-uri-stem|contains: x, sc-bytes|gt: 10}', 'sel'),
  rule('input', 'sel: {x-input|contains: xa}', 'sel'),
  rule('either', 'sel: {cs-uri-stem|contains: x}\n  agent: {cs-user-agent|contains: xb}', 'sel or agent'),
  rule('user-in-path', 'sel: {cs-method: POST, cs-uri-stem|fieldref: cs-username}', 'sel'),
  `${rule('takes-from-path', 'sel: {cs-uri-stem|contains: x}', 'sel')}${EXTRACT.replace('FIELD', 'cs-uri-stem')}`,
  `${rule('takes-from-agent', 'sel: {cs-uri-stem|contains: x}', 'sel')}${EXTRACT.replace('FIELD', 'cs-user-agent')}`,
  'title: known paths\nfilter:\n  rules: [path, method]\n  own: {cs-uri-stem: /xb}\n  condition: not own\n',
  'title: known agents\nfilter:\n  rules: [absent]\n  own: {cs-user-agent: xb}\n  condition: not own\n',
];
const rules = readRules([{ path: 'a.yml', text: documents.join('---\n') }]);

const request: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  target: fc.constantFrom('/a', '/xa', '/xb', '/a.css', '/xa?q=xa'),
  status: fc.constantFrom(200, 404, 500),
  userAgent: fc.constantFrom(null, 'b', 'xa', 'xb'),
  referer: fc.constantFrom(null, 'https://example.org/xa', 'https://other.test/?q=xa'),
  client: fc.constantFrom('192.0.2.7', '192.0.2.8'),
  user: fc.constantFrom(null, '/a', '/xb'),
  bytes: fc.constantFrom(null, 5, 500),
});

function opened() {
  const filtered: string[] = [];
  const detect = detector(rules, { own: (entry) => entry, onFiltered: ({ title }) => filtered.push(title) });
  const told = (one: Request) => ({ hits: detect(entryOf(one)), filtered: filtered.splice(0) });
  return { detect, told };
}

describe('what a line makes of the rules', () => {
  it('is the same whatever lines came before', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 2, maxLength: 30 }), (requests) => {
        const { told } = opened();
        for (const one of requests) expect(told(one)).toEqual(opened().told(one));
      }),
      { numRuns: 120 },
    );
  });

  it('is not evaluated anew from the third time of a request and a status on, as far as nothing else decides', () => {
    const { detect } = opened();
    const evaluated = [200, 200, 200, 404, 404, 404, 200].map((status, client) => {
      const before = detect.counts.evaluated;
      detect(entryOf({ method: 'POST', target: '/a', status, client: `192.0.2.${client}`, userAgent: `${client}` }));
      return detect.counts.evaluated - before;
    });
    // Asked each time: user-in-path, and with a status of 404 without-agent and with-client.
    expect(evaluated).toEqual([2, 2, 1, 5, 5, 3, 1]);
  });

  it('tells of parts in which something is found as they are', () => {
    const { told } = opened();
    const line = (userAgent: string) => told({ target: '/a', userAgent, referer: null });
    for (let i = 0; i < 4; i++) line('a xb');
    const matched = line('another xa').hits.map(({ match }) => match.text);
    expect([line('a xb').hits.map(({ rule }) => rule.title), matched]).toEqual([['either'], ['xa']]);
  });

  it('is evaluated anew for a long request', () => {
    const { detect } = opened();
    const entry = entryOf({ target: `/${'x'.repeat(600)}` });
    detect(entry);
    const once = detect.counts.evaluated;
    detect(entry);
    expect(detect.counts.evaluated).toBe(2 * once);
  });
});
