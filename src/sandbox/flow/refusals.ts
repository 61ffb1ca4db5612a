import type { EntityError } from '../entity/new-entity.ts';
import type { JsonObject } from '../entity/stored.ts';
import { json, Refusal } from '../http/answer.ts';

/** How the routes of single entities say what is wrong with one; in a bundle or in bulk it is part of the answer. */
export function entityRefusal({ tier, error, msg }: EntityError, entity: JsonObject): Refusal {
  const about = { entity, class: 'clojure.lang.ExceptionInfo' };
  switch (tier) {
    case 'content':
      return new Refusal(
        json(400, { error: 'Spec Validation Client Error', type: 'Invalid Entity Error', message: msg, ...about }),
      );
    case 'tlp':
      return new Refusal(json(400, { type: 'Invalid TLP Error', message: msg, ...about }));
    case 'realize':
      return new Refusal(json(400, { error, ...about }));
    case 'store':
      return new Refusal(json(500, { type: 'unknown-exception', class: 'clojure.lang.ExceptionInfo' }));
  }
}
