import { CtiaError } from './ctia-error.ts';

/** What a call needs to be allowed to do, in the words of CTIA's scopes. */
export interface ScopeNeed {
  /** Entity type, or `bundle` for what touches every type at once. */
  readonly entity: string;
  readonly access: 'read' | 'write';
}

/** Entity types that have a root scope of their own besides `private-intel`. */
const OWN_ROOTS: Readonly<Record<string, string>> = {
  casebook: 'casebook',
  asset: 'asset',
  'asset-mapping': 'asset',
  'asset-properties': 'asset',
  'target-record': 'asset',
};

/** Scopes of which any one allows what is needed, the most fitting first. */
function scopesFor(need: ScopeNeed): string[] {
  const roots = ['private-intel'];
  if (need.entity !== 'bundle') roots.push(`private-intel/${need.entity}`);
  const own = OWN_ROOTS[need.entity];
  if (own !== undefined) roots.push(own);
  return roots.flatMap((root) => [`${root}:${need.access}`, root]);
}

/** Throws CtiaError `missing-scope` unless `granted` allows what is needed; unknown grants (null) pass. */
export function assertScope(granted: readonly string[] | null, need: ScopeNeed, what: string): void {
  if (granted === null) return;
  const enough = scopesFor(need);
  if (enough.some((scope) => granted.includes(scope))) return;
  throw new CtiaError(
    'missing-scope',
    `${what}: the API client lacks the scope ${enough[0]} (it has: ${granted.join(' ') || 'none'}); ` +
      'create one with it under XDR, Administration, API Clients',
  );
}
