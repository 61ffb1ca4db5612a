import { z } from 'zod';

/** JSON whose texts may hold `{{name}}`. */
export type Template = string | number | boolean | null | readonly Template[] | { readonly [key: string]: Template };

/** The part of a configuration that describes a ticket system. It holds no secret. */
const text = z.string().min(1).max(2048);
const url = text.describe('`https://host[:port][/path]`; plain http to loopback only.');
const source = text.default('sightline').describe('Names the sender in every event (CloudEvents `source`).');

const pointer = z.string().regex(/^(?:\/.*)?$/, { error: 'expected a JSON Pointer such as /result/sys_id' });
const template: z.ZodType<Template> = z.json();
const request = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH']),
  path: z.string().startsWith('/').max(2048).describe('`{{name}}` stands for a value, percent-encoded.'),
  body: template.optional().describe('Sent as JSON; `{{name}}` in its texts stands for a value.'),
  map: z.record(z.string(), text.nullable()).optional().describe('Other words for the values of a field.'),
});

export const ticketSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rt'),
    url,
    queue: text.describe('Name of the queue.'),
    incident_field: text.default('Incident').describe("Name of the custom field for the incident's id."),
  }),
  z.strictObject({
    kind: z.literal('redmine'),
    url,
    project: text.describe('Identifier of the project.'),
    tracker: text.optional().describe("Name of the tracker; the project's first one unless given."),
    incident_field: z.int().min(1).describe("Number of the custom field for the incident's id."),
    markup: z.enum(['textile', 'markdown']).default('textile').describe("Redmine's text formatting."),
  }),
  z.strictObject({
    kind: z.literal('http'),
    url,
    user: text.optional().describe('For `{{basic}}` in headers.'),
    headers: z.record(text, text).describe('`{{secret}}` and `{{basic}}` stand for the secret.'),
    page: text.optional().describe("A ticket's page after the URL, `{{id}}` standing for its id."),
    ticket: z
      .strictObject({
        id: pointer,
        title: pointer,
        status: pointer,
        priority: pointer,
        incident: pointer,
        updated: pointer,
        assignee: z.strictObject({
          id: pointer,
          login: pointer.optional(),
          email: pointer.optional(),
          name: pointer.optional(),
        }),
      })
      .describe('Where the parts of a ticket stand in its JSON.'),
    create: request.extend({ id: pointer }),
    find: request.extend({ list: pointer }),
    read: request.extend({ record: pointer }),
    update: z.strictObject({
      status: request.optional(),
      assignee: request.optional(),
      title: request.optional(),
      priority: request.optional(),
      description: request.optional(),
    }),
    comment: request,
    comments: request,
    offset: z
      .string()
      .regex(/^[+-]\d\d:\d\d$/)
      .optional()
      .describe('Time zone of times that name none.'),
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    url,
    source,
    attempts: z.int().min(1).max(10).default(3).describe('Attempts in a row at sending one event.'),
    dead_letters: text.optional().describe('File for events that the receiver refused.'),
  }),
  z.strictObject({
    kind: z.literal('jsonl'),
    path: text.default('-').describe('File that lines are added to; `-` is standard output.'),
    source,
  }),
]);
export type TicketSettings = z.output<typeof ticketSettings>;
