/** Ticket systems: one connector each, all with the same face. They know nothing of CTIA; a ticket's text is blocks. */
export type {
  Attachment,
  Capabilities,
  CommentOptions,
  Connector,
  NewsPage,
  Person,
  Ticket,
  TicketChange,
  TicketChanges,
  TicketDraft,
  TicketField,
  TicketNews,
} from './connector.ts';
export type { ConnectorName } from './connectors.ts';
export type { Block, Document, Link, Markup, Span, Spans } from './document.ts';
export { fitDocument } from './fit-document.ts';
export { MARKUPS } from './markup.ts';
export { type ConnectorMeans, openConnector, type TicketSettings, ticketSettings } from './options.ts';
export { type Phase, TICKET_CODES, type TicketCode, TicketError } from './ticket-error.ts';
