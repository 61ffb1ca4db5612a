import type { AccessLogEntry } from '../../model/entry.ts';
import type { CompiledRule } from '../load/rule-set.ts';
import type { Item, Node } from '../match/node.ts';
import type { Subject, ViewCounts } from '../view/subject.ts';
import { type Groups, groupsOf } from './groups.ts';
import { PartJudge, SlotScanner } from './judge.ts';
import { LINE, OTHER, PARTS } from './parts.ts';
import { requirementOf } from './requirement.ts';
import { Slots } from './slots.ts';

/** Statuses have three digits. */
const MAX_STATUS = 1000;

/** What was done, and what the bounds cost, since the detector was made. */
export interface PrefilterCounts extends ViewCounts {
  /** Views beyond the raw one that were scanned. */
  viewsScanned: number;
  /** Parts of entries that were looked at; the others were remembered. */
  partsJudged: number;
}

/**
 * Chooses the rules that a line may match. A condition is split by the parts of an entry that decide it: request, referer,
 * agent. Each part is scanned for the needles of all rules at once, views of it are made only where something in it shows
 * that they differ, and what it decides is remembered. A rule is chosen when all of its groups hold; one that has no group,
 * when the line has what the rule needs at least: a text, a status, a method.
 */
export class Prefilter {
  /** Positions of the rules chosen for the latest entry, ascending; the first {@link length} count. */
  readonly chosen: Int32Array;
  length = 0;
  #stamp = 0;
  readonly #ruleStamps: Int32Array;
  readonly #groups: readonly Groups[];
  /** By rule: what must hold before it is chosen: its groups, and the requirement of the rest where it has one. */
  readonly #needed: Int32Array;
  /** By rule: how many of them hold, when its stamp is the latest. */
  readonly #held: Int32Array;
  /** By rule: the latest entry that has the requirement of the rest. */
  readonly #restStamps: Int32Array;
  /** By matcher: the latest entry for which it is possible, and for which it is known to match. */
  readonly #possible: Int32Array;
  readonly #certain: Int32Array;
  readonly #slots: Slots;
  readonly #judges: readonly PartJudge[];
  readonly #others: SlotScanner;
  readonly #line: SlotScanner | null;
  /** Matchers possible on every line, since they need no text in particular and look at what does not recur. */
  readonly #open: readonly number[];
  /** Rule to be chosen when a matcher is possible, or -1. */
  readonly #tied: Int32Array;
  readonly #always: number[] = [];
  readonly #byStatus: (number[] | undefined)[] = [];
  readonly #byMethod = new Map<string, number[]>();

  constructor(rules: readonly CompiledRule[], counts: PrefilterCounts) {
    const slots = new Slots(rules);
    const others = new SlotScanner(slots.ofParts, slots, counts);
    const groups = rules.map(({ node }) => groupsOf(node));
    this.#slots = slots;
    this.#others = others;
    this.#groups = groups;
    this.#line = slots.ofLine === null ? null : new SlotScanner(slots.ofLine, slots, counts);
    this.#judges = PARTS.map((part) => {
      const decided = groups.flatMap(({ byPart }, rule) => {
        const node = byPart.get(part.name);
        return node === undefined ? [] : [{ rule, node }];
      });
      return new PartJudge(part, decided, slots, others, counts);
    });
    this.chosen = new Int32Array(rules.length);
    this.#ruleStamps = new Int32Array(rules.length);
    this.#needed = Int32Array.from(groups, ({ byPart }) => byPart.size);
    this.#held = new Int32Array(rules.length);
    this.#restStamps = new Int32Array(rules.length);
    this.#possible = new Int32Array(slots.size);
    this.#certain = new Int32Array(slots.size);
    this.#tied = new Int32Array(slots.size).fill(-1);
    this.#open = slots.needless.filter((slot) => (slots.zonesOf(slot) & (OTHER.zone | LINE.zone)) !== 0);
    for (const [rule, { rest }] of groups.entries()) {
      if (rest !== null) this.#require(rule, rest);
      if (this.#needed[rule] === 0) this.#always.push(rule);
    }
  }

  /**
   * Fills {@link chosen} for an entry.
   *
   * @param subjectOf - the entry's subject, asked for only when views are needed
   */
  choose(entry: AccessLogEntry, subjectOf: () => Subject): void {
    this.length = 0;
    this.#stamp += 1;
    for (let i = 0; i < this.#always.length; i += 1) this.#append(this.#always[i] ?? 0);
    if (entry.status !== null) this.#meetAll(this.#byStatus[entry.status]);
    if (this.#byMethod.size > 0 && entry.method !== null) {
      this.#meetAll(this.#byMethod.get(entry.method.toLowerCase()));
    }
    for (let i = 0; i < this.#judges.length; i += 1) this.#choosePart(this.#judges[i], entry);
    if (entry.user !== null || entry.host !== null || entry.extra !== null) this.#scanOthers(entry, subjectOf);
    if (this.#line !== null) this.#scanLine(this.#line, entry, subjectOf);
    for (let i = 0; i < this.#open.length; i += 1) this.#allow(this.#open[i] ?? 0);
    if (this.length > 1) this.chosen.subarray(0, this.length).sort();
  }

  /** Whether the rule is known to match the latest entry, being chosen. */
  isDecided(rule: number): boolean {
    return this.#groups[rule]?.rest === null;
  }

  /** Whether a matcher may match the latest entry. */
  isPossible(item: Item, index: number): boolean {
    const slot = this.#slots.numberOf(item, index);
    return slot < 0 || this.#possible[slot] === this.#stamp;
  }

  /** Whether a matcher is known to match a value of its field in the latest entry. */
  isCertain(item: Item, index: number): boolean {
    const slot = this.#slots.numberOf(item, index);
    return slot >= 0 && this.#certain[slot] === this.#stamp;
  }

  /** Has the rule wait for the least that its rest needs. */
  #require(rule: number, rest: Node): void {
    const requirement = requirementOf(rest);
    if (requirement === null) return;
    this.#needed[rule] = (this.#needed[rule] ?? 0) + 1;
    for (const [item, index] of requirement.matchers) this.#tied[this.#slots.numberOf(item, index)] = rule;
    for (const method of new Set(requirement.methods)) {
      this.#byMethod.set(method, [...(this.#byMethod.get(method) ?? []), rule]);
    }
    for (const status of new Set(requirement.statuses)) {
      if (status < MAX_STATUS) this.#byStatus[status] = [...(this.#byStatus[status] ?? []), rule];
    }
  }

  #choosePart(judge: PartJudge | undefined, entry: AccessLogEntry): void {
    if (judge === undefined) return;
    const { slots, rules } = judge.judge(entry);
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i] ?? 0;
      this.#certain[slot] = this.#stamp;
      this.#allow(slot);
    }
    for (let i = 0; i < rules.length; i += 1) this.#hold(rules[i] ?? 0);
  }

  /** One more of what the rule needs holds. */
  #hold(rule: number): void {
    const held = this.#ruleStamps[rule] === this.#stamp ? (this.#held[rule] ?? 0) + 1 : 1;
    this.#ruleStamps[rule] = this.#stamp;
    this.#held[rule] = held;
    if (held === this.#needed[rule]) this.#append(rule);
  }

  #scanOthers({ user, host, extra }: AccessLogEntry, subjectOf: () => Subject): void {
    const { possible } = this.#others;
    possible.clear();
    if (host !== null) this.#others.scan(host, OTHER, () => subjectOf().host, 1);
    if (user !== null) this.#others.scan(user, OTHER, () => subjectOf().user, 1);
    for (const [name, value] of Object.entries(extra ?? {})) {
      this.#others.scan(value, OTHER, () => subjectOf().extra(name), 1);
    }
    for (const slot of possible) this.#allow(slot);
  }

  #scanLine(line: SlotScanner, entry: AccessLogEntry, subjectOf: () => Subject): void {
    line.possible.clear();
    line.scan(entry.line.text, LINE, () => subjectOf().line, 0);
    for (const slot of line.possible) this.#allow(slot);
  }

  #allow(slot: number): void {
    this.#possible[slot] = this.#stamp;
    const rule = this.#tied[slot] ?? -1;
    if (rule >= 0) this.#meet(rule);
  }

  #meetAll(rules: readonly number[] | undefined): void {
    if (rules !== undefined) for (let i = 0; i < rules.length; i += 1) this.#meet(rules[i] ?? 0);
  }

  /** The entry has the requirement of the rule's rest. */
  #meet(rule: number): void {
    if (this.#restStamps[rule] === this.#stamp) return;
    this.#restStamps[rule] = this.#stamp;
    this.#hold(rule);
  }

  #append(rule: number): void {
    this.chosen[this.length] = rule;
    this.length += 1;
  }
}
