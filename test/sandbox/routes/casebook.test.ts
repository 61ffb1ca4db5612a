import { describe, expect, it } from 'vitest';
import { apiOf, make, SIGHTING, testSandbox } from '../support.ts';

const [A, B, C] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((value) => ({ type: 'ip', value }));

async function edited(part: string, stored: object, operation: unknown, value: unknown) {
  const api = await apiOf(await testSandbox());
  const { id } = await make(api, 'casebook', stored);
  return api('POST', `/ctia/casebook/${encodeURIComponent(id)}/${part}?wait_for=true`, { operation, [part]: value });
}

describe('edits', () => {
  it.each([
    ['add', [B, C], [A, B, B, C]],
    ['remove', [{ value: '192.0.2.2', type: 'ip' }, C], [A]],
    ['replace', [C], [C]],
  ])('%s observables', async (operation, given, expected) => {
    const reply = await edited('observables', { observables: [A, B] }, operation, given);
    expect(reply).toMatchObject({ status: 200, body: { observables: expected } });
  });

  it('add texts where there were none', async () => {
    const texts = [{ type: 'note', text: 'seen' }];
    expect((await edited('texts', {}, 'add', texts)).body.texts).toEqual(texts);
  });

  it('add to the lists of a bundle', async () => {
    const stored = { bundle: { source: 's', sightings: [{ ...SIGHTING, title: 'a' }] } };
    const reply = await edited('bundle', stored, 'add', { sightings: [{ ...SIGHTING, title: 'b' }] });
    expect(reply.body.bundle).toMatchObject({ source: 's', sightings: [{ title: 'a' }, { title: 'b' }] });
  });
});

describe('what is refused', () => {
  it.each([
    ['an unknown operation', 'observables', 'append', [], { operation: expect.any(String) }],
    ['no operation', 'observables', undefined, [], { operation: 'missing-required-key' }],
    ['no bundle', 'bundle', 'add', undefined, { bundle: 'missing-required-key' }],
    ['items of the wrong shape', 'observables', 'add', [{ type: 'ip' }], { observables: expect.any(Array) }],
    ['no list', 'texts', 'add', 'x', { texts: expect.any(String) }],
  ])('%s', async (_, part, operation, value, errors) => {
    expect(await edited(part, {}, operation, value)).toMatchObject({ status: 400, body: { errors } });
  });

  it('a casebook that is not there', async () => {
    const api = await apiOf(await testSandbox());
    const reply = await api('POST', '/ctia/casebook/casebook-0/texts', { operation: 'add', texts: [] });
    expect(reply).toMatchObject({ status: 404, body: { error: 'casebook not found' } });
  });
});
