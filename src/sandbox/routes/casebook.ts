import { canonicalText } from '../entity/canonical.ts';
import { shown } from '../entity/shown.ts';
import { isObject } from '../entity/stored.ts';
import { update } from '../flow/update.ts';
import { type Answer, json, ShapeRefusal } from '../http/answer.ts';
import { bodyOf, param, type SignedCall } from '../http/call.ts';
import { type Route, signed } from '../http/router.ts';
import type { World } from '../world.ts';
import { visibilityOf } from './wait-for.ts';

const OPERATIONS = ['add', 'remove', 'replace'] as const;
type Operation = (typeof OPERATIONS)[number];

/** Edits of what a casebook holds, by `{operation, <part>}`. */
export function casebookRoutes(world: World): Route[] {
  return (['observables', 'texts', 'bundle'] as const).map((part) =>
    signed('POST', `/ctia/casebook/:id/${part}`, ['create-casebook'], (call) => edit(world, part, call)),
  );
}

function edit(world: World, part: string, call: SignedCall): Answer {
  const { operation, value } = readEdit(bodyOf(call), part);
  const options = {
    world,
    identity: call.identity,
    type: 'casebook',
    id: param(call, 'id'),
    visibility: visibilityOf(call.query),
  } as const;
  const entity = update(options, (stored) => ({ ...stored, [part]: combine(operation, stored[part], value) }));
  return entity === null ? json(404, { error: 'casebook not found' }) : json(200, shown(entity));
}

function readEdit(body: unknown, part: string): { readonly operation: Operation; readonly value: unknown } {
  if (!isObject(body)) throw new ShapeRefusal('(not (map? a-body))');
  const errors: Record<string, string> = {};
  for (const key of Object.keys(body)) if (key !== 'operation' && key !== part) errors[key] = 'disallowed-key';
  const operation = OPERATIONS.find((name) => name === body.operation);
  if (body.operation === undefined) errors.operation = 'missing-required-key';
  else if (operation === undefined) errors.operation = '(not (#{"add" "remove" "replace"} a-value))';
  if (part === 'bundle' && body.bundle === undefined) errors.bundle = 'missing-required-key';
  if (operation === undefined || Object.keys(errors).length > 0) throw new ShapeRefusal(errors);
  return { operation, value: body[part] ?? [] };
}

/** Lists are joined, or relieved of what is equal; of a bundle each list by itself. */
function combine(operation: Operation, stored: unknown, given: unknown): unknown {
  if (operation === 'replace') return given;
  if (isObject(given)) {
    const before = isObject(stored) ? stored : {};
    const changed = Object.entries(given).map(([key, value]) => [
      key,
      Array.isArray(value) ? combine(operation, before[key], value) : value,
    ]);
    return { ...before, ...Object.fromEntries(changed) };
  }
  if (!Array.isArray(given)) return given; // The schema of a casebook has the last word.
  const before = Array.isArray(stored) ? stored : [];
  if (operation === 'add') return [...before, ...given];
  const removed = new Set(given.map(canonicalText));
  return before.filter((item) => !removed.has(canonicalText(item)));
}
