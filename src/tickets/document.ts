/**
 * Text for a ticket, as blocks that every markup can show. All of it may have been written by an attacker: whatever a
 * system would take for markup, a link, a mention or a control character is shown and does nothing. Only `link` makes a
 * live link, and only an http or https one.
 */
export type Document = readonly Block[];

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly spans: Spans }
  | { readonly kind: 'list'; readonly items: readonly Spans[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Spans[])[] }
  /** Lines shown as they are. */
  | { readonly kind: 'code'; readonly text: string };

/** A plain string is a text of one span. */
export type Spans = string | readonly Span[];

/** Within a line: line ends are shown as spaces. */
export type Span = string | { readonly code: string } | { readonly strong: string } | Link;

export interface Link {
  readonly link: string;
  /** Default: the address itself. */
  readonly text?: string;
}

/** How a ticket system wants its text. */
export type Markup = 'html' | 'textile' | 'markdown' | 'plain';
