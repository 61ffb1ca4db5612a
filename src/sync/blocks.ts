import type { Block, Spans } from '../tickets/tickets.ts';

/** Pieces that texts for tickets are made of. */

/** Rows of one table or list before the rest is only counted; the attached bundle has all of them. */
export const MAX_ROWS = 50;
const MAX_VALUE = 300;

/** A text of many lines, each of them as it is. */
export function paragraphs(text: string): Block[] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  return lines.map((line) => ({ kind: 'paragraph', spans: line }));
}

export function linkTo(link: string | null): Block[] {
  return link === null ? [] : [{ kind: 'paragraph', spans: ['In Cisco XDR: ', { link }] }];
}

export function tableOf(heading: string, head: readonly string[], rows: readonly Spans[][]): Block[] {
  return section(
    heading,
    rows.length === 0 ? [] : [{ kind: 'table', head, rows: rows.slice(0, MAX_ROWS) }, ...more(rows.length)],
  );
}

export function listOf(heading: string, items: readonly Spans[]): Block[] {
  return section(
    heading,
    items.length === 0 ? [] : [{ kind: 'list', items: items.slice(0, MAX_ROWS) }, ...more(items.length)],
  );
}

function more(count: number): Block[] {
  return count > MAX_ROWS ? [{ kind: 'paragraph', spans: `and ${count - MAX_ROWS} more` }] : [];
}

export function section(heading: string, blocks: readonly Block[]): Block[] {
  return blocks.length === 0 ? [] : [{ kind: 'heading', text: heading }, ...blocks];
}

export function code(text: string): Spans {
  return [{ code: text }];
}

export function shorten(text: string): string {
  return text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** `2026-11-22 08:30:00 UTC`. */
export function clockOf(time: string): string {
  return /^\d{4}-/.test(time) ? `${time.slice(0, 19).replace('T', ' ')} UTC` : time;
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
