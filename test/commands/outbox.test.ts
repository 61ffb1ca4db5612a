import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openState, type State } from '../../src/state/state.ts';
import { runCli } from '../support/run-cli.ts';

const HOSTILE = 'a\u001b[2J\u009b31m\u202eb\u2028"c\\\n\u007f\u{e0041}';
/** What would drive a terminal, its line ends aside. */
const DRIVING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028\u{e0041}]/u;
const HOUR = 3_600_000;

let path: string;
/** Owns the file all the time, as a process that follows logs would. */
let owner: State;

beforeAll(() => {
  path = join(mkdtempSync(join(tmpdir(), 'sightline-outbox-')), 'sightline.db');
});

/** An outbox with one bundle waiting, one parked and one held back, under numbers that are new each time. */
function fill(): readonly number[] {
  owner ??= openState(path);
  for (const { seq } of [...owner.outbox.list()]) owner.outbox.drop(seq);
  const last = owner.outbox.counts().dropped;
  const keys = ['waits', 'parked', 'held'].map((name) => `${name}-${last}`);
  owner.commit({
    parcels: keys.map((key) => ({
      parcel: { key, body: JSON.stringify({ source: key, note: HOSTILE }), incident: `sightline-${key}` },
      destination: 'xdr',
      aftermath: null,
    })),
  });
  const seqs = Array.from(owner.outbox.list(), ({ seq }) => seq);
  const [, parked = 0, held = 0] = seqs;
  owner.outbox.park(parked, `refused: ${HOSTILE}`);
  const until = Date.now() + HOUR;
  owner.outbox.defer(held, { notBefore: until, heldUntil: until, failures: 7, reason: `unreachable ${HOSTILE}` });
  return seqs;
}

afterAll(() => owner.close());

const outbox = (...args: string[]) => runCli(['outbox', ...args, '--state', path]);
const states = () => Array.from(owner.outbox.list(), ({ seq, state }) => [seq, state]);

describe('sightline outbox list', () => {
  it('lists what is there for a person, and says why nothing moves', async () => {
    const [waits, parked, held] = fill();
    const { code, stdout, stderr } = await outbox('list');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^SEQ +STATE +TRIES +SINCE +NEXT TRY +BYTES +DESTINATION +INCIDENT +REASON$/);
    expect(lines[1]).toMatch(new RegExp(`^${waits} +waiting +0 .* - +\\d+ +xdr +sightline-waits-\\d+ +-$`));
    expect(lines[2]).toMatch(
      new RegExp(`^${parked} +parked +1 .* - +\\d+ +xdr +sightline-parked-\\d+ +refused: a\\\\x1b`),
    );
    expect(lines[3]).toMatch(
      new RegExp(`^${held} +waiting +1 .* 20\\d\\d-\\S+ \\S+ +\\d+ +xdr +sightline-held-\\d+ +unreachable`),
    );
    expect(lines[4]).toMatch(/^2 waiting \(\d+ bytes\), 1 parked \(\d+ bytes\)$/);
    expect(lines[5]).toMatch(/^Nothing is sent to xdr before 20.*, after 7 failures in a row: unreachable/);
    expect(stdout).not.toMatch(DRIVING);
  });

  it.each([
    [[], ['waiting', 'parked', 'waiting']],
    [['--limit', '1'], ['waiting']],
    [['--parked'], ['parked']],
  ])('as JSON, with %j', async (options, expected) => {
    fill();
    const { code, stdout } = await outbox('list', '--json', ...options);
    const { counts, parcels } = JSON.parse(stdout);
    expect([code, parcels.map(({ state }: { state: string }) => state)]).toEqual([0, expected]);
    expect(counts).toMatchObject({ waiting: { parcels: 2 }, parked: { parcels: 1 }, holds: [{ failures: 7 }] });
    expect(stdout).not.toMatch(DRIVING);
  });

  it('says so when there is nothing', async () => {
    fill();
    for (const { seq } of [...owner.outbox.list()]) owner.outbox.drop(seq);
    const { stdout } = await outbox('list');
    expect(stdout.split('\n')[0]).toBe('0 waiting (0 bytes), 0 parked (0 bytes)');
  });
});

describe('sightline outbox show', () => {
  it('shows a bundle and what became of it', async () => {
    const [waits, parked, held] = fill();
    const { stdout } = await outbox('show', String(parked));
    expect(stdout).toMatch(new RegExp(`^bundle ${parked} for xdr, parked since 20.*\nincident: sightline-parked`));
    expect(stdout).toMatch(/\nsent 1 times\nreason: refused: a\\x1b/);
    expect(stdout).toContain('\n  "source": "parked-');
    expect(stdout).not.toMatch(DRIVING);
    expect((await outbox('show', String(held))).stdout).toMatch(/sent 1 times, not again before 20/);
    expect((await outbox('show', String(waits))).stdout).toMatch(/sent 0 times\n\n\{/);
  });

  it('as JSON', async () => {
    const [, parked] = fill();
    const { stdout } = await outbox('show', String(parked), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ seq: parked, state: 'parked', bundle: { note: HOSTILE } });
    expect(stdout).not.toMatch(DRIVING);
  });
});

describe('sightline outbox retry', () => {
  it('puts back what is named, beside the process that sends', async () => {
    const [waits, parked, held] = fill();
    expect(owner.outbox.next('xdr')).toBeNull();
    const { code, stdout } = await outbox('retry', String(parked), String(parked));
    expect([code, stdout]).toEqual([0, '1 to be sent at once, by the process that sends\n']);
    expect(states()).toEqual([
      [waits, 'waiting'],
      [parked, 'waiting'],
      [held, 'waiting'],
    ]);
    expect(owner.outbox.next('xdr')?.seq).toBe(waits);
  });

  it('puts back everything', async () => {
    const seqs = fill();
    expect((await outbox('retry', '--all')).stdout).toMatch(/^3 to be sent/);
    expect(states()).toEqual(seqs.map((seq) => [seq, 'waiting']));
  });

  it('changes nothing when one is not there', async () => {
    const [, parked] = fill();
    const { code, stderr } = await outbox('retry', String(parked), '999999');
    expect([code, stderr]).toEqual([
      1,
      'sightline: there is no bundle 999999 in the outbox; it may have been delivered meanwhile\n',
    ]);
    expect(states()).toContainEqual([parked, 'parked']);
  });
});

describe('sightline outbox drop', () => {
  it('only says what it would do', async () => {
    const seqs = fill();
    const { code, stdout, stderr } = await outbox('drop', String(seqs[1]));
    expect(stdout).toMatch(new RegExp(`^would drop bundle ${seqs[1]} of sightline-parked-\\d+ \\(\\d+ bytes\\)\n$`));
    expect([code, stderr]).toEqual([0, 'Nothing was dropped. Add --yes to do it.\n']);
    expect(states().length).toBe(3);
  });

  it('does it with --yes, all or none', async () => {
    const [waits, parked, held] = fill();
    expect((await outbox('drop', String(parked), '999999', '--yes')).code).toBe(1);
    expect(states().length).toBe(3);
    const { code, stdout } = await outbox('drop', String(parked), String(held), '--yes');
    expect([code, stdout.split('\n').length]).toEqual([0, 3]);
    expect(stdout).toMatch(/^dropped bundle/);
    expect(states()).toEqual([[waits, 'waiting']]);
  });
});

describe('sightline outbox export', () => {
  it.each([
    ['everything', () => [], ['waits', 'parked', 'held']],
    ['what is named', ([waits = 0, , held = 0]: readonly number[]) => [String(held), String(waits)], ['held', 'waits']],
    ['what is parked', () => ['--parked'], ['parked']],
  ])('prints %s, a bundle a line', async (_, optionsFor, names) => {
    const { code, stdout } = await outbox('export', ...optionsFor(fill()));
    const bundles = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(bundles.map(({ source }) => source.split('-')[0])).toEqual(names);
    expect([code, bundles[0].note]).toEqual([0, HOSTILE]);
    expect(stdout).not.toMatch(DRIVING);
  });
});

describe('what is wrong is told', () => {
  it.each([
    [['show', 'x'], 'bundle: expected a whole number of at least 1, got "x"'],
    [['drop', '0'], 'bundle: expected a whole number of at least 1, got "0"'],
    [['list', '--limit', '0.5'], '--limit: expected a whole number of at least 1, got "0.5"'],
    [['retry'], 'expected either numbers of bundles, as list shows them, or --all'],
    [['retry', '1', '--all'], 'expected either numbers of bundles, as list shows them, or --all'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await outbox(...args);
    expect([code, stderr.split('\n')[0]]).toEqual([2, `sightline: ${message}`]);
  });

  it('where there is no state file', async () => {
    const { code, stderr } = await runCli(['outbox', 'list', '--state', '/nowhere/sightline.db']);
    expect([code, stderr]).toEqual([
      2,
      'sightline: there is no state file /nowhere/sightline.db; sightline tail makes one, or name yours with --state\n',
    ]);
  });

  it('the place of the state file is taken from the configuration, too', async () => {
    fill();
    const config = join(path, '..', 'sightline.yaml');
    writeFileSync(config, JSON.stringify({ state: { path } }));
    const { stdout } = await runCli(['outbox', 'list', '--config', config]);
    expect(stdout).toMatch(/2 waiting/);
  });
});
