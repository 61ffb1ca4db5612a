import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Owner } from '../../src/sync/sync.ts';
import { deskConnector } from './desk.ts';
import { tripwired } from './tripwire.ts';
import { addNote, makeIncident, notesOn, openWorld, WORDS, type World } from './world.ts';

/** What somebody does on one side. */
type Act =
  | { readonly side: 'xdr' | 'ticket'; readonly field: 'status'; readonly value: string }
  | { readonly side: 'xdr' | 'ticket'; readonly field: 'assignee'; readonly value: string | null }
  | { readonly side: 'xdr' | 'ticket'; readonly field: 'text' };

/** A pass, with something that happens at its n-th call, before or after the call. */
interface Pass {
  readonly pass: { readonly call: number; readonly when: 'before' | 'after'; readonly what: Act | 'kill' }[];
}

const side = fc.constantFrom('xdr' as const, 'ticket' as const);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    side: fc.constant('xdr' as const),
    field: fc.constant('status' as const),
    value: fc.constantFrom('New', 'Open', 'Open: Investigating', 'Hold', 'Closed', 'Closed: False Positive'),
  }),
  fc.record({
    side: fc.constant('ticket' as const),
    field: fc.constant('status' as const),
    value: fc.constantFrom('new', 'open', 'stalled', 'resolved', 'rejected'),
  }),
  fc.record({ side, field: fc.constant('assignee' as const), value: fc.constantFrom(null, 'alice', 'bob', 'zoe') }),
  fc.record({ side, field: fc.constant('text' as const) }),
);
const pass: fc.Arbitrary<Pass> = fc.record({
  pass: fc.array(
    fc.record({
      call: fc.integer({ min: 1, max: 14 }),
      when: fc.constantFrom('before' as const, 'after' as const),
      what: fc.oneof({ weight: 3, arbitrary: act }, { weight: 1, arbitrary: fc.constant('kill' as const) }),
    }),
    { maxLength: 3 },
  ),
});
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: act }, { weight: 2, arbitrary: pass }), { maxLength: 14 });

/** Scripts that once lost a change. */
const LOST_ONCE: [(Act | Pass)[]][] = [
  [
    // Our write is there, though nobody heard of its end, and somebody undoes it just before it is looked at again.
    [
      { side: 'xdr', field: 'assignee', value: 'alice' },
      { pass: [{ call: 3, when: 'after', what: 'kill' }] },
      { pass: [{ call: 2, when: 'before', what: { side: 'ticket', field: 'assignee', value: null } }] },
    ],
  ],
  [
    // The ticket's status goes away and comes back after sync has listened, while the incident's changes.
    [
      { side: 'xdr', field: 'status', value: 'Hold' },
      {
        pass: [
          { call: 2, when: 'before', what: { side: 'ticket', field: 'status', value: 'open' } },
          { call: 2, when: 'before', what: { side: 'ticket', field: 'status', value: 'new' } },
        ],
      },
    ],
  ],
  [
    // We write one field of the incident while somebody writes another one, and the ticket goes on.
    [
      { side: 'ticket', field: 'assignee', value: 'bob' },
      {
        pass: [
          { call: 2, when: 'before', what: { side: 'xdr', field: 'status', value: 'Hold' } },
          { call: 7, when: 'before', what: { side: 'ticket', field: 'assignee', value: 'zoe' } },
        ],
      },
    ],
  ],
  [
    // We overwrite a status of the incident, and somebody sets another one before we look what we have overwritten.
    [
      { side: 'ticket', field: 'status', value: 'resolved' },
      {
        pass: [
          { call: 3, when: 'before', what: { side: 'xdr', field: 'status', value: 'Hold' } },
          { call: 4, when: 'after', what: { side: 'xdr', field: 'status', value: 'Open: Investigating' } },
        ],
      },
    ],
  ],
  [
    // The same, and what is set is what we had written.
    [
      { side: 'ticket', field: 'status', value: 'resolved' },
      {
        pass: [
          { call: 3, when: 'before', what: { side: 'xdr', field: 'status', value: 'Hold' } },
          { call: 4, when: 'after', what: { side: 'xdr', field: 'status', value: 'Open: Investigating' } },
          { call: 4, when: 'after', what: { side: 'xdr', field: 'status', value: 'Closed' } },
        ],
      },
    ],
  ],
  [
    // What we have overwritten is put back within the same millisecond.
    [
      { side: 'ticket', field: 'status', value: 'open' },
      { pass: [{ call: 3, when: 'before', what: { side: 'xdr', field: 'status', value: 'Hold' } }] },
    ],
  ],
  [
    // We are killed once we have written one field of the incident, and another one goes away and comes back.
    [
      { side: 'ticket', field: 'assignee', value: 'zoe' },
      { pass: [{ call: 4, when: 'before', what: 'kill' }] },
      { side: 'ticket', field: 'status', value: 'rejected' },
      { side: 'xdr', field: 'status', value: 'Closed' },
      { side: 'xdr', field: 'status', value: 'New' },
    ],
  ],
  [
    // We are killed between the two sides' writes, and what the second one was to tell had gone away and come back.
    [
      { side: 'ticket', field: 'status', value: 'rejected' },
      { side: 'ticket', field: 'assignee', value: 'zoe' },
      { side: 'xdr', field: 'assignee', value: 'alice' },
      { side: 'xdr', field: 'assignee', value: null },
      { pass: [{ call: 5, when: 'before', what: 'kill' }] },
    ],
  ],
];

class Killed extends Error {}

/** What was done to a field, in the order of time, in words of the incident. */
type Done = { readonly side: 'xdr' | 'ticket'; readonly value: string | null };

async function play(owner: Owner, script: readonly (Act | Pass)[]) {
  let calls = 0;
  let plan: Pass['pass'] = [];
  const world: World = await openWorld({ sync: { owners: { status: owner, assignee: owner } } });
  const incident = await makeIncident(world);
  const wired = tripwired(world.client, deskConnector(world.desk.url), async (when) => {
    if (when === 'before') calls++;
    for (const one of plan.filter(({ call, when: then }) => call === calls && when === then)) {
      if (one.what === 'kill') throw new Killed();
      await perform(one.what);
    }
  });
  world.restart(wired);
  await world.settle();
  const done = { status: [] as Done[], assignee: [] as Done[] };
  const texts = { xdr: [] as string[], ticket: [] as string[] };

  async function perform(what: Act): Promise<void> {
    world.advance(1000);
    const incidents = world.client.entities('incident');
    if (what.field === 'text') {
      const text = `${what.side} said ${String.fromCharCode(97 + texts[what.side].length)}`;
      texts[what.side].push(text);
      if (what.side === 'xdr') await addNote(world, incident, text);
      else world.desk.comment('1', text);
      return;
    }
    const before = await incidents.get(incident.id);
    const ticket = world.desk.tickets[0];
    if (what.field === 'status') {
      const was = what.side === 'xdr' ? before?.status : ticket?.status;
      if (was === what.value) return;
      done.status.push({ side: what.side, value: what.value });
      if (what.side === 'xdr') await incidents.update(incident.id, { status: what.value });
      else world.desk.change('1', { status: what.value });
      return;
    }
    const names = what.value === null ? [] : [what.value === 'zoe' ? 'user-0815' : `${what.value}@example.org`];
    const was = what.side === 'xdr' ? JSON.stringify(before?.assignees ?? []) : (ticket?.assignee ?? null);
    if (was === (what.side === 'xdr' ? JSON.stringify(names) : what.value)) return;
    done.assignee.push({ side: what.side, value: what.value });
    if (what.side === 'xdr') await incidents.update(incident.id, { assignees: names });
    else world.desk.change('1', { assignee: what.value });
  }

  for (const step of script) {
    if (!('pass' in step)) {
      await perform(step);
      continue;
    }
    plan = step.pass;
    calls = 0;
    try {
      await world.settle();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      world.restart(wired);
    }
    plan = [];
  }
  plan = [];
  for (let i = 0; i < 3; i++) await world.settle();
  const [ticket] = world.desk.tickets;
  const stored = await world.client.entities('incident').get(incident.id);
  return { world, incident, ticket, stored, done, texts };
}

/** What may stand in the end: the owner's last word, or what the other side said after it; the last word where nobody owns. */
function allowed(owner: Owner, done: readonly Done[]): Done[] {
  const last = done.at(-1);
  if (last === undefined) return [];
  const owned = owner === 'newest' ? undefined : done.findLast((one) => one.side === owner);
  return owned === undefined ? [last] : [owned, last];
}

/** Random interleavings of changes on both sides, of passes, and of kills at any call. */
export function convergeCases(numRuns: number): void {
  it.each(['xdr', 'ticket', 'newest'] as const)(
    'both sides converge, and no change of the owner (%s) is lost, whatever happens when',
    async (owner) => {
      await fc.assert(
        fc.asyncProperty(steps, async (script) => {
          const { world, incident, ticket, stored, done, texts } = await play(owner, script);
          expect(world.desk.tickets).toHaveLength(1);
          expect(world.events.filter(({ kind }) => kind === 'parked')).toEqual([]);

          const status = String(stored?.status);
          const matches =
            WORDS.statusToTicket(status) === ticket?.status || WORDS.statusToIncident(ticket?.status ?? '') === status;
          expect([matches, status, ticket?.status]).toEqual([true, status, ticket?.status]);
          const statuses = allowed(owner, done.status).map((one) =>
            one.side === 'xdr' ? one.value : WORDS.statusToIncident(one.value ?? ''),
          );
          const shown = [status, WORDS.statusToIncident(WORDS.statusToTicket(status) ?? '')];
          if (statuses.length > 0)
            expect(
              statuses.some((one) => shown.includes(one)),
              `${status} of ${statuses}`,
            ).toBe(true);

          const names =
            ticket?.assignee === null
              ? []
              : [ticket?.assignee === 'zoe' ? 'user-0815' : `${ticket?.assignee}@example.org`];
          expect(stored?.assignees ?? []).toEqual(names);
          const people = allowed(owner, done.assignee).map(({ value }) => value);
          if (people.length > 0) expect(people).toContain(ticket?.assignee);

          const told =
            ticket?.comments
              .filter(({ key }) => key !== null)
              .map(({ text }) => text)
              .join('\n') ?? '';
          for (const text of texts.xdr) expect(told.split(text)).toHaveLength(2);
          const noted = notesOn(world, incident).join('\n');
          for (const text of texts.ticket) expect(noted.split(text)).toHaveLength(2);
          expect(
            world.sandbox.entities('note').filter(({ content }) => String(content).startsWith('Ticket ')),
          ).toHaveLength(1);
          await close(world);
        }),
        { numRuns, endOnFailure: true, examples: LOST_ONCE },
      );
    },
    600_000,
  );
}

async function close({ desk, sandbox }: World): Promise<void> {
  await desk.stop();
  await sandbox.close();
}
