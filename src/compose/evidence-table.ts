import type { CtimSighting } from '../ctim/ctim.ts';
import type { Evidence } from '../model/incident.ts';
import { decodeLine, plain } from './neutral.ts';
import { toTimestamp } from './timestamp.ts';

type CtimTable = NonNullable<CtimSighting['data']>;

const MAX_TEXT_UNITS = 2048;

const COLUMNS: CtimTable['columns'] = [
  { name: 'file', type: 'string', short_description: 'Log file, as it was named to the reader' },
  { name: 'line', type: 'integer', short_description: 'Number of the line in its file, from 1' },
  { name: 'offset', type: 'integer', short_description: 'Bytes before the line, uncompressed' },
  { name: 'length', type: 'integer', short_description: 'Bytes of the line without its ending' },
  { name: 'sha256', type: 'string', short_description: 'SHA-256 of the line without its ending' },
  { name: 'time', type: 'string', short_description: 'When the request began' },
  { name: 'field', type: 'string', short_description: 'Where the rule matched' },
  { name: 'view', type: 'string', short_description: 'How the text was decoded for the rule' },
  { name: 'matched', type: 'string', short_description: 'What matched' },
  { name: 'text', type: 'string', short_description: 'The line; control characters are shown as escapes' },
];

/** Quoted lines as CTIM's data table, each with what it takes to find and check it in the archive. */
export function evidenceTable(evidence: readonly Evidence[]): CtimTable {
  return { columns: COLUMNS, rows: evidence.map(toRow), row_count: evidence.length };
}

function toRow(it: Evidence): (string | number)[] {
  return [
    plain(it.source, MAX_TEXT_UNITS),
    it.line,
    it.offset,
    it.length,
    it.sha256,
    toTimestamp(it.time),
    it.field,
    it.view,
    plain(it.matched, MAX_TEXT_UNITS),
    plain(decodeLine(it.text), MAX_TEXT_UNITS),
  ];
}
