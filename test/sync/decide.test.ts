import { describe, expect, it } from 'vitest';
import { decideAssignee, decideStatus, type Signs } from '../../src/sync/decide.ts';
import type { Side } from '../../src/sync/sync.ts';
import type { Person } from '../../src/tickets/tickets.ts';
import { WORDS } from './world.ts';

const signs = (winner: Side, touched: Side | null = null): Signs => ({
  touched: async (side) => side === touched,
  winner: async () => winner,
});
const AGREED = { xdr: 'New', ticket: 'new' };

describe('the status', () => {
  it.each([
    ['stays when nothing changed', AGREED, AGREED, 'xdr', AGREED, null],
    ['goes to the ticket', AGREED, { xdr: 'Open', ticket: 'new' }, 'ticket', { xdr: 'Open', ticket: 'open' }, null],
    [
      'goes to the incident',
      AGREED,
      { xdr: 'New', ticket: 'resolved' },
      'xdr',
      { xdr: 'Closed', ticket: 'resolved' },
      null,
    ],
    [
      'reopens the ticket',
      { xdr: 'Closed', ticket: 'resolved' },
      { xdr: 'Open', ticket: 'resolved' },
      'ticket',
      { xdr: 'Open', ticket: 'open' },
      null,
    ],
    [
      'reopens the incident',
      { xdr: 'Closed', ticket: 'resolved' },
      { xdr: 'Closed', ticket: 'open' },
      'xdr',
      { xdr: 'Open', ticket: 'open' },
      null,
    ],
    [
      'does not go where the other side has one word for both',
      { xdr: 'Open', ticket: 'open' },
      { xdr: 'Open: Reported', ticket: 'open' },
      'xdr',
      { xdr: 'Open: Reported', ticket: 'open' },
      null,
    ],
    [
      'does not go where the other side has no word',
      AGREED,
      { xdr: 'Incident Reported', ticket: 'new' },
      'xdr',
      { xdr: 'Incident Reported', ticket: 'new' },
      null,
    ],
    [
      'does not come from a word that means nothing',
      AGREED,
      { xdr: 'New', ticket: 'deleted' },
      'xdr',
      { xdr: 'New', ticket: 'deleted' },
      null,
    ],
    [
      'is the same when both changed it alike',
      AGREED,
      { xdr: 'Open', ticket: 'open' },
      'ticket',
      { xdr: 'Open', ticket: 'open' },
      null,
    ],
    [
      'is that of XDR when it wins',
      AGREED,
      { xdr: 'Hold', ticket: 'resolved' },
      'xdr',
      { xdr: 'Hold', ticket: 'stalled' },
      'xdr',
    ],
    [
      'is that of the ticket when it wins',
      AGREED,
      { xdr: 'Hold', ticket: 'resolved' },
      'ticket',
      { xdr: 'Closed', ticket: 'resolved' },
      'ticket',
    ],
    ['minds no case', AGREED, { xdr: 'New', ticket: 'NEW' }, 'ticket', { xdr: 'New', ticket: 'NEW' }, null],
  ] as const)('%s', async (_, base, now, winner, expected, conflict) => {
    expect(await decideStatus(base, now, WORDS, signs(winner))).toEqual({ ...expected, conflict });
  });

  it('counts as changed by a side that changed it and took that back', async () => {
    const now = { xdr: 'New', ticket: 'resolved' };
    expect(await decideStatus(AGREED, now, WORDS, signs('xdr', 'xdr'))).toEqual({
      xdr: 'New',
      ticket: 'new',
      conflict: 'xdr',
    });
    const other = { xdr: 'Closed', ticket: 'new' };
    expect(await decideStatus(AGREED, other, WORDS, signs('ticket', 'ticket'))).toEqual({
      xdr: 'New',
      ticket: 'new',
      conflict: 'ticket',
    });
  });
});

const person = (id: string, email: string | null = `${id}@example.org`): Person => ({
  id,
  login: id,
  email,
  name: null,
});
const ALICE = person('alice');
const NOBODY = { xdr: [], ticket: null, name: null };
const WITH_ALICE = { xdr: ['group-7', 'alice@example.org'], ticket: 'alice', name: 'alice@example.org' };

describe('the assignee', () => {
  it.each([
    [
      'stays when nothing changed',
      WITH_ALICE,
      ['group-7', 'alice@example.org'],
      ALICE,
      'xdr',
      ['group-7', 'alice@example.org'],
      ALICE,
    ],
    [
      'goes to the ticket by e-mail address',
      NOBODY,
      ['bob@example.org'],
      null,
      'ticket',
      ['bob@example.org'],
      'bob@example.org',
    ],
    ['goes to the ticket by the table', NOBODY, ['user-0815'], null, 'ticket', ['user-0815'], 'zoe'],
    ['joins the list', NOBODY, ['group-7'], ALICE, 'xdr', ['group-7', 'alice@example.org'], ALICE],
    ['joins the list by the table', NOBODY, [], person('zoe'), 'xdr', ['user-0815'], person('zoe')],
    [
      'takes the place of the one before',
      WITH_ALICE,
      ['group-7', 'alice@example.org'],
      person('bob'),
      'xdr',
      ['group-7', 'bob@example.org'],
      person('bob'),
    ],
    ['leaves the list', WITH_ALICE, ['group-7', 'alice@example.org'], null, 'xdr', ['group-7'], null],
    ['leaves the ticket with the last of the list', WITH_ALICE, [], ALICE, 'ticket', [], null],
    [
      'stays on the ticket when only others come and go',
      WITH_ALICE,
      ['bob@example.org', 'alice@example.org'],
      ALICE,
      'ticket',
      ['bob@example.org', 'alice@example.org'],
      ALICE,
    ],
    ['does not go where nobody is known', NOBODY, ['group-7'], null, 'xdr', ['group-7'], null],
    [
      'leaves the ticket when the list has nobody left whom it could name',
      WITH_ALICE,
      ['group-7'],
      ALICE,
      'ticket',
      ['group-7'],
      null,
    ],
    ['does not come from somebody without a name', NOBODY, [], person('eve', null), 'xdr', [], person('eve', null)],
  ] as const)('%s', async (_, base, list, ticket, winner, xdr, expected) => {
    const now = { xdr: [...list], ticket };
    expect(await decideAssignee(base, now, WORDS, signs(winner))).toEqual({ xdr, ticket: expected, conflict: null });
  });

  it.each([
    ['xdr', ['carol@example.org'], 'carol@example.org'],
    ['ticket', ['bob@example.org'], person('bob')],
  ] as const)('is that of the winner when both changed it: %s', async (winner, xdr, ticket) => {
    const now = { xdr: ['carol@example.org'], ticket: person('bob') };
    expect(await decideAssignee(WITH_ALICE, now, WORDS, signs(winner))).toEqual({ xdr, ticket, conflict: winner });
  });
});
