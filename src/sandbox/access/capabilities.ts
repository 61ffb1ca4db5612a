import { json, Refusal } from '../http/answer.ts';
import type { Identity } from './identity.ts';

/** Entity types that a root scope other than `private-intel` covers. */
const OWN_ROOTS: Readonly<Record<string, readonly string[]>> = {
  casebook: ['casebook'],
  asset: ['asset', 'asset-mapping', 'asset-properties', 'target-record'],
};

/** What an import asks for, whatever the bundle holds: types that are switched off included. */
export const IMPORT_CAPABILITIES: readonly string[] = [
  ...(
    'actor asset asset-mapping asset-properties attack-pattern campaign coa data-table feedback identity-assertion ' +
    'incident indicator judgement malware note relationship sighting tool vulnerability weakness'
  )
    .split(' ')
    .map((type) => `create-${type}`),
  'import-bundle',
];

/** Throws the server's 403 unless the caller's scopes grant every one of `capabilities`. */
export function assertCapable(identity: Identity, capabilities: readonly string[]): void {
  if (capabilities.every((capability) => identity.scopes.some((scope) => grants(scope, capability)))) return;
  throw new Refusal(
    json(403, {
      message: 'Missing capability',
      error: 'missing_capability',
      capabilities: capabilities.length === 1 ? capabilities[0] : capabilities,
      owner: identity.login,
    }),
  );
}

/** A scope is `root[/entity][:read|:write]`; a capability `verb-entity`, `developer` or the name of a scope. */
function grants(scope: string, capability: string): boolean {
  if (scope === capability || scope === `${capability}:read`) return true;
  const [path = '', access] = scope.split(':');
  const [root = '', entity] = path.split('/');
  if (capability === 'import-bundle') {
    return root === 'private-intel' && access !== 'read' && (entity === undefined || entity === 'import-bundle');
  }
  const [, verb = '', type = ''] = /^(create|delete|read|search|list)-(.+)$/.exec(capability) ?? [];
  if (verb === '') return false;
  const needed = verb === 'create' || verb === 'delete' ? 'write' : 'read';
  if (access !== undefined && access !== needed) return false;
  if (root === 'private-intel') return entity === undefined || entity === type;
  return OWN_ROOTS[root]?.includes(type) ?? false;
}
