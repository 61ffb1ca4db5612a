import { objectsOf, requireText } from './json.ts';
import { remember } from './remember.ts';
import { TicketError } from './ticket-error.ts';

/** The system's words for something, by number. They hardly ever change: asked for once, and again for an unknown one. */
export interface Words {
  /** Throws TicketError `refused`: no such word. */
  idOf(word: string, kind: string): Promise<string>;
  /** The number itself where it has no name any more. */
  nameOf(id: string | null): Promise<string | null>;
}

/** `load` answers with a list of names and ids. */
export function words(load: () => Promise<unknown>): Words {
  const list = remember(async () =>
    objectsOf(await load()).map(({ id, name }) => ({ id: requireText(id, 'id'), name: requireText(name, 'name') })),
  );
  async function find(is: (entry: { id: string; name: string }) => boolean) {
    const known = (await list.get()).find(is);
    if (known !== undefined) return known;
    list.forget();
    return (await list.get()).find(is);
  }
  return {
    async idOf(word, kind) {
      const entry = await find(({ id, name }) => id === word || name.toLowerCase() === word.toLowerCase());
      if (entry !== undefined) return entry.id;
      const known = (await list.get()).map(({ name }) => name).join(', ');
      throw new TicketError('refused', `there is no ${kind} "${word}", but ${known}`);
    },
    nameOf: async (id) => (id === null ? null : ((await find((entry) => entry.id === id))?.name ?? id)),
  };
}
