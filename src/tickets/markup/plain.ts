import type { Block, Document, Span, Spans } from '../document.ts';
import { addressOf, inlineOf, lineOf, linesOf, spansOf } from './text.ts';

/**
 * Plain text. `[code]` marks are broken up: ServiceNow takes what stands between them for HTML (ServiceNow
 * documentation, "Insert HTML into journal fields").
 */
export function toPlain(document: Document): string {
  return document
    .map(blockText)
    .join('\n\n')
    .replace(/\[(?=\s*\/?\s*code\s*\])/gi, '[ ');
}

const HEADING_WIDTH = 20;

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${lineOf(block.text)}\n${'-'.repeat(HEADING_WIDTH)}`;
    case 'paragraph':
      return lineText(block.spans);
    case 'list':
      return block.items.map((item) => `- ${lineText(item)}`).join('\n');
    case 'table':
      return [block.head, ...block.rows].map((row) => row.map(lineText).join(' | ')).join('\n');
    case 'code':
      return linesOf(block.text)
        .map((line) => `    ${line}`)
        .join('\n');
  }
}

function lineText(spans: Spans): string {
  return spansOf(spans).map(spanText).join('');
}

function spanText(span: Span): string {
  if (typeof span === 'string') return inlineOf(span);
  if ('code' in span) return lineOf(span.code);
  if ('strong' in span) return inlineOf(span.strong);
  const address = addressOf(span.link) ?? lineOf(span.link);
  return span.text === undefined ? address : `${inlineOf(span.text)} <${address}>`;
}
