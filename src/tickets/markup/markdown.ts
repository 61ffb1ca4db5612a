import { toMarkdownCode } from '../../escape/escape.ts';
import type { Block, Document, Span, Spans } from '../document.ts';
import { addressOf, inlineOf, linesOf, spansOf } from './text.ts';

/**
 * CommonMark 0.31 with GitHub's tables. Words of more than letters or digits and ordinary punctuation stand in code
 * spans: links, mentions and issue numbers are made of words such as these in one system or another, after escapes have
 * been read, but not in code.
 */
export function toMarkdown(document: Document): string {
  return document.map(blockMarkdown).join('\n\n');
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `### ${textMarkdown(block.text)}`;
    case 'paragraph':
      return lineMarkdown(block.spans);
    case 'list':
      return block.items.map((item) => `- ${lineMarkdown(item)}`).join('\n');
    case 'table': {
      const rows = [block.head, ...block.rows].map(
        (row) => `| ${row.map((cell) => lineMarkdown(cell).replaceAll('|', '\\|')).join(' | ')} |`,
      );
      return rows.toSpliced(1, 0, `|${' --- |'.repeat(block.head.length)}`).join('\n');
    }
    case 'code': {
      const lines = linesOf(block.text);
      const longest =
        lines
          .join('\n')
          .match(/`+/g)
          ?.reduce((most, run) => Math.max(most, run.length), 0) ?? 0;
      const fence = '`'.repeat(Math.max(3, longest + 1));
      return [fence, ...lines, fence].join('\n');
    }
  }
}

function lineMarkdown(spans: Spans): string {
  return spansOf(spans).map(spanMarkdown).join('');
}

function spanMarkdown(span: Span): string {
  if (typeof span === 'string') return textMarkdown(span);
  if ('code' in span) return toMarkdownCode(inlineOf(span.code).trim());
  if ('strong' in span) return `**${textMarkdown(span.strong).trim()}**`;
  const address = addressOf(span.link);
  const text = textMarkdown(span.text ?? span.link).trim();
  return address === null ? text : `[${text}](<${address}>)`;
}

/** A word that no dialect takes for anything else, with the punctuation that may stand around it. */
const ORDINARY = /^[("']?(?:[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*|\d+)?[)"',:;?!]*\.?$/u;

function textMarkdown(text: string): string {
  const shown = inlineOf(text);
  return shown
    .split(/( )/)
    .map((word) => (word === ' ' || word === '' ? word : ORDINARY.test(word) ? escapeWord(word) : toMarkdownCode(word)))
    .join('');
}

/** Every ASCII punctuation mark may be escaped (CommonMark 0.31, 2.4). */
function escapeWord(word: string): string {
  return word.replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
