import { describe, expect, it } from 'vitest';
import { ALICE, apiOf, request, SIGHTING, testSandbox, tokenOf } from '../support.ts';

const PATH = '/iroh/oauth2/token';
const FORM = 'application/x-www-form-urlencoded';
const basicOf = (password: string) => `Basic ${Buffer.from(`${ALICE.clientId}:${password}`).toString('base64')}`;

it('is given to a known client, for ten minutes, with its scopes', async () => {
  expect(await tokenOf(await testSandbox(), ALICE)).toMatchObject({
    status: 200,
    body: { token_type: 'bearer', expires_in: 600, scope: 'private-intel inspect enrich' },
  });
});

it('can be asked for with fewer scopes', async () => {
  const sandbox = await testSandbox();
  const form = 'grant_type=client_credentials&scope=inspect';
  const headers = { authorization: basicOf(ALICE.clientPassword), 'content-type': FORM };
  const { body } = await request(sandbox, 'POST', PATH, form, headers);
  expect(body.scope).toBe('inspect');
  const authorization = `Bearer ${body.access_token}`;
  expect(await request(sandbox, 'POST', '/ctia/sighting', SIGHTING, { authorization })).toMatchObject({
    status: 403,
    body: { error: 'missing_capability', capabilities: 'create-sighting', owner: 'alice' },
  });
});

it.each([
  ['a wrong password', { authorization: basicOf('wrong') }, 'grant_type=client_credentials', 401, 'invalid_client'],
  ['no password', {}, 'grant_type=client_credentials', 401, 'invalid_client'],
  ['another grant', {}, 'grant_type=password', 400, 'unsupported_grant_type'],
  ['scopes it has not', {}, 'grant_type=client_credentials&scope=admin', 400, 'invalid_scope'],
  ['no form', { 'content-type': 'application/json' }, '{}', 400, 'invalid_request'],
])('is refused for %s', async (title, headers, form, status, error) => {
  const authorization = title === 'no password' ? '' : basicOf(ALICE.clientPassword);
  const reply = await request(await testSandbox(), 'POST', PATH, form, {
    authorization,
    'content-type': FORM,
    ...headers,
  });
  expect(reply).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
});

describe('a call is refused', () => {
  it.each([
    ['without a token', undefined, 'not_authenticated'],
    ['with a password', basicOf(ALICE.clientPassword), 'not_authenticated'],
    ['with a small b', 'bearer x.y.z', 'not_authenticated'],
    ['with what is no token', 'Bearer x', 'jwt_decode_failed_exception'],
    ['with a token of another server', `Bearer e30.e30.${'A'.repeat(43)}`, 'jwt_invalid_signature'],
  ])('%s', async (_, authorization, error) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect(await request(await testSandbox(), 'GET', '/ctia/status', undefined, headers)).toMatchObject({
      status: 401,
      body: { error },
    });
  });

  it('once the token has expired', async () => {
    const sandbox = await testSandbox();
    const api = await apiOf(sandbox);
    sandbox.advance(599_000);
    expect((await api('GET', '/ctia/status')).status).toBe(200);
    sandbox.advance(1000);
    expect(await api('GET', '/ctia/status')).toMatchObject({ status: 401, body: { error: 'jwt_expired' } });
  });
});

it('the version is for anybody, the status for whoever has a token', async () => {
  const sandbox = await testSandbox();
  const version = await request(sandbox, 'GET', '/ctia/version');
  expect(version).toMatchObject({ status: 200, body: { base: '/ctia', 'ctim-version': '1.3.30' } });
  expect(version.headers.get('x-ctim-version')).toBe('1.3.30');
  const client = { ...ALICE, scopes: [] };
  const poor = await testSandbox({ clients: [client] });
  expect(await (await apiOf(poor, client))('GET', '/ctia/status')).toMatchObject({
    status: 200,
    body: { status: 'ok' },
  });
});

it('an unknown address is answered by a page', async () => {
  const reply = await request(await testSandbox(), 'GET', '/ctia/nothing/at/all/here');
  expect(reply).toMatchObject({ status: 404, text: expect.stringContaining('<html>') });
});
