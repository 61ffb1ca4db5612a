import { describe, expect, it } from 'vitest';
import { isObservable, observe, urlOf } from '../../src/correlate/observe.ts';
import type { AccessLogEntry } from '../../src/model/entry.ts';
import { makeEntry } from './fixtures.ts';

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
  it('are the URL and the user agent', () => {
    expect(observe(makeEntry(0, { ...web, userAgent: 'curl/8.5' }))).toEqual([
      { type: 'url', value: 'http://www.example.org/a?b=c' },
      { type: 'user_agent', value: 'curl/8.5' },
    ]);
  });

  it('leave out what is no observable: empty and very long values', () => {
    expect(observe(makeEntry(0, { ...web, target: `/${'a'.repeat(2100)}`, userAgent: '' }))).toEqual([]);
  });

  it('may be none', () => {
    expect(observe(makeEntry(0, { userAgent: null }))).toEqual([]);
  });

  it.each([
    ['the client', '192.0.2.1', false],
    ['a host', 'evil.example', true],
    ['nothing', '', false],
    ['what just fits', 'a'.repeat(2048), true],
    ['what is too long', 'a'.repeat(2049), false],
  ])('of a rule: %s', (_, value, expected) => {
    expect(isObservable({ type: 'domain', value }, makeEntry(0))).toBe(expected);
  });
});
