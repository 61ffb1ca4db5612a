import { describe, expect, it } from 'vitest';
import { readRules } from '../../../src/detect/detect.ts';
import type { Node } from '../../../src/detect/match/node.ts';
import { costOfHead, Heads, isHead } from '../../../src/detect/prefilter/heads.ts';
import { entryOf } from '../entry.ts';
import { rule } from '../sample-rules.ts';

function nodeOf(selections: string, condition: string): Node {
  const [compiled] = readRules([{ path: 'a.yml', text: rule('r', selections, condition) }]).compiled;
  if (compiled === undefined) throw new Error('a rule was expected');
  return compiled.node;
}

describe('a head', () => {
  it.each<[string, string, string, boolean]>([
    ['a method', 'sel: {cs-method: PUT}', 'sel', true],
    ['a negated protocol', 'sel: {cs-version: HTTP/1.1}', 'not sel', true],
    ['both', 'a: {cs-method: PUT}\n  b: {cs-version: null}', 'a or b', true],
    ['a method and a path', 'sel:\n    cs-method: PUT\n    cs-uri-stem: /a', 'sel', false],
    ['a method that another field names', 'sel: {cs-method|fieldref: cs-host}', 'sel', false],
    ['a status', 'sel: {sc-status: 404}', 'sel', false],
  ])('is a condition on method and protocol alone: %s', (_, selections, condition, expected) => {
    expect(isHead(nodeOf(selections, condition))).toBe(expected);
  });

  it('costs as much as ordinary requests have it', () => {
    const costs = ['GET', 'POST', 'TRACE'].map((method) => costOfHead(nodeOf(`sel: {cs-method: ${method}}`, 'sel')));
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    expect(costs[0]).toBeGreaterThan(0.5);
    expect(costs[2]).toBeLessThan(0.05);
  });
});

describe('heads', () => {
  const heads = new Heads();
  heads.add(7, nodeOf('sel: {cs-method: PUT}', 'sel'));
  heads.add(3, nodeOf('sel: {cs-version: null}', 'sel'));
  heads.add(5, nodeOf('sel: {cs-method: null}', 'sel'));

  it.each<[string, Parameters<typeof entryOf>[0], readonly number[]]>([
    ['nothing odd', {}, []],
    ['a method', { method: 'PUT' }, [7]],
    ['the same again', { method: 'PUT' }, [7]],
    ['no protocol', { method: 'PUT', protocol: null }, [7, 3]],
    ['nothing odd again', {}, []],
    ['a method that is called null', { method: 'null', protocol: 'null' }, []],
    ['no request', { target: null }, [3, 5]],
  ])('tell which conditions hold for %s', (_, request, expected) => {
    expect(heads.of(entryOf(request))).toEqual(expected);
  });
});
