import { toJson } from '../escape/escape.ts';
import type { Hit } from '../model/hit.ts';
import type { Reject } from '../model/reject.ts';

/** A hit as one line of JSON; every line of `--hits` has these keys, in this order. Times are ISO 8601 UTC. */
export function hitLine(hit: Hit): string {
  const { rule, entry, match } = hit;
  return toJson({
    file: entry.line.source,
    line: entry.line.number,
    offset: entry.line.offset,
    time: new Date(entry.time).toISOString(),
    client: entry.client,
    rule_id: rule.id,
    rule: rule.title,
    level: rule.level,
    tags: rule.tags,
    field: match.field,
    view: match.view,
    matched: match.text,
    method: entry.method,
    target: entry.target,
    status: entry.status,
    user_agent: entry.userAgent,
    author: rule.author,
    license: rule.license,
  });
}

/** A rejected line as one line of JSON; `text` has one code unit for each byte. */
export function rejectLine({ line, code }: Reject): string {
  return toJson({
    file: line.source,
    line: line.number,
    offset: line.offset,
    length: line.length,
    code,
    text: line.text,
  });
}
