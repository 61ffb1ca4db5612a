import type { CtimBundle } from '../ctim/ctim.ts';
import { toJson } from '../escape/escape.ts';

/** The entities of a bundle, each as JSON, by collection. */
export type BundleTexts = { readonly [Collection in keyof Omit<CtimBundle, 'type' | 'source'>]: readonly string[] };

/** A bundle as JSON: what was written once is not written again. */
export function writeBundle(source: string, texts: BundleTexts): string {
  const collections = Object.entries(texts).map(([name, entities]) => `,"${name}":[${entities.join(',')}]`);
  return `{"type":"bundle","source":${toJson(source)}${collections.join('')}}`;
}
