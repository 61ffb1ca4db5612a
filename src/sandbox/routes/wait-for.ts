import type { Visibility } from '../store/store.ts';

/** Whether a write waits for the index: only when it is asked to. */
export function visibilityOf(query: URLSearchParams): Visibility {
  return query.get('wait_for') === 'true' ? 'now' : 'later';
}
