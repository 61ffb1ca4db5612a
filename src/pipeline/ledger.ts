import type { Reject } from '../model/reject.ts';
import type { FollowedFile } from '../read/read.ts';
import type { LedgerRow } from '../state/state.ts';

/** What became of the lines of each source: lines = parsed + rejected + skipped, always. */
export interface Accounts {
  count(source: string, fate: 'parsed' | 'skipped'): void;
  reject(reject: Reject): void;
  /** The line is taken again, and counts as what it then is. */
  retract(reject: Reject): void;
  /** Everything so far, earlier runs included. */
  rows(files: readonly FollowedFile[]): readonly LedgerRow[];
}

interface Account {
  parsed: number;
  skipped: number;
  readonly rejected: Map<string, number>;
}

/** @param before - rows of earlier runs */
export function openAccounts(before: readonly LedgerRow[]): Accounts {
  const earlier = new Map(before.map((row) => [row.source, row]));
  const accounts = new Map<string, Account>();

  function accountOf(source: string): Account {
    const known = accounts.get(source);
    if (known !== undefined) return known;
    const opened: Account = { parsed: 0, skipped: 0, rejected: new Map() };
    accounts.set(source, opened);
    return opened;
  }

  function countReject({ line: { source }, code }: Reject, by: number): void {
    const { rejected } = accountOf(source);
    rejected.set(code, (rejected.get(code) ?? 0) + by);
  }

  return {
    count(source, fate) {
      accountOf(source)[fate]++;
    },
    reject: (reject) => countReject(reject, 1),
    retract: (reject) => countReject(reject, -1),
    rows: (files) =>
      files.map(({ source, ledger }) => {
        const { parsed, skipped, rejected } = accountOf(source);
        const base = earlier.get(source);
        const codes = new Set([...Object.keys(base?.rejected ?? {}), ...rejected.keys()]);
        const all = [...codes].map((code) => [code, (base?.rejected[code] ?? 0) + (rejected.get(code) ?? 0)]);
        return {
          source,
          bytes: (base?.bytes ?? 0) + ledger.bytes,
          lines: (base?.lines ?? 0) + ledger.lines,
          parsed: (base?.parsed ?? 0) + parsed,
          rejected: Object.fromEntries(all),
          skipped: (base?.skipped ?? 0) + skipped + ledger.skipped,
          lostBytes: (base?.lostBytes ?? 0) + ledger.lostBytes,
          lostLines: (base?.lostLines ?? 0) + ledger.losses,
        };
      }),
  };
}
