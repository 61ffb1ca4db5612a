import { hash } from 'node:crypto';
import type { Hit } from '../model/hit.ts';
import type { Evidence } from '../model/incident.ts';
import { ownText } from '../model/own-text.ts';
import { weightOf } from './line-weight.ts';

const MAX_TEXT_LENGTH = 2048;

/** A line kept as evidence; its digest is made when somebody wants to see it, unless the text had to be cut. */
export type KeptLine = Omit<Evidence, 'sha256'> & { readonly sha256: string | null };

export function keepLine({ entry, match }: Hit): KeptLine {
  const { source, number, offset, length, text } = entry.line;
  const whole = text.length <= MAX_TEXT_LENGTH;
  return {
    source,
    line: number,
    offset,
    length,
    time: entry.time,
    sha256: whole ? null : digest(text),
    text: whole ? text : cutText(text),
    field: match.field,
    view: match.view,
    matched: match.text,
  };
}

/** As how many lines it counts. */
export function weightOfLine({ text }: Pick<Evidence, 'text'>): number {
  return weightOf(text.length);
}

export function showLine(line: KeptLine): Evidence {
  return { ...line, sha256: line.sha256 ?? digest(line.text) };
}

function digest(text: string): string {
  return hash('sha256', Buffer.from(text, 'latin1'));
}

/** A copy: a slice would keep the whole line. */
function cutText(text: string): string {
  return ownText(text.slice(0, MAX_TEXT_LENGTH));
}
