import type { AccessLogEntry } from '../../model/entry.ts';
import type { CompiledRule } from '../load/rule-set.ts';
import type { Item, Node } from '../match/node.ts';
import { Subject } from '../view/subject.ts';
import type { Text } from '../view/text.ts';
import { DEFAULT_LIMITS, type ViewCounts } from '../view/text-maker.ts';
import type { TextPool } from '../view/text-pool.ts';
import { type Atom, keepAtoms, splitIntoAtoms } from './atoms.ts';
import { PartJudge } from './judge.ts';
import { ParameterJudge } from './parameter-judge.ts';
import { LINE, OTHER, PARTS, WHOLE } from './parts.ts';
import { itemsToScan, type Requirement, requirementOf } from './requirement.ts';
import { needleTable } from './scanner.ts';
import { SlotScanner } from './slot-scanner.ts';
import { Slots } from './slots.ts';
import { isUniversal } from './universal.ts';

/** Statuses have three digits. */
const MAX_STATUS = 1000;

/** What was done, and what the bounds cost, since the detector was made. */
export interface PrefilterCounts extends ViewCounts {
  /** Views beyond the raw one that were scanned. */
  viewsScanned: number;
  /** Parts of entries that were looked at; the others were remembered. */
  partsJudged: number;
}

/** What of an entry makes no rule worth evaluating by itself, the universal ones apart: bits, added up. */
export const Quiet = {
  REQUEST: 1,
  REFERER: 2,
  AGENT: 4,
  /** User, host and logged headers. */
  OTHERS: 8,
  STATUS: 16,
} as const;

/** By position in {@link PARTS}. */
const PART_BITS = PARTS.map(
  ({ name }) => ({ request: Quiet.REQUEST, referer: Quiet.REFERER, agent: Quiet.AGENT })[name],
);

/**
 * Chooses the rules that a line may match. Conditions are split into atoms, each decided by one part of an entry: request,
 * referer or agent. A part is scanned for the needles of all rules at once, views of it are made only where something in it
 * shows that they differ, and what it decides is remembered. A rule is chosen when the line has the least that the rule
 * needs: an atom, a text, a status. Long for telling as well which parts of a line choose nothing.
 */
export class Prefilter {
  /** Positions of the rules chosen for the latest entry, ascending; the first {@link length} count. */
  readonly chosen: Int32Array;
  length = 0;
  /** The {@link Quiet} bits of the latest entry's parts in which something was found: by itself it may choose no rule. */
  loud = 0;
  /** Conditions of the rules, their atoms numbered. */
  readonly nodes: readonly Node[];
  /** False when some rule is evaluated on every entry, or for what stands anywhere in the line. */
  readonly canBeQuiet: boolean;
  #stamp = 0;
  readonly #ruleStamps: Int32Array;
  /** By atom: the latest entry for which it holds. */
  readonly #held: Int32Array;
  /** By matcher: the latest entry for which it is possible, and for which it is known to match. */
  readonly #possible: Int32Array;
  readonly #certain: Int32Array;
  readonly #slots: Slots;
  readonly #judges: readonly PartJudge[];
  readonly #others: SlotScanner;
  readonly #parameters: ParameterJudge;
  readonly #counts: PrefilterCounts;
  readonly #line: SlotScanner | null;
  /** Matchers possible on every line, since they need no text in particular and look at what does not recur. */
  readonly #open: readonly number[];
  readonly #always: number[] = [];
  readonly #universal: number[] = [];
  readonly #byStatus: (number[] | undefined)[] = [];
  /** Rule to be chosen when an atom holds, and when a matcher is possible; -1 for none. */
  readonly #byAtom: Int32Array;
  readonly #bySlot: Int32Array;

  constructor(rules: readonly CompiledRule[], counts: PrefilterCounts) {
    const atoms: Atom[] = [];
    const split = rules.map((rule) => (isUniversal(rule) ? rule.node : splitIntoAtoms(rule.node, atoms)));
    const requirements = split.map(requirementOf);
    // What chooses no rule is left to be evaluated once the rule is chosen.
    const choosing = new Set(requirements.flatMap((requirement) => requirement?.atoms ?? []));
    const slots = new Slots(
      requirements.flatMap((requirement) => [
        ...(requirement?.matchers ?? []).map(([item]) => item),
        ...(requirement?.atoms ?? []).flatMap((atom) => itemsToScan((atoms[atom] as Atom).node)), // numbered just above
      ]),
    );
    const table = needleTable(slots.ofParts.needles);
    const others = new SlotScanner(slots.ofParts, table, slots, counts);
    const parameters = new ParameterJudge(slots, new SlotScanner(slots.ofParts, table, slots, counts));
    this.nodes = split.map((node) => keepAtoms(node, choosing));
    this.chosen = new Int32Array(rules.length);
    this.#ruleStamps = new Int32Array(rules.length);
    this.#held = new Int32Array(atoms.length);
    this.#possible = new Int32Array(slots.size);
    this.#certain = new Int32Array(slots.size);
    this.#slots = slots;
    this.#judges = PARTS.map((part) => new PartJudge(part, atoms, choosing, slots, others, parameters, counts));
    this.#others = others;
    this.#parameters = parameters;
    this.#counts = counts;
    this.#line =
      slots.ofLine === null ? null : new SlotScanner(slots.ofLine, needleTable(slots.ofLine.needles), slots, counts);
    this.#open = slots.needless.filter((slot) => (slots.zonesOf(slot) & (OTHER.zone | LINE.zone)) !== 0);
    this.#byAtom = new Int32Array(atoms.length).fill(-1);
    this.#bySlot = new Int32Array(slots.size).fill(-1);
    for (const [position, rule] of rules.entries()) {
      if (isUniversal(rule)) this.#universal.push(position);
      else this.#register(position, requirements[position] ?? null);
    }
    this.canBeQuiet =
      this.#line === null && this.#always.length === 0 && this.#open.every((slot) => (this.#bySlot[slot] ?? -1) < 0);
  }

  /**
   * The {@link Quiet} bits of an entry. Each depends on nothing but its own part, which is the request line, the referer,
   * the agent, user with host and headers, or the status. With all of them set no rule but the universal ones can match.
   *
   * @param isForOnce - whether who asks remembers what amounts to nothing
   */
  quietBits(entry: AccessLogEntry, isForOnce: boolean): number {
    if (!this.canBeQuiet) return 0;
    let bits = 0;
    if (entry.status === null || this.#byStatus[entry.status] === undefined) bits |= Quiet.STATUS;
    if (this.#areOthersQuiet(entry)) bits |= Quiet.OTHERS;
    for (let i = 0; i < this.#judges.length; i += 1) {
      if (this.#isPartQuiet(this.#judges[i], entry, isForOnce)) bits |= PART_BITS[i] ?? 0;
    }
    return entry.request === null ? bits & ~Quiet.REQUEST : bits;
  }

  /**
   * Fills {@link chosen} for an entry.
   *
   * @param subjectOf - the entry's subject, asked for only when views are needed
   */
  choose(entry: AccessLogEntry, subjectOf: () => Subject): void {
    this.length = 0;
    this.loud = 0;
    this.#stamp += 1;
    this.#chooseAll(this.#always);
    if (entry.request !== null) this.#chooseAll(this.#universal);
    if (entry.status !== null) this.#chooseAll(this.#byStatus[entry.status]);
    for (let i = 0; i < this.#judges.length; i += 1) this.#choosePart(this.#judges[i], PART_BITS[i] ?? 0, entry);
    if (entry.user !== null || entry.host !== null || entry.extra !== null) this.#allowOthers(entry, subjectOf);
    if (this.#line !== null) this.#scanLine(this.#line, entry, subjectOf);
    for (let i = 0; i < this.#open.length; i += 1) this.#allowOther(this.#open[i] ?? 0);
    if (this.length > 1) this.chosen.subarray(0, this.length).sort();
  }

  /** Whether all that an item's matchers need is looked for: where it is not found, the item does not hold. */
  isScanned(item: Item): boolean {
    return item.test.kind === 'text' && item.test.matchers.every((_, index) => this.#slots.numberOf(item, index) >= 0);
  }

  /** Whether a matcher may match the latest entry. */
  isPossible(item: Item, index: number): boolean {
    const slot = this.#slots.numberOf(item, index);
    return slot < 0 || this.#possible[slot] === this.#stamp;
  }

  isPossibleIn(text: Text, item: Item, index: number): boolean {
    return this.#parameters.isPossibleIn(text, item, index);
  }

  ruleOut(text: Text, item: Item, index: number): void {
    this.#parameters.ruleOut(text, item, index);
  }

  /** Names and values of queries, for the subjects of entries. */
  get pool(): TextPool {
    return this.#parameters.pool;
  }

  /** Whether a matcher is known to match a value of its field in the latest entry. */
  isCertain(item: Item, index: number): boolean {
    const slot = this.#slots.numberOf(item, index);
    return slot >= 0 && this.#certain[slot] === this.#stamp;
  }

  /** Whether an atom holds for the latest entry. */
  isHeld(atom: number): boolean {
    return this.#held[atom] === this.#stamp;
  }

  #register(rule: number, requirement: Requirement | null): void {
    if (requirement === null) {
      this.#always.push(rule);
      return;
    }
    for (const atom of requirement.atoms) this.#byAtom[atom] = rule;
    for (const [item, index] of requirement.matchers) this.#bySlot[this.#slots.numberOf(item, index)] = rule;
    for (const status of new Set(requirement.statuses)) {
      if (status < MAX_STATUS) this.#byStatus[status] = [...(this.#byStatus[status] ?? []), rule];
    }
  }

  #choosePart(judge: PartJudge | undefined, bit: number, entry: AccessLogEntry): void {
    if (judge === undefined) return;
    const { atoms, possible, certain } = judge.judge(entry, false);
    if (atoms.length > 0 || certain.length > 0) this.loud |= bit;
    for (let i = 0; i < possible.length; i += 1) this.#possible[possible[i] ?? 0] = this.#stamp;
    for (let i = 0; i < certain.length; i += 1) {
      const slot = certain[i] ?? 0;
      this.#certain[slot] = this.#stamp;
      this.#allow(slot);
    }
    for (let i = 0; i < atoms.length; i += 1) {
      const atom = atoms[i] ?? 0;
      this.#held[atom] = this.#stamp;
      this.#choose(this.#byAtom[atom] ?? -1);
    }
  }

  #isPartQuiet(judge: PartJudge | undefined, entry: AccessLogEntry, isForOnce: boolean): boolean {
    if (judge === undefined) return true;
    const { atoms, certain } = judge.judge(entry, isForOnce);
    return (
      atoms.every((atom) => (this.#byAtom[atom] ?? -1) < 0) && certain.every((slot) => (this.#bySlot[slot] ?? -1) < 0)
    );
  }

  #areOthersQuiet(entry: AccessLogEntry): boolean {
    if (entry.user === null && entry.host === null && entry.extra === null) return true;
    this.#scanOthers(entry, () => new Subject(entry, DEFAULT_LIMITS, this.#counts));
    return this.#others.possible.every((slot) => (this.#bySlot[slot] ?? -1) < 0);
  }

  #allowOthers(entry: AccessLogEntry, subjectOf: () => Subject): void {
    this.#scanOthers(entry, subjectOf);
    const { possible } = this.#others;
    for (let i = 0; i < possible.length; i += 1) this.#allowOther(possible[i] ?? 0);
  }

  #scanOthers({ user, host, extra }: AccessLogEntry, subjectOf: () => Subject): void {
    this.#others.clear();
    if (host !== null) this.#others.scan(host, OTHER, WHOLE, () => subjectOf().host, 1);
    if (user !== null) this.#others.scan(user, OTHER, WHOLE, () => subjectOf().user, 1);
    for (const [name, value] of Object.entries(extra ?? {})) {
      this.#others.scan(value, OTHER, WHOLE, () => subjectOf().extra(name), 1);
    }
  }

  #scanLine(line: SlotScanner, entry: AccessLogEntry, subjectOf: () => Subject): void {
    line.clear();
    line.scan(entry.line.text, LINE, WHOLE, () => subjectOf().line, 0);
    for (const slot of line.possible) this.#allowOther(slot);
  }

  #allowOther(slot: number): void {
    this.loud |= Quiet.OTHERS;
    this.#allow(slot);
  }

  #allow(slot: number): void {
    this.#possible[slot] = this.#stamp;
    this.#choose(this.#bySlot[slot] ?? -1);
  }

  #chooseAll(rules: readonly number[] | undefined): void {
    if (rules !== undefined) for (let i = 0; i < rules.length; i += 1) this.#choose(rules[i] ?? -1);
  }

  #choose(rule: number): void {
    if (rule < 0 || this.#ruleStamps[rule] === this.#stamp) return;
    this.#ruleStamps[rule] = this.#stamp;
    this.chosen[this.length] = rule;
    this.length += 1;
  }
}
