import { CtiaError } from './ctia-error.ts';
import type { HttpAnswer } from './transport.ts';

/** What CTIA stores and answers with; its fields are CTIM's. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Something stored: its `id` is the long one. */
export type Stored = JsonObject & { readonly id: string };

/** An answer that cannot be used counts as none: the server may have acted. */
export function badAnswer(message: string): CtiaError {
  return new CtiaError('bad-answer', message, { phase: 'unanswered' });
}

/** More came than the bound allows: it may have been carried out, and would come again. */
export function answerTooLarge(bound: string): CtiaError {
  return new CtiaError('answer-too-large', `answer above ${bound}`, { phase: 'unanswered' });
}

/** Makes something of the body of a 2xx answer while it comes. Both throw CtiaError. */
export interface BodyReader<T> {
  take(chunk: Buffer): void;
  end(): T;
}

export function readJson(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    throw badAnswer(`the answer of ${answer.text.length} characters is not JSON`);
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readObject(answer: HttpAnswer): JsonObject {
  const value = readJson(answer);
  if (!isObject(value)) throw badAnswer('the answer is not a JSON object');
  return value;
}

export function readStored(answer: HttpAnswer): Stored {
  const value = readJson(answer);
  if (!isStored(value)) throw badAnswer('the answer is no object with an id');
  return value;
}

export function readStoredList(answer: HttpAnswer): Stored[] {
  const value = readJson(answer);
  if (!Array.isArray(value) || !value.every(isStored)) throw badAnswer('the answer is no list of objects with an id');
  return value;
}

export function readNumber(answer: HttpAnswer): number {
  const value = readJson(answer);
  if (typeof value !== 'number') throw badAnswer('the answer is not a number');
  return value;
}

export function readStrings(answer: HttpAnswer): string[] {
  const value = readJson(answer);
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw badAnswer('the answer is no list of texts');
  }
  return value;
}

/** The result, or null where the server knows of nothing. */
export async function orNull<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof CtiaError && error.code === 'not-found') return null;
    throw error;
  }
}

function isStored(value: unknown): value is Stored {
  return isObject(value) && typeof value.id === 'string';
}
