import type { Chain } from './chain.ts';
import { type CorrelationEvent, emptyGroup, type Group, type GroupPlan } from './group.ts';
import { weightOfHits } from './line-weight.ts';
import type { Packer } from './packer.ts';
import { itemsOf, pushRing } from './ring.ts';
import type { Unpacker } from './unpacker.ts';
import type { Values } from './values.ts';

/** A group as it is stored. */
export interface GroupState extends Omit<Group, 'rings' | 'entry' | 'values' | 'chain' | 'generation'> {
  readonly rings: readonly (readonly StoredEvent[])[];
  readonly entry: number | null;
  readonly values: Values | null;
  readonly chain: readonly StoredLink[] | null;
}

/** Without names, since there are as many as lines in all windows. */
type StoredEvent = readonly [time: number, entry: number, counted: readonly number[], value: CorrelationEvent['value']];

interface StoredLink extends Omit<Chain['links'][number], 'entry'> {
  readonly entry: number | null;
}

export function saveGroup({ generation: _, ...group }: Group, pack: Packer): GroupState {
  const placeOf = (entry: Group['entry']) => (entry === null ? null : pack.entry(entry));
  const saveEvent = ({ time, entry, counted, value }: CorrelationEvent): StoredEvent => [
    time,
    pack.entry(entry),
    counted.map(pack.hit),
    value,
  ];
  return {
    ...group,
    rings: group.rings.map((ring) => itemsOf(ring).map(saveEvent)),
    entry: placeOf(group.entry),
    values: group.values === null ? null : copyValues(group.values),
    chain: group.chain === null ? null : group.chain.links.map((link) => ({ ...link, entry: placeOf(link.entry) })),
  };
}

/** A group of the plan that it was saved with. */
export function restoreGroup(plan: GroupPlan, state: GroupState, unpack: Unpacker): Group {
  const findEntry = (place: number | null) => (place === null ? null : unpack.entry(place));
  const group = emptyGroup(plan);
  for (const [index, ring] of group.rings.entries()) {
    for (const [time, entry, counted, value] of state.rings[index] ?? []) {
      pushRing(ring, { time, entry: unpack.entry(entry), counted: counted.map(unpack.hit), value });
    }
  }
  const held = group.rings.flatMap(itemsOf).reduce((sum, { counted }) => sum + weightOfHits(counted), 0);
  return {
    ...state,
    held,
    generation: group.generation,
    rings: group.rings,
    entry: findEntry(state.entry),
    values: state.values === null ? null : copyValues(state.values),
    chain:
      state.chain === null ? null : { links: state.chain.map((link) => ({ ...link, entry: findEntry(link.entry) })) },
  };
}

function copyValues({ distinct, ordered, sum, count }: Values): Values {
  return { distinct: distinct && new Map(distinct), ordered: ordered && [...ordered], sum, count };
}
