import { expect, it } from 'vitest';
import { splitHost } from '../../src/parse/host.ts';

it.each<[text: string, host: string | null, port: number | null]>([
  ['Example.org', 'example.org', null],
  ['example.org:8080', 'example.org', 8080],
  ['example.org.', 'example.org', null],
  ['user:pw@example.org:81', 'example.org', 81],
  ['[2001:db8::1]:443', '2001:db8::1', 443],
  ['[2001:db8::1]', '2001:db8::1', null],
  ['2001:db8::1', '2001:db8::1', null],
  ['[2001:db8::1', '[2001:db8::1', null],
  ['example.org:x', 'example.org', null],
  ['example.org:', 'example.org', null],
  [':80', null, 80],
  ['', null, null],
])('%s', (text, host, port) => {
  expect(splitHost(text)).toEqual({ host, port });
});
