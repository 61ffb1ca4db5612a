import type { CtimIncident } from '../ctim/ctim.ts';
import { baseOf } from './base.ts';
import { externalId } from './identity.ts';
import { code, plain } from './neutral.ts';
import type { ComposerOptions } from './options.ts';
import { toTimestamp } from './timestamp.ts';

/** A part of a log that was gone before it was read. */
export interface Loss {
  /** The log, as its reader was told to name it. */
  readonly source: string;
  /** Bytes known to be missing; there may have been more. */
  readonly bytes: number;
  /** Epoch ms of the newest line that was read before. */
  readonly since: number;
}

const MAX_SOURCE = 300;

/** A log that was gone before a given time of it was read is another loss. */
export function lossId(prefix: string, { source, since }: Loss): string {
  return externalId(prefix, 'incident', ['lost-lines', source, String(since)]);
}

/** One incident: nobody can tell what the lost lines would have shown, so a person has to know. */
export function lossEntity(xid: string, { source, bytes, since }: Loss, options: ComposerOptions): CtimIncident {
  const time = toTimestamp(since);
  const known =
    bytes === 0 ? 'How much it was is not known.' : `At least ${bytes.toLocaleString('en')} bytes are missing.`;
  return {
    ...baseOf('incident', xid, options),
    title: `Log lines lost before they were read: ${plain(source, MAX_SOURCE)}`,
    short_description: `Lines of a web server's log, written after ${time}, were gone before they were read.`,
    description:
      `# Log lines lost\n\nLines of ${code(source, MAX_SOURCE)} that were written after ${time} were gone before they could be read. ${known}\n\n` +
      '## What to do next\n\n' +
      '- Look for the missing lines in rotated files and backups, and read them with `sightline batch`.\n' +
      '- If the log was rotated faster than it was read, keep more rotated files.\n' +
      '- If nobody rotated it, somebody may have removed traces: look at who could write to the file.',
    status: 'New',
    severity: 'Medium',
    confidence: bytes === 0 ? 'Medium' : 'High',
    incident_time: { opened: time, discovered: time },
    categories: ['Investigation'],
    discovery_method: 'Log Review',
    promotion_method: 'Automated',
    detection_sources: ['Apache access log'],
  };
}
