import { compareText } from './compare-text.ts';
import type { Group } from './group.ts';
import { type Heap, popHeap, pushHeap } from './heap.ts';
import type { Post } from './plan.ts';

/** A fixed window on its way to the time at which it is evaluated. */
export interface Closing {
  readonly at: number;
  readonly post: Post;
  readonly key: string;
  readonly group: Group;
}

export function pushClosing(closings: Heap<Closing>, closing: Closing): void {
  pushHeap(closings, closing, compareClosings);
}

export function popClosing(closings: Heap<Closing>): Closing | undefined {
  return popHeap(closings, compareClosings);
}

function compareClosings(a: Closing, b: Closing): number {
  return a.at - b.at || a.post.index - b.post.index || compareText(a.key, b.key);
}
