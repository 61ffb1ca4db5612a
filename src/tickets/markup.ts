import type { Document, Markup } from './document.ts';
import { toHtmlPage } from './markup/html.ts';
import { toMarkdown } from './markup/markdown.ts';
import { toPlain } from './markup/plain.ts';
import { toTextile } from './markup/textile.ts';

/** Every markup, by name. */
export const MARKUPS: Readonly<Record<Markup, (document: Document) => string>> = {
  html: toHtmlPage,
  textile: toTextile,
  markdown: toMarkdown,
  plain: toPlain,
};
