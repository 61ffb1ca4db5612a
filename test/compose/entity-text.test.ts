import { expect, it } from 'vitest';
import { writeChecked, writeEntity } from '../../src/compose/entity-text.ts';
import { indicatorEntity } from '../../src/compose/indicator-entity.ts';
import { optionsOf, ruleOf } from './fixtures.ts';

const entity = indicatorEntity(ruleOf({ title: 'Motörhead\u0085' }), optionsOf());

it('writes an entity, and measures it in UTF-8', () => {
  const { json, bytes } = writeEntity(entity);
  expect(JSON.parse(json)).toEqual(entity);
  expect(bytes).toBe(Buffer.from(json).length);
  expect(bytes).toBeGreaterThan(json.length);
});

it('writes what the server would take as it writes all else', () => {
  expect(writeChecked('indicator', entity)).toEqual(writeEntity(entity));
});

it('names the entity that the server would not take, and tells no more of its faults than a line holds', () => {
  const tags = Array.from({ length: 1000 }, () => 'x'.repeat(1025));
  const faulty = { ...entity, tags };
  const told = /^transient:sightline-indicator-\w+ was composed .* tags\[0\]: longer than 1024; .{0,500}\.\.\.$/;
  expect(() => writeChecked('indicator', faulty)).toThrow(
    expect.objectContaining({ code: 'bad-entity', message: expect.stringMatching(told) }),
  );
});
