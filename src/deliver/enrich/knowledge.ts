import { type CtiaClient, isObject, type JsonObject, textsOf } from '../../ctia/ctia.ts';
import { toMarkdownCode, toTerminal } from '../../escape/escape.ts';

/** A verdict in force, and the judgement that it rests on. */
export interface Knowledge {
  readonly value: string;
  readonly verdict: JsonObject;
  /** Null when it cannot be read. */
  readonly judgement: JsonObject | null;
}

/** CTIM's bound of a note's content, in UTF-16 units. */
const MAX_NOTE = 5000;
/** Characters of one thing that is quoted: even of the longest, one line fits into a note. */
const MAX_QUOTED = 200;

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

/** Markdown that nothing quoted in it can break out of: a line that does not fit is left out whole. */
export function noteText(base: string, known: readonly Knowledge[]): string {
  let text = `What ${base} knew of the attacker when the incident was reported:\n`;
  for (const line of known.map(lineOf)) if (text.length + 1 + line.length <= MAX_NOTE) text += `\n${line}`;
  return text;
}

function lineOf({ value, verdict, judgement }: Knowledge): string {
  const details = [
    ...untilOf(verdict),
    ...named('severity', judgement?.severity),
    ...named('confidence', judgement?.confidence),
    ...named('source', judgement?.source),
    ...named('reason', judgement?.reason),
  ];
  const disposition = quote(String(verdict.disposition_name ?? verdict.disposition));
  return `- ${quote(value)}: ${[disposition, ...details].join(', ')}`;
}

function quote(text: string): string {
  return toMarkdownCode([...toTerminal(text)].slice(0, MAX_QUOTED).join(''));
}

function untilOf({ valid_time: time }: JsonObject): string[] {
  return isObject(time) ? named('until', time.end_time) : [];
}

function named(name: string, value: unknown): string[] {
  return typeof value === 'string' ? [`${name} ${quote(value)}`] : [];
}
