import type { Block, Document, Span, Spans } from '../document.ts';
import { addressOf, inlineOf, linesOf, spansOf } from './text.ts';

/**
 * Textile as Redmine reads it. Every character of a text but letters, digits and spaces is written as a numeric
 * character reference: Redmine looks for markup, macros, mentions and links in the source, where none is left.
 */
export function toTextile(document: Document): string {
  return document.map(blockTextile).join('\n\n');
}

function blockTextile(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `h3. ${textTextile(block.text)}`;
    case 'paragraph':
      return lineTextile(block.spans);
    case 'list':
      return block.items.map((item) => `* ${lineTextile(item)}`).join('\n');
    case 'table': {
      const head = `|${block.head.map((cell) => `_. ${textTextile(cell)}`).join('|')}|`;
      return [head, ...block.rows.map((row) => `|${row.map((cell) => ` ${lineTextile(cell)} `).join('|')}|`)].join(
        '\n',
      );
    }
    case 'code':
      // Lines of code: in a `<pre>` block references are not read, so nothing could be neutralised.
      return linesOf(block.text)
        .map((line) => `@${encode(line.replaceAll('  ', '\u00a0 ')) || encode('\u00a0')}@`)
        .join('\n');
  }
}

function lineTextile(spans: Spans): string {
  return spansOf(spans).map(spanTextile).join('');
}

function spanTextile(span: Span): string {
  if (typeof span === 'string') return textTextile(span);
  if ('code' in span) return wrap('@', span.code);
  if ('strong' in span) return wrap('*', span.strong);
  const address = addressOf(span.link);
  const text = textTextile(span.text ?? span.link);
  return address === null ? text : `"${text}":${address}`;
}

/** Marks count only around text that neither starts nor ends with a space. */
function wrap(mark: string, text: string): string {
  const inner = textTextile(text).trim();
  return inner === '' ? '' : `${mark}${inner}${mark}`;
}

function textTextile(text: string): string {
  return encode(inlineOf(text));
}

function encode(line: string): string {
  return line.replace(/[^A-Za-z0-9 ]/gu, (char) => `&#${char.codePointAt(0)};`).replace(/\br(?=\d)/g, '&#114;'); // r123 is a link to a revision.
}
