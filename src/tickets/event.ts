import { createHash } from 'node:crypto';
import type { CommentOptions, TicketChanges, TicketDraft } from './connector.ts';
import type { Document } from './document.ts';
import { toMarkdown } from './markup/markdown.ts';
import { toPlain } from './markup/plain.ts';
import { titleOf } from './markup/text.ts';

/** What a one-way connector sends: CloudEvents 1.0.2, JSON format, structured mode. */
export interface TicketEvent {
  readonly specversion: '1.0';
  /** The same whenever the same thing is sent again: receivers tell doubles by it. */
  readonly id: string;
  readonly source: string;
  readonly type: `sightline.ticket.${'created' | 'updated' | 'commented'}`;
  /** Long CTIM id of the incident. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Readonly<Record<string, unknown>>;
}

const MAX_TITLE_BYTES = 255;

/** Makes events. `source` names the sender (CloudEvents 1.0.2, "source"); `clock` gives epoch ms. */
export interface EventMaker {
  created(draft: TicketDraft): TicketEvent;
  updated(incidentId: string, changes: TicketChanges): TicketEvent;
  commented(incidentId: string, text: Document, options: CommentOptions): TicketEvent;
}

export function eventMaker(source: string, clock: () => number): EventMaker {
  /** `facts` say which event it is. */
  function event(what: 'created' | 'updated' | 'commented', subject: string, facts: string, data: object): TicketEvent {
    return {
      specversion: '1.0',
      id: createHash('sha256')
        .update(JSON.stringify([source, what, subject, facts]))
        .digest('hex')
        .slice(0, 32),
      source,
      type: `sightline.ticket.${what}`,
      subject,
      time: new Date(clock()).toISOString(),
      datacontenttype: 'application/json',
      data: { ...data },
    };
  }
  return {
    created: ({ incidentId, title, priority, description, fields, attachments }) =>
      event('created', incidentId, '', {
        title: titleOf(title, MAX_TITLE_BYTES),
        priority,
        description: textsOf(description),
        fields,
        attachments,
      }),
    // The same change may be made again after another one: what time it is tells them apart.
    updated: (incidentId, { title, description, ...changes }) =>
      event('updated', incidentId, String(clock()), {
        ...changes,
        ...(title === undefined ? {} : { title: titleOf(title, MAX_TITLE_BYTES) }),
        ...(description === undefined ? {} : { description: textsOf(description) }),
      }),
    commented: (incidentId, text, { key, attachments = [] }) =>
      event('commented', incidentId, key, { comment: textsOf(text), key, attachments }),
  };
}

function textsOf(document: Document): object {
  return { plain: toPlain(document), markdown: toMarkdown(document) };
}
