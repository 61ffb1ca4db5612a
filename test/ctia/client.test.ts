import { expect, it } from 'vitest';
import { ctiaClient } from '../../src/ctia/ctia.ts';

it.each([
  ['an empty token', { credentials: { token: '' } }],
  ['a token that would break a header', { credentials: { token: 'a\r\nX-Evil: 1' } }],
  ['no password', { credentials: { clientId: 'x', clientPassword: '' } }],
  ['a proxy that is none', { credentials: { token: 'x' }, proxy: { https: 'proxy.example.org:3128' } }],
  ['an authority that is none', { credentials: { token: 'x' }, ca: 'not PEM' }],
])('a client with %s is refused', (_, options) => {
  expect(() => ctiaClient(options)).toThrow(expect.objectContaining({ code: 'bad-config-value' }));
});
