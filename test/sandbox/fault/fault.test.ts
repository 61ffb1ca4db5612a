import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, readFault } from '../../../src/sandbox/fault/fault.ts';
import { openFaultPlan } from '../../../src/sandbox/fault/fault-plan.ts';

const ONCE = { value: 0, times: 1, skip: 0, every: 1, path: '/', method: null };

describe('a fault is read', () => {
  it.each([
    ['bad-gateway', { ...ONCE, kind: 'bad-gateway' }],
    ['rate-limited:30,times=2', { ...ONCE, kind: 'rate-limited', value: 30, times: 2 }],
    ['slow', { ...ONCE, kind: 'slow', value: 1000 }],
    ['server-error,every=3', { ...ONCE, kind: 'server-error', every: 3, times: Infinity }],
    ['server-error,every=3,times=2,skip=1', { ...ONCE, kind: 'server-error', every: 3, times: 2, skip: 1 }],
    ['reset-after,path=/ctia,method=POST', { ...ONCE, kind: 'reset-after', path: '/ctia', method: 'POST' }],
    ['token-failure:500', { ...ONCE, kind: 'token-failure', value: 500, path: '/iroh/oauth2/token' }],
  ])('%s', (spec, fault) => {
    expect(readFault(spec)).toEqual(fault);
  });

  it.each(['', 'nonsense', 'slow:x', 'slow:1:2', 'slow,times=0', 'slow,often=1', 'slow,times', 'slow,every=0'])(
    'or refused: "%s"',
    (spec) => {
      expect(() => readFault(spec)).toThrow(expect.objectContaining({ code: 'bad-fault' }));
    },
  );

  it.each(FAULT_KINDS)('as an object too: %s', (kind) => {
    expect(readFault({ kind, times: 5 })).toMatchObject({ kind, times: 5, skip: 0 });
  });
});

describe('a plan', () => {
  const taken = (specs: string[], requests: number, path = '/ctia/x') => {
    const plan = openFaultPlan(specs);
    return Array.from({ length: requests }, () => plan.take('GET', path)?.kind ?? '-').join(' ');
  };

  it.each([
    ['the next request', ['slow'], 'slow - -'],
    ['the next ones', ['slow,times=2'], 'slow slow -'],
    ['one fault after the other', ['slow', 'truncated'], 'slow truncated -'],
    ['later ones', ['slow,skip=2'], '- - slow -'],
    ['each third', ['slow,every=3'], '- - slow - - slow -'],
    ['each second, twice', ['slow,every=2,times=2'], '- slow - slow - -'],
  ])('befalls %s', (_, specs, expected) => {
    expect(taken(specs, expected.split(' ').length)).toBe(expected);
  });

  it('befalls only the paths and methods that it names', () => {
    expect(taken(['slow,path=/iroh'], 2)).toBe('- -');
    expect(taken(['slow,method=POST'], 2)).toBe('- -');
    expect(taken(['slow,path=/ctia/x,method=GET'], 2)).toBe('slow -');
  });

  it('spares tokens unless they are meant', () => {
    expect(taken(['slow,every=1'], 2, '/iroh/oauth2/token')).toBe('- -');
    expect(taken(['token-failure'], 2, '/iroh/oauth2/token')).toBe('token-failure -');
  });

  it('tells what is left, and can be replaced', () => {
    const plan = openFaultPlan(['slow,times=3', 'truncated']);
    plan.take('GET', '/');
    expect(plan.left()).toMatchObject([
      { kind: 'slow', times: 2 },
      { kind: 'truncated', times: 1 },
    ]);
    plan.set([]);
    expect(plan.left()).toEqual([]);
    expect(plan.take('GET', '/')).toBeNull();
  });
});
