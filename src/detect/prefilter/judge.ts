import type { AccessLogEntry } from '../../model/entry.ts';
import { holds, type Possibilities, valueMatches } from '../match/evaluate.ts';
import { DEFAULT_LIMITS, Subject } from '../view/subject.ts';
import type { Text } from '../view/text.ts';
import type { Atom } from './atoms.ts';
import { Memory } from './memory.ts';
import type { Part } from './parts.ts';
import type { PrefilterCounts } from './prefilter.ts';
import { requirementOf } from './requirement.ts';
import { type Around, NeedleScanner, type ScanMode } from './scanner.ts';
import type { NeedleIndex, Slots } from './slots.ts';

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

/** Finds the needles of matchers in texts, all of a text's views included where they differ. */
export class SlotScanner {
  readonly #scanner: NeedleScanner;
  readonly #counts: PrefilterCounts;
  /** Matchers that what was scanned since the last {@link clear} makes possible. */
  readonly possible = new Set<number>();

  constructor({ needles, uses }: NeedleIndex, slots: Slots, counts: PrefilterCounts) {
    this.#counts = counts;
    this.#scanner = new NeedleScanner(needles, (needle, zone) => {
      for (const slot of uses[needle] ?? []) if ((slots.zonesOf(slot) & zone) !== 0) this.possible.add(slot);
    });
  }

  /**
   * @param text - asked for only when another view may differ
   * @param first - position of the first view that the raw text is not
   */
  scan(raw: string, mode: ScanMode, around: Around, text: () => Text | null, first: number): void {
    if (!this.#scanner.scan(raw, mode, around, true)) return;
    const seen = text();
    for (let position = first; ; position += 1) {
      const view = seen?.view(position);
      if (view === undefined) return;
      this.#counts.viewsScanned += 1;
      this.#scanner.scan(view.text, mode, around, isSplitAlike(raw, view.text));
    }
  }
}

/** Whether decoding brought no separator to light: the view has the text's own first `?`, and no more `&` after it. */
function isSplitAlike(raw: string, view: string): boolean {
  const mark = raw.indexOf('?');
  return mark >= 0 && view.startsWith(raw.slice(0, mark + 1)) && countAnds(view, mark) === countAnds(raw, mark);
}

function countAnds(text: string, from: number): number {
  let count = 0;
  for (let at = text.indexOf('&', from); at >= 0; at = text.indexOf('&', at + 1)) count += 1;
  return count;
}

/** Judges one part of entries, and remembers the judgements: most requests, referers and agents recur. */
export class PartJudge {
  readonly #part: Part;
  readonly #slots: Slots;
  readonly #scanner: SlotScanner;
  readonly #counts: PrefilterCounts;
  readonly #needless: readonly number[];
  readonly #atoms: readonly Atom[];
  /** Numbers of atoms by a matcher of which they need one. */
  readonly #bySlot = new Map<number, number[]>();
  /** Those that need no matcher in particular. */
  readonly #always: number[] = [];
  /** Matchers of each atom, and of all. */
  readonly #slotsOfAtoms: readonly (readonly number[])[];
  readonly #inAtoms: ReadonlySet<number>;
  readonly #memory = new Memory<Judgement>(MAX_REMEMBERED);
  #ofNothing: Judgement | undefined;

  constructor(part: Part, atoms: readonly Atom[], slots: Slots, scanner: SlotScanner, counts: PrefilterCounts) {
    this.#part = part;
    this.#slots = slots;
    this.#scanner = scanner;
    this.#counts = counts;
    this.#needless = slots.needless.filter((slot) => (slots.zonesOf(slot) & part.zones) !== 0);
    this.#atoms = atoms;
    this.#slotsOfAtoms = atoms.map(({ node }) => slots.numbersIn(node));
    this.#inAtoms = new Set(this.#slotsOfAtoms.flat());
    for (const [number, atom] of atoms.entries()) if (atom.part === part.name) this.#index(number, atom);
  }

  judge(entry: AccessLogEntry): Judgement {
    const raw = this.#part.raw(entry);
    // Where the log has no request line, method and target do not tell each other.
    if (this.#part.name === 'request' && entry.request === null && entry.method !== null) return this.#look(entry, raw);
    if (raw === null) {
      this.#ofNothing ??= this.#look(entry, raw);
      return this.#ofNothing;
    }
    const recurs = raw.length <= MAX_REMEMBERED_LENGTH;
    const known = recurs ? this.#memory.get(raw) : undefined;
    if (known !== undefined) return known;
    const judgement = this.#look(entry, raw);
    if (recurs) this.#memory.set(raw, judgement);
    return judgement;
  }

  #look(entry: AccessLogEntry, raw: string | null): Judgement {
    const { possible } = this.#scanner;
    let own: Subject | null = null;
    const subjectOf = (): Subject => {
      own ??= new Subject(this.#part.only(entry), DEFAULT_LIMITS, this.#counts);
      return own;
    };
    possible.clear();
    this.#counts.partsJudged += 1;
    if (raw !== null) {
      const text = () => this.#part.text(subjectOf());
      this.#scanner.scan(raw, this.#part.mode(entry), this.#part.around(entry), text, 1);
    }
    for (const slot of this.#needless) possible.add(slot);
    const candidates = new Set(this.#always);
    for (const slot of possible) for (const atom of this.#bySlot.get(slot) ?? []) candidates.add(atom);
    if (possible.size === 0 && candidates.size === 0) return NOTHING;
    const subject = subjectOf();
    const known: Possibilities = {
      isPossible: (item, index) => {
        const slot = this.#slots.numberOf(item, index);
        return slot < 0 || possible.has(slot);
      },
      isCertain: () => false,
      isHeld: () => false,
    };
    const held = [...candidates].filter((number) => this.#isHeld(number, subject, known));
    const within = new Set(held.flatMap((number) => this.#slotsOfAtoms[number] ?? []));
    const certain = [...possible].filter((slot) => !this.#inAtoms.has(slot) && this.#matches(slot, subject));
    if (held.length === 0 && certain.length === 0) return NOTHING;
    return { atoms: held, possible: [...within].filter((slot) => possible.has(slot)), certain };
  }

  #isHeld(number: number, subject: Subject, known: Possibilities): boolean {
    const atom = this.#atoms[number];
    return atom !== undefined && holds(atom.node, subject, known);
  }

  #matches(slot: number, subject: Subject): boolean {
    const { item, matcher } = this.#slots.at(slot);
    return subject.valuesOf(item.field).some((value) => valueMatches(matcher, value));
  }

  #index(number: number, { node }: Atom): void {
    const requirement = requirementOf(node);
    if (requirement === null || requirement.methods.length > 0) {
      this.#always.push(number);
      return;
    }
    for (const [item, index] of requirement.matchers) {
      const slot = this.#slots.numberOf(item, index);
      this.#bySlot.set(slot, [...(this.#bySlot.get(slot) ?? []), number]);
    }
  }
}
