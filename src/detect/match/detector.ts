import type { AccessLogEntry } from '../../model/entry.ts';
import type { Hit } from '../../model/hit.ts';
import type { Rule } from '../../model/rule.ts';
import type { CompiledRule, RuleFilter, RuleSet } from '../load/rule-set.ts';
import { Prefilter, type PrefilterCounts } from '../prefilter/prefilter.ts';
import { isUniversal } from '../prefilter/universal.ts';
import { Subject } from '../view/subject.ts';
import { DEFAULT_LIMITS } from '../view/text-maker.ts';
import { holds } from './evaluate.ts';
import { foundBy, hitOf } from './hit.ts';
import { areFiltersByRequest, type Fired, isByRequest, type Verdict, Verdicts } from './verdicts.ts';

export interface DetectorOptions {
  /** A copy of the entry that pins no chunk of the log; called once for a line with hits. */
  readonly own: (entry: AccessLogEntry) => AccessLogEntry;
  /** Hears of a filter that suppressed what rules matched: once a line, of each rule's filters the first that did. */
  readonly onFiltered?: (filter: RuleFilter) => void;
}

/** What was done, and what the bounds cost, since the detector was made. */
export interface DetectorCounts extends PrefilterCounts {
  /** Rules whose condition was evaluated. */
  evaluated: number;
}

/** Holds an entry against the rules: the hits in the order of the rules. */
export interface Detector {
  (entry: AccessLogEntry): readonly Hit[];
  readonly counts: Readonly<DetectorCounts>;
  /** The rules that match every entry with a request line, whatever else it says, in the order of the rules. */
  readonly universal: readonly Rule[];
  /** The hits of those rules alone on an entry with a request line, in their order: all hits of one that is quiet. */
  readonly universalHits: (entry: AccessLogEntry) => readonly Hit[];
  /** False when some rule cannot be decided by parts of entries: no {@link Quiet} bit is ever set. */
  readonly canBeQuiet: boolean;
  /**
   * The {@link Quiet} bits of the parts of an entry that by themselves make no rule worth evaluating, the universal ones
   * apart; of the request only where there is a request line. Each bit depends on nothing but the text of its own part, so
   * that it holds for every entry with the same. An entry with all of them has the hits of the universal rules and no other.
   *
   * @param isForOnce - whether who asks remembers texts that are quiet, so that they need not be remembered here; false
   *   if not given
   */
  readonly quietBits: (entry: AccessLogEntry, isForOnce?: boolean) => number;
}

const NO_HITS: readonly Hit[] = Object.freeze([]);
const NOTHING: Verdict = { fired: [], suppressing: [] };

/** Makes the detect stage of the rules for access logs. Rules that only serve correlations make hits as well. */
export function detector(ruleSet: RuleSet, { own, onFiltered = () => {} }: DetectorOptions): Detector {
  const rules = ruleSet.compiled.filter((rule) => rule.isForAccessLogs);
  const counts: DetectorCounts = { cut: 0, viewsScanned: 0, partsJudged: 0, evaluated: 0 };
  const prefilter = new Prefilter(rules, counts);
  const universal = rules.filter(isUniversal);
  const areByRequest = rules.map((rule, position) =>
    isByRequest(rule, prefilter.nodes[position] ?? rule.node, (item) => prefilter.isScanned(item)),
  );
  const areFilteredByRequest = rules.map(areFiltersByRequest);
  const verdicts = new Verdicts();
  let subject: Subject | null = null;
  let latest: AccessLogEntry | null = null;
  const subjectOf = (): Subject => {
    if (subject === null && latest !== null) subject = new Subject(latest, DEFAULT_LIMITS, counts, prefilter.pool);
    return subject as Subject; // an entry is set before anything can ask
  };
  /** What the filters say of the latest entry: rules share them. */
  const passes = new Map<RuleFilter, boolean>();
  const isPassing = (filter: RuleFilter): boolean => {
    let known = passes.get(filter);
    if (known === undefined) {
      known = holds(filter.node, subjectOf(), prefilter);
      passes.set(filter, known);
    }
    return known;
  };
  /** The first filter that suppresses what a rule matched. */
  const filterOf = ({ filters }: CompiledRule): RuleFilter | undefined => filters.find((one) => !isPassing(one));
  /** Evaluates those of the chosen rules that request and status decide, or the others. */
  const evaluate = (areAsked: boolean): Verdict => {
    const fired: Fired[] = [];
    const suppressing: RuleFilter[] = [];
    for (let i = 0; i < prefilter.length; i += 1) {
      const position = prefilter.chosen[i] ?? 0;
      if (areByRequest[position] !== areAsked) continue;
      const rule = rules[position];
      const node = prefilter.nodes[position];
      if (rule === undefined || node === undefined) continue;
      counts.evaluated += 1;
      if (!holds(node, subjectOf(), prefilter)) continue;
      const isUnfiltered = areAsked && !areFilteredByRequest[position];
      const filter = isUnfiltered ? undefined : filterOf(rule);
      if (filter === undefined) fired.push({ position, found: foundBy(rule, subjectOf(), prefilter), isUnfiltered });
      else if (!suppressing.includes(filter)) suppressing.push(filter);
    }
    return fired.length === 0 && suppressing.length === 0 ? NOTHING : { fired, suppressing };
  };
  /** With the filters asked that more than request and status decide. */
  const filtered = (verdict: Verdict): Verdict => {
    if (!verdict.fired.some(({ isUnfiltered }) => isUnfiltered)) return verdict;
    const suppressing = [...verdict.suppressing];
    const fired = verdict.fired.filter(({ position, isUnfiltered }) => {
      const rule = rules[position];
      const filter = isUnfiltered && rule !== undefined ? filterOf(rule) : undefined;
      if (filter !== undefined) suppressing.push(filter);
      return filter === undefined;
    });
    return { fired, suppressing: [...new Set(suppressing)] };
  };
  const detect = (entry: AccessLogEntry): readonly Hit[] => {
    subject = null;
    latest = entry;
    if (passes.size > 0) passes.clear();
    prefilter.choose(entry, subjectOf);
    if (prefilter.length === 0) return NO_HITS;
    const byRequest = filtered(verdicts.of(entry, prefilter.loud, () => evaluate(true)));
    const { fired, suppressing } = joined(byRequest, evaluate(false));
    suppressing.forEach(onFiltered);
    if (fired.length === 0) return NO_HITS;
    const owned = own(entry);
    return fired.map(({ found }) => hitOf(found, owned));
  };
  return Object.assign(detect, {
    counts,
    universal: universal.map(({ rule }) => rule),
    universalHits(entry: AccessLogEntry) {
      subject = null;
      latest = entry;
      const owned = own(entry);
      return universal.map((rule) => hitOf(foundBy(rule, subjectOf(), prefilter), owned));
    },
    canBeQuiet: prefilter.canBeQuiet,
    quietBits: (entry: AccessLogEntry, isForOnce = false) => prefilter.quietBits(entry, isForOnce),
  });
}

function joined(some: Verdict, others: Verdict): Verdict {
  if (some === NOTHING) return others;
  if (others === NOTHING) return some;
  return {
    fired: [...some.fired, ...others.fired].sort((a, b) => a.position - b.position),
    suppressing: [...new Set([...some.suppressing, ...others.suppressing])],
  };
}
