import { describe, expect, it } from 'vitest';
import { observe, urlOf } from '../../src/correlate/observe.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import { makeEntry, makeHit, makeRule } from './fixtures.ts';

const web = { host: 'www.example.org', target: '/a?b=c' };

describe('the URL of a request', () => {
  it.each<[string, Partial<AccessLogEntry>, string | null]>([
    ['of a known host', web, 'http://www.example.org/a?b=c'],
    ['on the port of HTTPS', { ...web, port: 443 }, 'https://www.example.org/a?b=c'],
    ['on the port of HTTP', { ...web, port: 80 }, 'http://www.example.org/a?b=c'],
    ['on a port of its own', { ...web, port: 8080 }, 'http://www.example.org:8080/a?b=c'],
    ['on the second port of HTTPS', { ...web, port: 8443 }, 'https://www.example.org:8443/a?b=c'],
    ['of an IPv6 host', { ...web, host: '2001:db8::1' }, 'http://[2001:db8::1]/a?b=c'],
    ['of an IPv6 host in brackets', { ...web, host: '[2001:db8::1]' }, 'http://[2001:db8::1]/a?b=c'],
    ['of an unknown host', { ...web, host: null }, null],
    ['without a target', { ...web, target: null }, null],
    ['of a CONNECT', { ...web, target: 'mail.example.org:25' }, null],
    [
      'with raw characters',
      { ...web, target: '/<a b>"%41é\u0007' },
      'http://www.example.org/%3Ca%20b%3E%22%41%C3%A9%07',
    ],
    ['with half a surrogate pair', { ...web, target: '/\ud800' }, 'http://www.example.org/%EF%BF%BD'],
  ])('%s', (_, facts, url) => {
    expect(urlOf(makeEntry(0, facts))).toBe(url);
  });
});

describe('observables', () => {
  const rule = makeRule('r');

  it('leave out what is no observable: the client, empty and very long values', () => {
    const entry = makeEntry(0, { ...web, target: `/${'a'.repeat(2100)}`, userAgent: '' });
    const observables = [
      { type: 'ip', value: '192.0.2.1' },
      { type: 'domain', value: 'evil.example' },
    ] as const;
    expect(observe(makeHit(rule, entry, { observables }))).toEqual([{ type: 'domain', value: 'evil.example' }]);
  });

  it('may be none', () => {
    expect(observe(makeHit(rule, makeEntry(0, { userAgent: null })))).toEqual([]);
  });
});
