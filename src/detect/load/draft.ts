import type { Place, YamlDocument } from '../../document/document.ts';
import type { Fault } from '../../model/errors.ts';
import type { Spot } from '../match/node.ts';

/** What reading a set of rules finds wrong: faults refuse the set, warnings do not. */
export interface Findings {
  readonly faults: Fault[];
  readonly warnings: Fault[];
}

/** A YAML mapping. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Gives what is known under a name, or else makes it. */
export type Recall = <T>(name: string, make: () => T) => T;

/** One Sigma document while it is read. */
export class Draft {
  /** As shown in faults. */
  readonly path: string;
  /** Relative to the rule folder. */
  readonly relativePath: string;
  /** Licence of the folder the file lies in. */
  readonly license: string | null;
  readonly body: Mapping;
  readonly #document: YamlDocument;
  readonly #findings: Findings;
  readonly #made: Record<string, unknown>;

  /** @param made - what was made of the same document before; grows by what is made now */
  constructor(
    file: { readonly path: string; readonly relativePath: string; readonly license: string | null },
    document: YamlDocument,
    findings: Findings,
    made: Record<string, unknown> = {},
  ) {
    this.path = file.path;
    this.relativePath = file.relativePath;
    this.license = file.license;
    this.body = isMapping(document.value) ? document.value : {};
    this.#document = document;
    this.#findings = findings;
    this.#made = made;
  }

  /** For what depends on nothing but the document. */
  readonly recall: Recall = (name, make) => {
    if (!Object.hasOwn(this.#made, name)) this.#made[name] = make();
    return this.#made[name] as ReturnType<typeof make>; // of that name there is nothing else
  };

  fault(place: Place, message: string, at: 'key' | 'value' = 'value'): void {
    this.#findings.faults.push(this.#document.fault(place, message, at));
  }

  warn(place: Place, message: string, at: 'key' | 'value' = 'value'): void {
    this.#findings.warnings.push(this.#document.fault(place, message, at));
  }

  /** A place as `path:line:col` needs it, for what is found later. */
  locate(place: Place, at: 'key' | 'value' = 'value'): Spot {
    const { path, line, col } = this.#document.fault(place, '', at);
    return { path, line, col };
  }
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that may be given alone or in a list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
