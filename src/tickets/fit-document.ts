import type { Block, Document } from './document.ts';

/**
 * The document, or where it does not fit as much of its beginning as does, whole rows, items and lines, with `rest` said
 * at its end.
 */
export function fitDocument(document: Document, rest: string, fits: (document: Document) => boolean): Document {
  if (fits(document)) return document;
  const cutAt = (pieces: number): Document => [...take(document, pieces), { kind: 'paragraph', spans: rest }];
  let [most, tooMany] = [0, document.reduce((sum, block) => sum + piecesOf(block), 0)];
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2);
    if (fits(cutAt(middle))) most = middle;
    else tooMany = middle;
  }
  return cutAt(most);
}

function take(document: Document, pieces: number): Document {
  const taken: Block[] = [];
  let left = pieces;
  for (const block of document) {
    if (left <= 0) break;
    taken.push(left < piecesOf(block) ? cut(block, left) : block);
    left -= piecesOf(block);
  }
  return taken;
}

function piecesOf(block: Block): number {
  if (block.kind === 'list') return block.items.length;
  if (block.kind === 'table') return block.rows.length;
  return block.kind === 'code' ? block.text.split('\n').length : 1;
}

function cut(block: Block, pieces: number): Block {
  if (block.kind === 'list') return { ...block, items: block.items.slice(0, pieces) };
  if (block.kind === 'table') return { ...block, rows: block.rows.slice(0, pieces) };
  return block.kind === 'code' ? { ...block, text: block.text.split('\n').slice(0, pieces).join('\n') } : block;
}
