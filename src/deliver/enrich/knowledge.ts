import { type CtiaClient, isObject, type JsonObject, textsOf } from '../../ctia/ctia.ts';
import { toMarkdownCode } from '../../escape/escape.ts';

/** A verdict in force, and the judgement that it rests on. */
export interface Knowledge {
  readonly value: string;
  readonly verdict: JsonObject;
  /** Null when it cannot be read. */
  readonly judgement: JsonObject | null;
}

/** CTIM's bound of a note's content, in UTF-16 units. */
const MAX_NOTE = 5000;
const MAX_REASON = 200;

/** What a base knows of an observable; null for nothing, or nothing but a judgement of our own (`prefix`). */
export async function knowledgeOf(
  type: string,
  value: string,
  client: Pick<CtiaClient, 'verdict' | 'entities'>,
  prefix: string,
): Promise<Knowledge | null> {
  const verdict = await client.verdict(type, value);
  if (verdict === null) return null;
  const id = verdict.judgement_id;
  const judgement = typeof id === 'string' ? await client.entities('judgement').get(id) : null;
  if (textsOf(judgement?.external_ids).some((xid) => xid.startsWith(prefix))) return null;
  return { value, verdict, judgement };
}

/** Markdown that nothing quoted in it can break out of. */
export function noteText(base: string, known: readonly Knowledge[]): string {
  const lines = known.map(({ value, verdict, judgement }) => {
    const details = [
      ...untilOf(verdict),
      ...named('severity', judgement?.severity),
      ...named('confidence', judgement?.confidence),
      ...named('source', judgement?.source),
      ...named('reason', judgement?.reason),
    ];
    return `- ${toMarkdownCode(value)}: ${[toMarkdownCode(String(verdict.disposition_name)), ...details].join(', ')}`;
  });
  return [`What ${base} knew of the attacker when the incident was reported:`, '', ...lines]
    .join('\n')
    .slice(0, MAX_NOTE);
}

function untilOf({ valid_time: time }: JsonObject): string[] {
  return isObject(time) ? named('until', time.end_time) : [];
}

function named(name: string, value: unknown): string[] {
  return typeof value === 'string' ? [`${name} ${toMarkdownCode(value.slice(0, MAX_REASON))}`] : [];
}
