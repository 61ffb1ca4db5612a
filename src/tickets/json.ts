import { TicketError } from './ticket-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** An object as it came, or an empty one: its members are then missing. */
export function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** A text or number as text; null when there is none. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Throws TicketError `bad-answer`: the answer is of no use without it. */
export function requireText(value: unknown, name: string): string {
  const text = textOf(value);
  if (text !== null) return text;
  throw new TicketError('bad-answer', `the answer holds no ${name}`, { phase: 'answered' });
}

/** Epoch ms of an ISO time. */
export function requireTime(value: unknown, name: string): number {
  const time = Date.parse(requireText(value, name));
  if (!Number.isNaN(time)) return time;
  throw new TicketError('bad-answer', `the answer holds no time as ${name}`, { phase: 'answered' });
}

/** The id of a record in a system that numbers them. Throws TicketError `not-found`: any other text names nothing. */
export function requireNumber(id: string): string {
  if (/^\d{1,15}$/.test(id)) return id;
  throw new TicketError('not-found', 'the id of a record is a number');
}
