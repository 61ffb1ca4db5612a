import type { CorrelationRule } from '../../model/correlation.ts';
import type { Rule } from '../../model/rule.ts';
import type { CorrelationBody } from './correlation.ts';
import type { Draft } from './draft.ts';
import type { Head } from './head.ts';
import { suggest } from './suggest.ts';

/** A document that others may refer to. */
export interface Referable {
  readonly draft: Draft;
  readonly head: Head;
  /** What its `sightline.alerts` says. */
  readonly alerts: boolean | null;
  /** What its `sightline.reset` names. */
  readonly resets: readonly string[];
  /** Null for a detection rule. */
  readonly correlation: CorrelationBody | null;
}

/** Finds documents by id, else by name, and says what is wrong with references. */
export class References {
  readonly #byId = new Map<string, Referable>();
  readonly #byName = new Map<string, Referable[]>();

  constructor(documents: readonly Referable[]) {
    for (const document of documents) {
      const { id, name } = document.head;
      const first = this.#byId.get(id);
      if (first === undefined) this.#byId.set(id, document);
      else document.draft.fault(['id'], `the id "${id}" is already that of ${first.head.path}`);
      if (name !== null && name !== id) this.#byName.set(name, [...(this.#byName.get(name) ?? []), document]);
    }
  }

  /** @returns a sentence when the reference leads nowhere, or to more than one */
  resolve(reference: string): Referable | string {
    const found = this.#byId.get(reference) ?? this.#byName.get(reference);
    if (found === undefined) {
      const known = [...this.#byId.keys(), ...this.#byName.keys()];
      return `there is no rule "${reference}" among those loaded${suggest(reference, known)}`;
    }
    if (!Array.isArray(found)) return found;
    const [only] = found;
    return found.length === 1 && only !== undefined ? only : `the name "${reference}" is that of ${found.length} rules`;
  }
}

/** Correlations with their references resolved; those with faults are left out. */
export function resolveCorrelations(
  documents: readonly Referable[],
  references: References,
  ruleOf: (document: Referable) => Rule,
): readonly CorrelationRule[] {
  return documents.flatMap((document) => {
    const { draft, correlation } = document;
    if (correlation === null) return [];
    const rules: string[] = [];
    for (const [index, reference] of correlation.references.entries()) {
      const found = references.resolve(reference);
      const isList = Array.isArray((draft.body.correlation as { rules?: unknown }).rules);
      const place = isList ? ['correlation', 'rules', index] : ['correlation', 'rules'];
      if (typeof found === 'string') draft.fault(place, found);
      else if (isAncestor(found, document, references)) draft.fault(place, 'the correlation refers to itself');
      else rules.push(found.head.id);
    }
    const resets = resolveResets(document, correlation, references);
    const aliases = resolveAliases(document, correlation, references);
    if (rules.length < correlation.references.length) return [];
    const { references: _written, ...rest } = correlation;
    return [{ ...rest, rule: ruleOf(document), rules, resets, aliases }];
  });
}

/** Ids of the documents that give no alert because a correlation without `generate` refers to them. */
export function silencedIds(documents: readonly Referable[], references: References): ReadonlySet<string> {
  const [silenced, kept] = [new Set<string>(), new Set<string>()];
  for (const { correlation } of documents) {
    for (const reference of correlation?.references ?? []) {
      const found = references.resolve(reference);
      if (typeof found !== 'string') (correlation?.generate === true ? kept : silenced).add(found.head.id);
    }
  }
  return silenced.difference(kept);
}

function isAncestor(from: Referable, wanted: Referable, references: References, seen = new Set<Referable>()): boolean {
  if (from === wanted) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return (from.correlation?.references ?? []).some((reference) => {
    const found = references.resolve(reference);
    return typeof found !== 'string' && isAncestor(found, wanted, references, seen);
  });
}

function resolveResets(
  { draft, resets }: Referable,
  { condition }: CorrelationBody,
  references: References,
): readonly string[] {
  if (resets.length > 0 && !condition.some(({ operator }) => operator === 'gt' || operator === 'gte')) {
    draft.fault(
      ['sightline', 'reset'],
      'a window that is counted when it closes cannot be emptied before: use gt or gte',
    );
  }
  return resets.flatMap((reference, index) => {
    const place = ['sightline', 'reset', index];
    const found = references.resolve(reference);
    if (typeof found !== 'string' && found.correlation === null) return [found.head.id];
    draft.fault(
      place,
      typeof found === 'string' ? found : `"${reference}" is a correlation: only a rule empties a window`,
    );
    return [];
  });
}

function resolveAliases(
  { draft, resets }: Referable,
  { aliases, references: written, groupBy }: CorrelationBody,
  references: References,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const resolved: Record<string, Record<string, string>> = {};
  const wanted = [...written, ...resets].map((reference) => references.resolve(reference));
  for (const [alias, fields] of Object.entries(aliases)) {
    const byId: Record<string, string> = {};
    for (const [reference, field] of Object.entries(fields)) {
      const found = references.resolve(reference);
      const place = ['correlation', 'aliases', alias, reference];
      if (typeof found === 'string') draft.fault(place, found, 'key');
      else if (!wanted.includes(found)) draft.fault(place, `the correlation does not refer to "${reference}"`, 'key');
      else byId[found.head.id] = field;
    }
    if (!groupBy.includes(alias))
      draft.warn(['correlation', 'aliases', alias], `group-by does not use "${alias}"`, 'key');
    resolved[alias] = byId;
  }
  return resolved;
}
