import type { Template } from '../ticket-settings/ticket-settings.ts';
import { TicketError } from './ticket-error.ts';

export type { Template };

/** Texts by the name they have in a template. Null is JSON's null where it stands alone; absent ones are left out. */
export type Values = Readonly<Record<string, string | null | undefined>>;

const PLACE = /\{\{\s{0,9}([\w.]{1,99})\s{0,9}\}\}/g;
const ONE_PLACE = /^\{\{\s{0,9}([\w.]{1,99})\s{0,9}\}\}$/;

/** `{{name}}` replaced by its value, as `encode` writes it. What was put in is not looked at again. */
export function fillText(template: string, values: Values, encode: (text: string) => string): string {
  return template.replace(PLACE, (_, name: string) => encode(values[name] ?? ''));
}

/**
 * A template's JSON with its texts filled in; serialising escapes them. A member that is nothing but the place of an
 * absent value is left out, and with its last member an object.
 */
export function fillJson(template: Template, values: Values): unknown {
  if (typeof template === 'string') {
    const only = ONE_PLACE.exec(template)?.[1];
    return only === undefined ? fillText(template, values, (text) => text) : values[only];
  }
  if (Array.isArray(template)) return template.map((item: Template) => fillJson(item, values));
  if (typeof template !== 'object' || template === null) return template;
  const members = Object.entries(template).map(([key, member]) => [key, fillJson(member, values)]);
  const filled = members.filter(([, member]) => member !== undefined);
  return filled.length === 0 && members.length > 0 ? undefined : Object.fromEntries(filled);
}

/** Throws TicketError `bad-options` for a name in `template` that is not known. `key` names the template. */
export function checkNames(key: string, template: Template, known: (name: string) => boolean): void {
  const names = [...JSON.stringify(template).matchAll(PLACE)].map(([, name = '']) => name);
  const unknown = names.find((name) => !known(name));
  if (unknown !== undefined) throw new TicketError('bad-options', `${key}: there is no {{${unknown}}} here`);
}
