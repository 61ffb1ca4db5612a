import { type Fault, type FaultSpec, readFault, TOKEN_PATH } from './fault.ts';

/** The faults to come. */
export interface FaultPlan {
  /** The fault that befalls this request, if any: the first that is due. All of them count the request. */
  take(method: string, path: string): Fault | null;
  /** Replaces the plan. Throws SightlineError `bad-fault`. */
  set(specs: readonly FaultSpec[]): void;
  /** What is left of it. */
  left(): readonly Fault[];
}

interface Planned {
  readonly fault: Fault;
  seen: number;
  befell: number;
}

export function openFaultPlan(specs: readonly FaultSpec[]): FaultPlan {
  const read = (list: readonly FaultSpec[]): Planned[] =>
    list.map((spec) => ({ fault: readFault(spec), seen: 0, befell: 0 }));
  const isOver = ({ fault, befell }: Planned): boolean => befell >= fault.times;
  let plan = read(specs);

  return {
    take(method, path) {
      const due = plan.filter((planned) => {
        const { fault } = planned;
        if (isOver(planned) || !matches(fault, method, path)) return false;
        const number = planned.seen++ - fault.skip;
        return number >= 0 && number % fault.every === fault.every - 1;
      });
      const [first] = due;
      if (first === undefined) return null;
      first.befell++;
      return first.fault;
    },
    set(list) {
      plan = read(list);
    },
    left: () =>
      plan
        .filter((planned) => !isOver(planned))
        .map(({ fault, befell }) => ({ ...fault, times: fault.times - befell })),
  };
}

/** Tokens are asked for at times that no one can foretell: a fault meets them only when its path says so. */
function matches(fault: Fault, method: string, path: string): boolean {
  if (path === TOKEN_PATH && fault.path !== TOKEN_PATH) return false;
  return path.startsWith(fault.path) && (fault.method === null || fault.method === method);
}
