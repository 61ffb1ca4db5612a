import { CORRELATOR_DEFAULTS, correlator } from '../../correlate/correlate.ts';
import { type Detector, detector, fieldValue, type ProofCase, type RuleSet } from '../../detect/detect.ts';
import type { CorrelationRule } from '../../model/correlation.ts';
import type { AccessLogEntry } from '../../model/entry.ts';
import { describeFault, type Fault } from '../../model/errors.ts';
import type { Hit } from '../../model/hit.ts';
import type { LogLine } from '../../model/line.ts';
import type { Rule } from '../../model/rule.ts';
import { chooseFormat, isReject, type LineParser, parser } from '../../parse/parse.ts';
import { proofLines } from './proof-lines.ts';

/** One case of a rule's proofs, tried. */
export interface ProofResult {
  readonly rule: Rule;
  readonly expects: ProofCase['expects'];
  /** `path:line:col` of the case. */
  readonly place: string;
  /** Position among the cases of its kind, 1-based. */
  readonly number: number;
  /** Why it failed; null when the rule did as it should. */
  readonly fault: Fault | null;
}

const MAX_SHOWN_TEXT = 200;

/** Runs every proof of the rules through the stages that a log goes through: parse, detect and, for correlations, correlate. */
export function proveRules(rules: RuleSet): ProofResult[] {
  const detect = detector(rules, { own: (entry) => entry });
  return rules.proofs.flatMap(({ rule, cases }) => {
    const correlations = rule.kind === 'correlation' ? subtree(rules, rule.id) : [];
    const numbers = { match: 0, ignore: 0 };
    return cases.map((proof) => ({
      rule,
      expects: proof.expects,
      place: describePlace(proof),
      number: ++numbers[proof.expects],
      fault: tryCase(proof, rule, detect, correlations),
    }));
  });
}

function describePlace({ path, line, col }: ProofCase): string {
  return describeFault({ path, line, col, message: '' }).replace(/: $/, '');
}

/** The correlation and those that it builds on; it alerts, so that its firing can be seen. */
function subtree({ correlations }: RuleSet, id: string): readonly CorrelationRule[] {
  const wanted = new Set([id]);
  // Grows while it is walked: what is found brings in what it refers to.
  for (const one of wanted) for (const inner of correlations.find(({ rule }) => rule.id === one)?.rules ?? []) wanted.add(inner);
  return correlations
    .filter(({ rule }) => wanted.has(rule.id))
    .map((correlation) => ({ ...correlation, rule: { ...correlation.rule, alerts: correlation.rule.id === id } }));
}

function tryCase(proof: ProofCase, rule: Rule, detect: Detector, correlations: readonly CorrelationRule[]): Fault | null {
  const { path, line, col, expects } = proof;
  const lines = proofLines(proof);
  const fault = (message: string): Fault => ({ path, line, col, message: `${message}: ${shorten(lines[0]?.text ?? '')}` });
  const { entries, rejected } = parseAll(lines);
  if (rejected !== null) return fault(`the proof is no log line (${rejected})`);
  const stream = entries.map((entry) => ({ entry, hits: detect(entry) }));
  const hit = rule.kind === 'detection' ? find(stream.flatMap(({ hits }) => hits), rule) : find(correlate(stream, correlations), rule);
  if (expects === 'match') return hit === undefined ? fault(`"${rule.title}" must match and does not`) : null;
  if (hit === undefined) return null;
  const { field, view, text } = hit.match;
  return fault(`"${rule.title}" must ignore and matches (${field}, ${view}: ${JSON.stringify(text)})`);
}

function find(hits: readonly Hit[], { id }: Rule): Hit | undefined {
  return hits.find(({ rule }) => rule.id === id);
}

/** A line is of the format of the one before or, where that does not fit, of the one that fits best. */
function parseAll(lines: readonly LogLine[]): { entries: AccessLogEntry[]; rejected: string | null } {
  const entries: AccessLogEntry[] = [];
  let parse: LineParser | null = null;
  for (const line of lines) {
    let entry = parse?.(line);
    if (entry === undefined || isReject(entry)) {
      parse = parser(chooseFormat([line.text]));
      entry = parse(line);
    }
    if (isReject(entry)) return { entries, rejected: entry.code };
    entries.push(entry);
  }
  return { entries, rejected: null };
}

interface Step {
  readonly entry: AccessLogEntry;
  readonly hits: readonly Hit[];
}

/** What correlations make of a stream of lines, as the only source of a run. */
export function correlate(stream: readonly Step[], correlations: readonly CorrelationRule[]): readonly Hit[] {
  const correlation = correlator({ ...CORRELATOR_DEFAULTS, correlations, fieldValue });
  let clock = Number.NEGATIVE_INFINITY;
  for (const { entry, hits } of stream) {
    clock = Math.max(clock, entry.time);
    if (hits.length === 0) correlation.learn(entry, clock);
    else correlation.take(hits, clock);
  }
  return correlation.end().hits;
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN_TEXT ? `${text.slice(0, MAX_SHOWN_TEXT)}...` : text;
}
