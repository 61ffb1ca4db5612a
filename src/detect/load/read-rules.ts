import { knownDocuments, readDocuments } from '../../document/document.ts';
import { type Fault, FaultsError } from '../../model/errors.ts';
import type { Rule } from '../../model/rule.ts';
import type { Node } from '../match/node.ts';
import { type CorrelationBody, readCorrelation } from './correlation.ts';
import { compileDetection } from './detection.ts';
import { Draft, type Findings, isMapping } from './draft.ts';
import { coversLogsource, type Filter, readFilter } from './filter.ts';
import { readHead, readLogsource } from './head.ts';
import type { KnownDocument } from './parsed-rules.ts';
import { type Referable, References, resolveCorrelations, silencedIds } from './references.ts';
import type { RuleSet } from './rule-set.ts';
import { type Extension, readExtension } from './sightline.ts';

/** A rule file; the paths differ where the file lies in a rule folder. */
export interface RuleFile {
  /** As shown in faults. */
  readonly path: string;
  /** Relative to the rule folder; the same as `path` when left away. */
  readonly relativePath?: string;
  readonly text: string;
  /** Licence of its folder, for rules that name none. */
  readonly license?: string | null;
  /** Its documents, where they are known to be those of the text. */
  readonly known?: readonly KnownDocument[] | undefined;
}

/** A detection rule or a correlation, read but not yet joined with the others. */
interface Document extends Referable {
  readonly extension: Extension;
  /** Null for a correlation. */
  readonly node: Node | null;
  readonly logsource: Readonly<Record<string, string>>;
}

/**
 * Reads Sigma rules, correlations and filters (Sigma 2.1), one or more documents a file.
 *
 * @throws FaultsError with every fault of every file
 */
export function readRules(files: readonly RuleFile[]): RuleSet {
  const findings: Findings = { faults: [], warnings: [] };
  const documents: Document[] = [];
  const filters: Filter[] = [];
  for (const draft of files.flatMap((file) => draftsOf(file, findings))) {
    if (draft.body.filter !== undefined) {
      const filter = readFilter(draft);
      if (filter !== null) filters.push(filter);
      continue;
    }
    const document = readDocument(draft);
    if (document !== null) documents.push(document);
  }
  const set = joinDocuments(documents, filters, findings.warnings);
  if (findings.faults.length > 0) throw new FaultsError(findings.faults);
  return set;
}

/** Whether all documents of a file can be read, whatever they say of other files. */
export function isSound(file: RuleFile): boolean {
  const findings: Findings = { faults: [], warnings: [] };
  for (const draft of draftsOf(file, findings)) {
    if (draft.body.filter === undefined) readDocument(draft);
    else readFilter(draft);
  }
  return findings.faults.length === 0;
}

function draftsOf(file: RuleFile, findings: Findings): readonly Draft[] {
  const { path, text, known, relativePath = path, license = null } = file;
  const { documents, faults } =
    known === undefined
      ? readDocuments(path, text)
      : {
          documents: knownDocuments(
            path,
            text,
            known.map(({ value }) => value),
          ),
          faults: [],
        };
  findings.faults.push(...faults);
  return documents.flatMap((document, index) => {
    if (document.value === null) return [];
    if (isMapping(document.value)) {
      return [new Draft({ path, relativePath, license }, document, findings, known?.[index]?.made)];
    }
    findings.faults.push(document.fault([], 'a Sigma document is a mapping'));
    return [];
  });
}

function readDocument(draft: Draft): Document | null {
  const { body } = draft;
  if (body.action !== undefined) {
    draft.fault(['action'], 'collections by `action` are not Sigma any more: write whole documents', 'key');
    return null;
  }
  const head = readHead(draft);
  if (head === 'skipped') return null;
  const isCorrelation = body.correlation !== undefined;
  const extension = readExtension(draft, isCorrelation);
  let correlation: CorrelationBody | null = null;
  let node: Node | null = null;
  if (isCorrelation) correlation = readCorrelation(draft);
  else node = readDetection(draft);
  if (head === null || (correlation === null && node === null)) return null;
  const { alerts, resets } = extension;
  return { draft, head, alerts, resets, extension, correlation, node, logsource: readLogsource(draft) };
}

function readDetection(draft: Draft): Node | null {
  if (!isMapping(draft.body.logsource)) {
    draft.fault(['logsource'], 'a rule needs a logsource, such as category: webserver');
  }
  const { detection } = draft.body;
  if (!isMapping(detection)) {
    draft.fault(['detection'], 'a rule needs a detection with selections and a condition');
    return null;
  }
  return compileDetection(draft, ['detection'], detection, [])?.node ?? null;
}

function joinDocuments(
  documents: readonly Document[],
  filters: readonly Filter[],
  warnings: readonly Fault[],
): RuleSet {
  const references = new References(documents);
  const silenced = silencedIds(documents, references);
  const rules = new Map<Referable, Rule>(
    documents.map((document) => {
      const { head, alerts, correlation, extension } = document;
      const success = extension.success === null ? {} : { success: extension.success };
      const kind = correlation === null ? 'detection' : 'correlation';
      return [document, { ...head, ...success, kind, alerts: alerts ?? !silenced.has(head.id) }];
    }),
  );
  const ruleOf = (document: Referable): Rule => rules.get(document) as Rule; // made for every document just above
  const correlations = resolveCorrelations(documents, references, ruleOf);
  const targets = new Map(filters.map((filter) => [filter, targetsOf(filter, references)]));
  const compiled = documents.flatMap((document) => {
    const { node, draft, extension, logsource } = document;
    if (node === null) return [];
    const applying = filters.filter(
      (filter) => coversLogsource(filter, logsource) && (targets.get(filter)?.has(document) ?? true),
    );
    const isForAccessLogs = describesAccessLogs(logsource);
    if (!isForAccessLogs) draft.warn(['logsource'], 'never evaluated: the logsource is not that of access logs');
    const { extractions } = extension;
    const locate = () => draft.locate(['detection', 'condition']);
    return [{ rule: ruleOf(document), node, filters: applying, isForAccessLogs, extractions, locate }];
  });
  const proofs = documents
    .filter(({ extension }) => extension.proofCount > 0)
    .map((document) => ({
      rule: ruleOf(document),
      get cases() {
        return document.extension.proofs();
      },
    }));
  const correlationSpots: RuleSet['correlationSpots'] = new Map(
    documents
      .filter(({ correlation }) => correlation !== null)
      .map(({ head, draft }) => [head.id, (key) => draft.locate(['correlation', key], 'key')]),
  );
  return { rules: compiled.map(({ rule }) => rule), correlations, proofs, warnings, compiled, correlationSpots };
}

/** The documents that a filter names; undefined for any. */
function targetsOf({ draft, references: written }: Filter, references: References): ReadonlySet<Referable> | undefined {
  if (written === null) return undefined;
  const targets = new Set<Referable>();
  for (const reference of written) {
    const found = references.resolve(reference);
    if (typeof found === 'string') draft.warn(['filter', 'rules'], found);
    else if (found.correlation === null) targets.add(found);
    else draft.warn(['filter', 'rules'], `"${reference}" is a correlation: a filter names the rules that it counts`);
  }
  return targets;
}

/** Sigma's `apache` and `nginx` services without more are error logs by its taxonomy. */
function describesAccessLogs({ category, product, service }: Readonly<Record<string, string>>): boolean {
  if (category !== undefined) return category === 'webserver' || category === 'proxy';
  return service === 'access' || (service === undefined && ['apache', 'nginx', 'webserver'].includes(product ?? ''));
}
