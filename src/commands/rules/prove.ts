import { type Detector, detector, type ProofCase, type RuleSet } from '../../detect/detect.ts';
import type { AccessLogEntry } from '../../model/entry.ts';
import type { Fault } from '../../model/errors.ts';
import type { Hit } from '../../model/hit.ts';
import type { LogLine } from '../../model/line.ts';
import type { Reject } from '../../model/reject.ts';
import type { Rule } from '../../model/rule.ts';
import { chooseFormat, isReject, type LineParser, parser } from '../../parse/parse.ts';
import { shorten } from '../table.ts';
import { type CorrelateOptions, type CorrelationRun, correlationRun } from './correlation-run.ts';
import { proofLines } from './proof-lines.ts';

/** One case of a rule's proofs, tried. */
export interface ProofResult {
  readonly rule: Rule;
  readonly proof: ProofCase;
  /** Why it failed; null when the rule did as it should. */
  readonly fault: Fault | null;
}

const MAX_SHOWN_TEXT = 200;

/**
 * Runs proofs of the rules through the stages that a log goes through: parse, detect and, for correlations, correlate.
 *
 * @param isWanted - tells by the path of a rule file whether its proofs are to be run
 */
export function proveRules(
  rules: RuleSet,
  options: CorrelateOptions,
  isWanted: (path: string) => boolean,
): ProofResult[] {
  const stages = { detect: detector(rules, { own: (entry) => entry }), parse: proofParser() };
  return rules.proofs.flatMap(({ rule, cases }) => {
    const correlate = rule.kind === 'correlation' ? correlationRun(rules.correlations, rule.id, options) : null;
    return cases
      .filter(({ path }) => isWanted(path))
      .map((proof) => ({ rule, proof, fault: tryCase(proof, rule, { ...stages, correlate }) }));
  });
}

interface Stages {
  readonly parse: LineParser;
  readonly detect: Detector;
  /** Null for a detection rule. */
  readonly correlate: CorrelationRun | null;
}

function tryCase(proof: ProofCase, rule: Rule, { parse, detect, correlate }: Stages): Fault | null {
  const { path, line, col, expects } = proof;
  const lines = proofLines(proof);
  const fault = (message: string, { text }: LogLine): Fault => ({
    path,
    line,
    col,
    message: `${message}: ${shorten(text, MAX_SHOWN_TEXT)}`,
  });
  const entries: AccessLogEntry[] = [];
  for (const one of lines) {
    const entry = parse(one);
    if (isReject(entry)) return fault(`the proof is no log line (${entry.code})`, one);
    entries.push(entry);
  }
  const stream = entries.map((entry) => ({ entry, hits: detect(entry) }));
  const hits = correlate === null ? stream.flatMap((step) => step.hits) : correlate(stream);
  const hit = hits.find((found) => found.rule.id === rule.id);
  if ((hit !== undefined) === (expects === 'match')) return null;
  const shown = hit?.entry.line ?? (lines[0] as LogLine); // a proof has at least one line
  return fault(hit === undefined ? `"${rule.title}" must match and does not` : describeMatch(hit), shown);
}

function describeMatch({ rule, match: { field, view, text } }: Hit): string {
  return `"${rule.title}" must ignore and matches (${field}, ${view}: ${JSON.stringify(text)})`;
}

/** A line is of the format of the one before or, where that does not fit, of the one that fits best. */
function proofParser(): (line: LogLine) => AccessLogEntry | Reject {
  let parse: LineParser | null = null;
  return (line) => {
    const entry = parse?.(line);
    if (entry !== undefined && !isReject(entry)) return entry;
    parse = parser(chooseFormat([line.text]));
    return parse(line);
  };
}
