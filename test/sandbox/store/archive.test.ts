import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import { apiOf, INCIDENT, make, NOW, request, SIGHTING } from '../support.ts';

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'sandbox.db');
}

it('keeps entities, their events and the credentials', async () => {
  const dbFile = temporaryFile();
  const first = await openSandbox({ dbFile, clock: () => NOW });
  const { credentials } = first;
  const client = { ...credentials, org: '', user: '', scopes: [] };
  const api = await apiOf(first, client);
  const incident = await make(api, 'incident', { ...INCIDENT, external_ids: ['x-1'] });
  const gone = await make(api, 'sighting', SIGHTING);
  await api('PATCH', `/ctia/incident/${encodeURIComponent(incident.id)}`, { title: 'late' });
  await api('DELETE', `/ctia/sighting/${encodeURIComponent(gone.id)}`);
  const before = first.entities('incident');
  await first.close();

  const second = await openSandbox({ dbFile, clock: () => NOW });
  onTestFinished(() => second.close());
  expect(second.credentials).toEqual(credentials);
  expect(second.entities('incident')).toEqual(before);
  expect(second.entities('incident')).toMatchObject([{ title: 'late' }]);
  expect(second.entities('sighting')).toEqual([]);
  const again = await apiOf(second, client);
  const { body } = await again('POST', '/ctia/bundle/import', {
    source: 's',
    incidents: [{ ...INCIDENT, external_ids: ['x-1'] }],
  });
  expect(body.results).toMatchObject([{ result: 'exists', id: incident.id }]);
  expect((await again('GET', '/ctia/event/search/')).headers.get('x-total-hits')).toBe('4');
});

it('tokens do not outlive the sandbox', async () => {
  const dbFile = temporaryFile();
  const first = await openSandbox({ dbFile });
  const client = { ...first.credentials, org: '', user: '', scopes: [] };
  const basic = Buffer.from(`${client.clientId}:${client.clientPassword}`).toString('base64');
  const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
  const { body } = await request(first, 'POST', '/iroh/oauth2/token', 'grant_type=client_credentials', headers);
  await first.close();
  const second = await openSandbox({ dbFile });
  onTestFinished(() => second.close());
  const authorization = `Bearer ${body.access_token}`;
  expect(await request(second, 'GET', '/ctia/status', undefined, { authorization })).toMatchObject({
    status: 401,
    body: { error: 'jwt_invalid_signature' },
  });
});

it('says when the file is no database', async () => {
  const dbFile = temporaryFile();
  writeFileSync(dbFile, 'no database at all, but long enough to be looked at as one'.repeat(20));
  await expect(openSandbox({ dbFile })).rejects.toThrow(expect.objectContaining({ code: 'bad-db' }));
});
