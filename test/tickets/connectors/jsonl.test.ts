import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import type { TicketDraft } from '../../../src/tickets/connector.ts';
import { jsonlConnector } from '../../../src/tickets/connectors/jsonl.ts';

const DRAFT: TicketDraft = {
  incidentId: 'https://x.example:443/ctia/incident/incident-1',
  title: 'One \u001b[31m title\u202e',
  priority: null,
  description: [],
  attachments: [],
  fields: {},
};
const file = async () => join(await mkdtemp(join(tmpdir(), 'sightline-jsonl-')), 'tickets.jsonl');
const open = (output: string | PassThrough) => jsonlConnector({ output, source: 'tests', clock: () => 0 });

it('adds a line to a file for each event, in order, for its owner alone', async () => {
  const path = await file();
  const connector = open(path);
  await Promise.all([
    connector.create(DRAFT),
    connector.comment(DRAFT.incidentId, [{ kind: 'paragraph', spans: 'more' }], { key: 'key-00000001' }),
    connector.update(DRAFT.incidentId, { status: 'Closed', assignee: null, description: [] }),
  ]);
  await connector.close();
  const lines = (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ type }) => type)).toEqual([
    'sightline.ticket.created',
    'sightline.ticket.commented',
    'sightline.ticket.updated',
  ]);
  expect(lines[2].data).toEqual({ status: 'Closed', assignee: null, description: { plain: '', markdown: '' } });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('ends a line that a crash broke off', async () => {
  const path = await file();
  await writeFile(path, '{"whole":1}\n{"brok');
  await open(path).create(DRAFT);
  const lines = (await readFile(path, 'utf8')).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines.slice(0, 2)).toEqual(['{"whole":1}', '{"brok']);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ subject: DRAFT.incidentId });
});

it('prints what drives no terminal', async () => {
  const output = new PassThrough();
  const connector = open(output);
  await connector.create(DRAFT);
  output.end();
  const line = await text(output);
  expect(line).toMatch(/^[ -~]+\n$/);
  expect(JSON.parse(line).data.title).toBe('One \\x1b[31m title\\u{202e}');
});

it('tells that it cannot write, and goes on with the next event', async () => {
  const connector = open('/nonexistent/folder/tickets.jsonl');
  await expect(connector.create(DRAFT)).rejects.toMatchObject({ code: 'unreachable' });
  await connector.close();

  const output = new PassThrough();
  output.on('error', () => {}); // Each write reports its own failure.
  output.destroy();
  await expect(open(output).create(DRAFT)).rejects.toMatchObject({ code: 'unreachable' });
});
