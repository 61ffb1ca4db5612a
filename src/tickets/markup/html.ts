import { toHtml } from '../../escape/escape.ts';
import type { Block, Document, Span, Spans } from '../document.ts';
import { addressOf, inlineOf, linesOf, spansOf } from './text.ts';

const MONOSPACE = 'style="font-family: monospace"';

/** HTML of elements and attributes that Request Tracker's scrubber lets through. */
export function toHtmlPage(document: Document): string {
  return document.map(blockHtml).join('\n');
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h3>${textHtml(block.text)}</h3>`;
    case 'paragraph':
      return `<p>${lineHtml(block.spans)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${lineHtml(item)}</li>`).join('')}</ul>`;
    case 'table': {
      const head = block.head.map((cell) => `<th align="left">${textHtml(cell)}</th>`).join('');
      const rows = block.rows.map((row) => `<tr>${row.map((cell) => `<td>${lineHtml(cell)}</td>`).join('')}</tr>`);
      return `<table border="1" cellpadding="3"><tr>${head}</tr>${rows.join('')}</table>`;
    }
    case 'code':
      return `<pre>${linesOf(block.text).map(inert).join('\n')}</pre>`;
  }
}

function lineHtml(spans: Spans): string {
  return spansOf(spans).map(spanHtml).join('');
}

function spanHtml(span: Span): string {
  if (typeof span === 'string') return textHtml(span);
  if ('code' in span) return `<span ${MONOSPACE}>${textHtml(span.code)}</span>`;
  if ('strong' in span) return `<strong>${textHtml(span.strong)}</strong>`;
  const address = addressOf(span.link);
  const text = textHtml(span.text ?? span.link);
  return address === null ? text : `<a href="${toHtml(address)}">${text}</a>`;
}

function textHtml(text: string): string {
  return inert(inlineOf(text));
}

/** An element inside keeps systems from taking an address for a link; no entity would, as they are read first. */
function inert(line: string): string {
  return toHtml(line).replaceAll('://', '<span>:</span>//');
}
