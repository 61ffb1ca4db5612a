import { type StoredEntity, textsOf } from '../entity/stored.ts';
import { json, Refusal } from '../http/answer.ts';
import type { Identity } from './identity.ts';

/** Whether the caller may see an entity. `everyone`: green and white ones of other organisations, too. */
export function canRead(identity: Identity, entity: StoredEntity, visibility: 'everyone' | 'group'): boolean {
  if (canWrite(identity, entity)) return true;
  return visibility === 'everyone' && (entity.tlp === 'green' || entity.tlp === 'white');
}

/** Members of the organisation share all but red; red is its owner's, and of those that are authorised by name. */
export function canWrite(identity: Identity, entity: StoredEntity): boolean {
  if (entity.owner === identity.login) return true;
  if (textsOf(entity.authorized_users).includes(identity.login)) return true;
  if (textsOf(entity.authorized_groups).some((group) => identity.groups.includes(group))) return true;
  return entity.tlp !== 'red' && entity.groups.some((group) => identity.groups.includes(group));
}

/** The 403 for an entity that is there and not the caller's. */
export function accessRefusal(what: 'read' | 'write'): Refusal {
  return new Refusal(
    json(403, {
      error: 'Access Control validation Client Error',
      type: 'Access Control Error',
      message: `You are not allowed to ${what} this document`,
      class: 'clojure.lang.ExceptionInfo',
    }),
  );
}
