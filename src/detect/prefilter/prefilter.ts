import type { AccessLogEntry } from '../../model/entry.ts';
import type { CompiledRule } from '../load/rule-set.ts';
import { valueMatches } from '../match/evaluate.ts';
import { Zone } from '../match/field.ts';
import type { Item } from '../match/node.ts';
import { DEFAULT_LIMITS, Subject, type ViewCounts } from '../view/subject.ts';
import type { Text } from '../view/text.ts';
import { Memory } from './memory.ts';
import { LINE, OTHER, type Part, RECURRING_PARTS } from './parts.ts';
import { requirementOf } from './requirement.ts';
import { NeedleScanner, type ScanMode } from './scanner.ts';
import { type NeedleIndex, Slots } from './slots.ts';

/** Statuses have three digits. */
const MAX_STATUS = 1000;
/** Texts of each recurring part that are remembered: two generations of so many. */
const MAX_REMEMBERED = 8192;
/** Longer texts hardly recur. */
const MAX_REMEMBERED_LENGTH = 1024;

/** What was done, and what the bounds cost, since the detector was made. */
export interface PrefilterCounts extends ViewCounts {
  /** Views beyond the raw one that were scanned. */
  viewsScanned: number;
  /** Parts of entries that were looked at; the others were remembered. */
  partsJudged: number;
}

/**
 * Chooses the rules that a line may match: all those of which it has the requirement. Each part of a line is scanned for
 * needles once, views of it are made only where something in it shows that they differ, and the matchers that the needles
 * make possible are tried on the part alone. What came of it is remembered: most requests, referers and agents recur.
 */
export class Prefilter {
  /** Positions of the rules chosen for the latest entry, ascending; the first {@link length} count. */
  readonly chosen: Int32Array;
  length = 0;
  readonly #ruleStamps: Int32Array;
  /** By matcher: the latest entry for which it is possible. */
  readonly #stamps: Int32Array;
  /** By matcher: the latest entry for which it is known to match. */
  readonly #certain: Int32Array;
  #stamp = 0;
  readonly #slots: Slots;
  readonly #scanner: NeedleScanner;
  /** Null when no rule looks at the line as a whole. */
  readonly #lineScanner: NeedleScanner | null;
  readonly #memories = RECURRING_PARTS.map(() => new Memory<Int32Array>(MAX_REMEMBERED));
  /** Matchers that the text being scanned makes possible. */
  readonly #possible = new Set<number>();
  /** Matchers possible on every line, since they need no text in particular and look at what is not remembered. */
  readonly #open: readonly number[];
  /** Rule to be chosen when a matcher is possible, or -1. */
  readonly #tied: Int32Array;
  readonly #always: number[] = [];
  readonly #byStatus: (number[] | undefined)[] = [];
  readonly #byMethod = new Map<string, number[]>();
  readonly #counts: PrefilterCounts;

  constructor(rules: readonly CompiledRule[], counts: PrefilterCounts) {
    const slots = new Slots(rules);
    this.#slots = slots;
    this.#counts = counts;
    this.chosen = new Int32Array(rules.length);
    this.#ruleStamps = new Int32Array(rules.length);
    this.#stamps = new Int32Array(slots.all.length);
    this.#certain = new Int32Array(slots.all.length);
    this.#tied = new Int32Array(slots.all.length).fill(-1);
    this.#open = slots.needless.filter((slot) => (slots.zonesOf(slot) & (OTHER.zone | LINE.zone)) !== 0);
    this.#scanner = this.#scannerOf(slots.ofParts);
    this.#lineScanner = slots.all.some(({ item }) => item.field.zones === Zone.LINE)
      ? this.#scannerOf(slots.ofLine)
      : null;
    for (const [position, { node }] of rules.entries()) this.#register(position, node);
  }

  /**
   * Fills {@link chosen} for an entry.
   *
   * @param subjectOf - the entry's subject, asked for only when views are needed
   */
  choose(entry: AccessLogEntry, subjectOf: () => Subject): void {
    this.length = 0;
    this.#stamp += 1;
    this.#chooseAll(this.#always);
    if (entry.status !== null) this.#chooseAll(this.#byStatus[entry.status]);
    if (this.#byMethod.size > 0 && entry.method !== null)
      this.#chooseAll(this.#byMethod.get(entry.method.toLowerCase()));
    for (let i = 0; i < RECURRING_PARTS.length; i += 1) this.#choosePart(RECURRING_PARTS[i] as Part, i, entry);
    this.#chooseOthers(entry, subjectOf);
    if (this.length > 1) this.chosen.subarray(0, this.length).sort();
  }

  /** Whether a matcher may match the latest entry. */
  isPossible(item: Item, index: number): boolean {
    const slot = this.#slots.numberOf(item, index);
    return slot < 0 || this.#stamps[slot] === this.#stamp;
  }

  /** Whether a matcher is known to match a value of its field in the latest entry. */
  isCertain(item: Item, index: number): boolean {
    const slot = this.#slots.numberOf(item, index);
    return slot >= 0 && this.#certain[slot] === this.#stamp;
  }

  #register(position: number, node: CompiledRule['node']): void {
    const requirement = requirementOf(node);
    if (requirement === null) this.#always.push(position);
    for (const [item, index] of requirement?.matchers ?? []) this.#tied[this.#slots.numberOf(item, index)] = position;
    for (const method of new Set(requirement?.methods)) {
      this.#byMethod.set(method, [...(this.#byMethod.get(method) ?? []), position]);
    }
    for (const status of new Set(requirement?.statuses)) {
      if (status < MAX_STATUS) this.#byStatus[status] = [...(this.#byStatus[status] ?? []), position];
    }
  }

  #choosePart(part: Part, index: number, entry: AccessLogEntry): void {
    const raw = part.raw(entry);
    if (raw === null) return;
    const memory = this.#memories[index];
    let slots = memory?.get(raw);
    if (slots === undefined) {
      slots = this.#judge(part, raw, entry);
      if (raw.length <= MAX_REMEMBERED_LENGTH) memory?.set(raw, slots);
    }
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i] ?? 0;
      this.#certain[slot] = this.#stamp;
      this.#allow(slot);
    }
  }

  /** The matchers that match the part by itself. */
  #judge(part: Part, raw: string, entry: AccessLogEntry): Int32Array {
    const { mode } = part;
    const zones = mode.zone | mode.queryZone;
    this.#counts.partsJudged += 1;
    this.#possible.clear();
    const subject = new Subject(part.only(entry), DEFAULT_LIMITS, this.#counts);
    if (this.#scanner.scan(raw, mode)) this.#scanViews(this.#scanner, part.text(subject), mode, 1);
    for (const slot of this.#slots.needless) if ((this.#slots.zonesOf(slot) & zones) !== 0) this.#possible.add(slot);
    const matching = [...this.#possible].filter((slot) => {
      const { item, test, index } = this.#slots.all[slot] ?? {};
      const matcher = test?.matchers[index ?? 0];
      if (item === undefined || matcher === undefined) return false;
      return subject.valuesOf(item.field).some((value) => valueMatches(matcher, value));
    });
    return Int32Array.from(matching);
  }

  #chooseOthers(entry: AccessLogEntry, subjectOf: () => Subject): void {
    const { user, host, extra } = entry;
    this.#possible.clear();
    if (host !== null && this.#scanner.scan(host, OTHER)) this.#scanViews(this.#scanner, subjectOf().host, OTHER, 1);
    if (user !== null && this.#scanner.scan(user, OTHER)) this.#scanViews(this.#scanner, subjectOf().user, OTHER, 1);
    if (extra !== null) {
      for (const [name, value] of Object.entries(extra)) {
        if (this.#scanner.scan(value, OTHER)) this.#scanViews(this.#scanner, subjectOf().extra(name), OTHER, 1);
      }
    }
    const line = this.#lineScanner;
    if (line?.scan(entry.line.text, LINE)) this.#scanViews(line, subjectOf().line, LINE, 0);
    for (const slot of this.#possible) this.#allow(slot);
    for (let i = 0; i < this.#open.length; i += 1) this.#allow(this.#open[i] ?? 0);
  }

  /** @param first - position of the first view that was not scanned with the raw text */
  #scanViews(scanner: NeedleScanner, text: Text | null, mode: ScanMode, first: number): void {
    for (let position = first; ; position += 1) {
      const view = text?.view(position);
      if (view === undefined) return;
      this.#counts.viewsScanned += 1;
      scanner.scan(view.text, mode);
    }
  }

  #scannerOf({ needles, uses }: NeedleIndex): NeedleScanner {
    return new NeedleScanner(needles, (needle, zone) => {
      const slots = uses[needle];
      if (slots === undefined) return;
      for (let i = 0; i < slots.length; i += 1) {
        const slot = slots[i] ?? 0;
        if ((this.#slots.zonesOf(slot) & zone) !== 0) this.#possible.add(slot);
      }
    });
  }

  #allow(slot: number): void {
    this.#stamps[slot] = this.#stamp;
    const rule = this.#tied[slot] ?? -1;
    if (rule >= 0) this.#choose(rule);
  }

  #chooseAll(rules: readonly number[] | undefined): void {
    if (rules !== undefined) for (let i = 0; i < rules.length; i += 1) this.#choose(rules[i] ?? 0);
  }

  #choose(rule: number): void {
    if (this.#ruleStamps[rule] === this.#stamp) return;
    this.#ruleStamps[rule] = this.#stamp;
    this.chosen[this.length] = rule;
    this.length += 1;
  }
}
