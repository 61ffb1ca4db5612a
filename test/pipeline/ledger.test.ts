import fc from 'fast-check';
import { expect, it } from 'vitest';
import { REJECT_CODES, type Reject } from '../../src/model/reject.ts';
import { openAccounts } from '../../src/pipeline/ledger.ts';
import type { FollowedFile } from '../../src/read/read.ts';
import type { LedgerRow } from '../../src/state/state.ts';

const fate = fc.constantFrom('parsed', 'skipped', 'blank', ...REJECT_CODES);
const sources = ['a.log', 'b.log'];
const line = fc.record({ source: fc.constantFrom(...sources), fate, bytes: fc.nat(100) });
const runs = fc.array(fc.record({ lines: fc.array(line), lost: fc.nat(3) }), { minLength: 1 });

it('adds up over restarts: every line read is parsed, rejected or skipped', () => {
  fc.assert(
    fc.property(runs, (given) => {
      let rows: readonly LedgerRow[] = [];
      for (const { lines, lost } of given) {
        const accounts = openAccounts(rows);
        const files = sources.map((source) => {
          const own = lines.filter((it) => it.source === source);
          const ledger = {
            bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
            lines: own.length,
            skipped: own.filter((it) => it.fate === 'blank').length,
            tooLong: 0,
            losses: lost,
            lostBytes: 10 * lost,
          };
          return { source, ledger } as FollowedFile;
        });
        for (const it of lines) {
          if (it.fate === 'parsed' || it.fate === 'skipped') accounts.count(it.source, it.fate);
          else if (it.fate !== 'blank') accounts.reject({ line: { source: it.source }, code: it.fate } as Reject);
        }
        rows = accounts.rows(files);
        expect(accounts.rows(files)).toEqual(rows);
      }
      const all = given.flatMap(({ lines }) => lines);
      const losses = given.reduce((sum, { lost }) => sum + lost, 0);
      expect(rows.map(({ source }) => source)).toEqual(sources);
      for (const { source, bytes, lines, parsed, skipped, rejected, lostBytes, lostLines } of rows) {
        const own = all.filter((it) => it.source === source);
        const count = (...fates: string[]) => own.filter((it) => fates.includes(it.fate)).length;
        const codes = REJECT_CODES.filter((code) => count(code) > 0).map((code) => [code, count(code)]);
        expect({ bytes, lines, parsed, skipped, rejected, lostBytes, lostLines }).toEqual({
          bytes: own.reduce((sum, it) => sum + it.bytes, 0),
          lines: own.length,
          parsed: count('parsed'),
          skipped: count('skipped', 'blank'),
          rejected: Object.fromEntries(codes),
          lostBytes: 10 * losses,
          lostLines: losses,
        });
        expect(parsed + skipped + codes.reduce((sum, [, number]) => sum + Number(number), 0)).toBe(lines);
      }
    }),
  );
});
