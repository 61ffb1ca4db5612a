import type { AccessLogEntry } from '../../model/entry.ts';
import { holds, type Possibilities, valueMatches } from '../match/evaluate.ts';
import { type Item, join, type Node } from '../match/node.ts';
import { Memory } from '../memory.ts';
import { Subject } from '../view/subject.ts';
import type { Text } from '../view/text.ts';
import { DEFAULT_LIMITS } from '../view/text-maker.ts';
import type { Atom } from './atoms.ts';
import { Heads, isHead } from './heads.ts';
import type { ParameterJudge } from './parameter-judge.ts';
import type { Part } from './parts.ts';
import type { PrefilterCounts } from './prefilter.ts';
import { requirementOf } from './requirement.ts';
import type { SlotScanner } from './slot-scanner.ts';
import type { Slots } from './slots.ts';

/** Texts of a part that are remembered: two generations of so many. */
const MAX_REMEMBERED = 4096;
/** Longer texts hardly recur. */
const MAX_REMEMBERED_LENGTH = 512;

/** What a part of an entry amounts to by itself. */
export interface Judgement {
  /** Atoms of this part that hold. */
  readonly atoms: readonly number[];
  /** Matchers within those atoms that may match. */
  readonly possible: readonly number[];
  /** Matchers outside of atoms that match a value of their field in this part. */
  readonly certain: readonly number[];
}

/** What most parts amount to: shared, since thousands are remembered. */
const NOTHING: Judgement = { atoms: [], possible: [], certain: [] };

/** Judges one part of entries, and remembers the judgements: most requests, referers and agents recur. */
export class PartJudge implements Possibilities {
  readonly #part: Part;
  readonly #slots: Slots;
  readonly #scanner: SlotScanner;
  readonly #parameters: ParameterJudge;
  readonly #counts: PrefilterCounts;
  readonly #needless: readonly number[];
  readonly #atoms: readonly Atom[];
  /** Numbers of atoms by a matcher of which they need one. */
  readonly #bySlot: (number[] | undefined)[] = [];
  /** By what method and protocol must be. */
  readonly #byHead = new Heads();
  /** Those that need a method or protocol besides, and of which they are right. */
  readonly #headed = new Set<number>();
  readonly #rightHeads = new Heads();
  /** Those that need nothing in particular. */
  readonly #always: number[] = [];
  /** Matchers of each atom that is judged. */
  readonly #slotsOfAtoms: (readonly number[])[] = [];
  readonly #memory = new Memory<Judgement>(MAX_REMEMBERED);
  #ofNothing: Judgement | undefined;
  /** The latest text that was looked at: its line may be asked about more than once. */
  #latestRaw: string | null = null;
  #latest: Judgement | undefined;

  /** @param choosing - numbers of the atoms to be judged */
  constructor(
    part: Part,
    atoms: readonly Atom[],
    choosing: ReadonlySet<number>,
    slots: Slots,
    scanner: SlotScanner,
    parameters: ParameterJudge,
    counts: PrefilterCounts,
  ) {
    this.#part = part;
    this.#slots = slots;
    this.#scanner = scanner;
    this.#parameters = parameters;
    this.#counts = counts;
    this.#needless = slots.needless.filter((slot) => (slots.zonesOf(slot) & part.zones) !== 0);
    this.#atoms = atoms;
    for (const number of choosing) {
      const atom = atoms[number];
      if (atom?.part === part.name) this.#index(number, atom);
    }
  }

  /** @param isForOnce - whether who asks remembers what amounts to nothing, and does not ask again */
  judge(entry: AccessLogEntry, isForOnce: boolean): Judgement {
    const raw = this.#part.raw(entry);
    // Where the log has no request line, method and target do not tell each other.
    if (this.#part.name === 'request' && entry.request === null && entry.method !== null) return this.#look(entry, raw);
    if (raw === null) {
      this.#ofNothing ??= this.#look(entry, raw);
      return this.#ofNothing;
    }
    const isShort = raw.length <= MAX_REMEMBERED_LENGTH;
    const known = raw === this.#latestRaw ? this.#latest : isShort ? this.#memory.get(raw) : undefined;
    if (known !== undefined) return known;
    const judgement = this.#look(entry, raw);
    if (isShort && !(isForOnce && judgement === NOTHING) && this.#memory.recurs(raw)) this.#memory.set(raw, judgement);
    [this.#latestRaw, this.#latest] = [raw, judgement];
    return judgement;
  }

  /** Whether a matcher may match the part that is looked at. */
  isPossible(item: Item, index: number): boolean {
    const slot = this.#slots.numberOf(item, index);
    return slot < 0 || this.#scanner.has(slot);
  }

  isPossibleIn(text: Text, item: Item, index: number): boolean {
    return this.#parameters.isPossibleIn(text, item, index);
  }

  ruleOut(text: Text, item: Item, index: number): void {
    this.#parameters.ruleOut(text, item, index);
  }

  isCertain(): boolean {
    return false;
  }

  isHeld(): boolean {
    return false;
  }

  #look(entry: AccessLogEntry, raw: string | null): Judgement {
    const scanner = this.#scanner;
    scanner.clear();
    this.#counts.partsJudged += 1;
    const { pool } = this.#parameters;
    let subject: Subject | null = null;
    const subjectOf = (isPlain: boolean): Subject => {
      subject ??= new Subject(this.#part.only(entry), DEFAULT_LIMITS, this.#counts, pool, isPlain);
      return subject;
    };
    const text = () => this.#part.text(subjectOf(false));
    const isPlain = raw === null || !scanner.scan(raw, this.#part.mode(entry), this.#part.around(entry), text, 1);
    for (const slot of this.#needless) scanner.add(slot);
    const { possible } = scanner;
    let candidates = this.#candidates(entry);
    if (candidates.length === 0 && possible.every((slot) => this.#slots.isInAtom(slot))) return NOTHING;
    if (possible.some((slot) => this.#slots.isApart(slot))) {
      this.#narrow(subjectOf(isPlain));
      candidates = this.#candidates(entry);
    }
    if (possible.length === 0 && candidates.length === 0) return NOTHING;
    const own = subjectOf(isPlain);
    const held = candidates.filter((number) => this.#isHeld(number, own));
    const certain = possible.filter((slot) => !this.#slots.isInAtom(slot) && this.#matches(slot, own));
    if (held.length === 0 && certain.length === 0) return NOTHING;
    const within = new Set(held.flatMap((number) => this.#slotsOfAtoms[number] ?? []));
    return { atoms: held, possible: [...within].filter((slot) => scanner.has(slot)), certain };
  }

  /** Takes back the matchers of which a needle stands in the whole, but in none of the pieces that their fields show. */
  #narrow(subject: Subject): void {
    const texts = this.#part.apart?.(subject);
    if (texts === undefined) return;
    this.#parameters.look(texts);
    this.#scanner.keep((slot) => !this.#slots.isApart(slot) || this.#parameters.mayMatch(slot));
  }

  /** Atoms that may hold by what was scanned, each once. */
  #candidates(entry: AccessLogEntry): readonly number[] {
    const candidates = [...this.#always];
    if (this.#part.name === 'request') for (const atom of this.#byHead.of(entry)) addOnce(candidates, atom);
    const { possible } = this.#scanner;
    for (let i = 0; i < possible.length; i += 1) {
      const atoms = this.#bySlot[possible[i] ?? 0];
      if (atoms !== undefined) for (let k = 0; k < atoms.length; k += 1) addOnce(candidates, atoms[k] ?? 0);
    }
    return candidates.filter((number) => this.#hasRightHead(number, entry) && this.#mayHold(this.#atoms[number]?.node));
  }

  #hasRightHead(number: number, entry: AccessLogEntry): boolean {
    return !this.#headed.has(number) || this.#rightHeads.of(entry).includes(number);
  }

  /** Whether a condition may hold by what was scanned alone. Loops, for the reason that `holds` has them. */
  #mayHold(node: Node | undefined): boolean {
    switch (node?.type) {
      case 'and':
        for (const inner of node.nodes) if (!this.#mayHold(inner)) return false;
        return true;
      case 'or':
        for (const inner of node.nodes) if (this.#mayHold(inner)) return true;
        return false;
      case 'item': {
        if (node.test.kind !== 'text') return true;
        const { matchers, isAll } = node.test;
        for (let index = 0; index < matchers.length; index += 1) {
          if (this.isPossible(node, index) !== isAll) return !isAll;
        }
        return isAll;
      }
      default:
        return true;
    }
  }

  #isHeld(number: number, subject: Subject): boolean {
    const atom = this.#atoms[number];
    return atom !== undefined && holds(atom.node, subject, this);
  }

  #matches(slot: number, subject: Subject): boolean {
    const { item, index } = this.#slots.at(slot);
    return subject.valuesOf(item.field).some((value) => valueMatches(item, index, value, this));
  }

  #index(number: number, { node }: Atom): void {
    this.#slotsOfAtoms[number] = this.#slots.numbersIn(node);
    const heads = node.type === 'and' ? node.nodes.filter(isHead) : [];
    if (heads.length > 0) {
      this.#headed.add(number);
      this.#rightHeads.add(number, join('and', heads));
    }
    const requirement = requirementOf(node);
    if (requirement === null) {
      this.#always.push(number);
      return;
    }
    for (const head of requirement.heads) this.#byHead.add(number, head);
    for (const [item, index] of requirement.matchers) {
      const slot = this.#slots.numberOf(item, index);
      this.#bySlot[slot] = this.#bySlot[slot]?.concat(number) ?? [number];
    }
  }
}

/** For lists that stay short. */
function addOnce(list: number[], number: number): void {
  if (!list.includes(number)) list.push(number);
}
