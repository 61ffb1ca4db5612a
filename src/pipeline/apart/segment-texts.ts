import type { Caller, Page } from '../../correlate/correlate.ts';
import type { Findings } from './findings.ts';

/** What is told of a segment, with the texts that its numbers mean. */
export interface Scanned {
  readonly findings: Findings;
  readonly texts: readonly Text[];
}

/** A text, and what it has become where lines are played. */
export interface Text {
  readonly text: string;
  caller: Caller | null;
  page: Page | null;
}

/** Keeps the texts that one scanner tells, for its findings in the order in which it tells them. */
export function segmentTexts(): (findings: Findings) => Scanned {
  let texts: Text[] = [];
  return (findings) => {
    if (findings.beginsAnew) texts = [];
    for (const text of findings.texts) texts.push({ text, caller: null, page: null });
    return { findings, texts };
  };
}
