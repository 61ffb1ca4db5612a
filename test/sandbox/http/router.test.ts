import { expect, it } from 'vitest';
import { empty } from '../../../src/sandbox/http/answer.ts';
import { open, router } from '../../../src/sandbox/http/router.ts';

const find = router(
  ['/a/:id', '/a/search', '/a/:id/x', '/:type/:value/x', '/'].map((path) => open('GET', path, () => empty(200))),
);

it.each([
  ['/a/b', '/a/:id', { id: 'b' }],
  ['/a/b/', '/a/:id', { id: 'b' }],
  ['/a/search', '/a/search', {}],
  ['/a/b%2Fc', '/a/:id', { id: 'b/c' }],
  ['/a/b/x', '/a/:id/x', { id: 'b' }],
  ['/c/b/x', '/:type/:value/x', { type: 'c', value: 'b' }],
  ['/', '/', {}],
])('%s is found as %s', (path, expected, params) => {
  expect(find('GET', path)).toMatchObject({ route: { path: expected }, params });
});

it.each([
  ['GET', '/a'],
  ['GET', '/a//x'],
  ['GET', '/b/c/d'],
  ['GET', '/a/%ff'],
  ['POST', '/a/b'],
])('%s %s is not found', (method, path) => {
  expect(find(method, path)).toBeNull();
});
