import { describe, expect, it } from 'vitest';
import { DEFAULT_WORDS, wordsOf } from '../../src/sync/sync.ts';
import { CONNECTORS } from '../../src/tickets/connectors.ts';
import { INCIDENT_STATUSES } from '../../src/vocabulary/vocabulary.ts';

describe('the words that come along', () => {
  it('are there for every connector', () => {
    expect(Object.keys(DEFAULT_WORDS).sort()).toEqual(Object.keys(CONNECTORS).sort());
  });

  it.each(['rt', 'redmine'] as const)(
    'know a word for each incident status in %s, and come back to the same one',
    (name) => {
      const tables = DEFAULT_WORDS[name];
      if (tables === undefined) throw new Error(`no words for ${name}`);
      const words = wordsOf({ ...tables, people: [] });
      for (const status of INCIDENT_STATUSES) {
        const word = words.statusToTicket(status);
        expect(word, status).not.toBeNull();
        const back = words.statusToIncident(word ?? '');
        expect(back, status).not.toBeNull();
        expect(words.statusToTicket(back ?? '')?.toLowerCase(), status).toBe(word?.toLowerCase());
      }
    },
  );

  it.each(['webhook', 'jsonl'] as const)('are the incident’s own for %s', (name) => {
    const tables = DEFAULT_WORDS[name];
    if (tables === undefined) throw new Error(`no words for ${name}`);
    const words = wordsOf({ ...tables, people: [] });
    expect([words.statusToTicket('Open: Reported'), words.priorityOf('High')]).toEqual(['Open: Reported', 'High']);
    expect(words.statusToIncident('')).toBeNull();
  });
});

describe('words of a table', () => {
  const words = wordsOf({
    statusToTicket: { Open: 'Doing', 'Open: Contained': 'Waiting' },
    statusToIncident: { Doing: 'Open' },
    priority: {},
    people: [{ xdr: 'user-1', ticket: 'anna' }],
  });

  it('prefer the exact status to its family', () => {
    expect(words.statusToTicket('Open: Contained')).toBe('Waiting');
    expect(words.statusToTicket('Open: Reported')).toBe('Doing');
    expect(words.statusToTicket('Closed')).toBeNull();
    expect(words.statusToIncident('DOING')).toBe('Open');
    expect(words.priorityOf('High')).toBeNull();
  });

  it('know people by the table first, then by e-mail address', () => {
    const anna = { id: '7', login: 'Anna', email: 'anna@example.org', name: null };
    expect(words.personToIncident(anna)).toBe('user-1');
    expect(words.personToIncident({ ...anna, login: 'bert' })).toBe('anna@example.org');
    expect(words.personToIncident({ ...anna, login: 'bert', email: null })).toBeNull();
    expect([words.personToTicket('USER-1'), words.personToTicket('x@example.org'), words.personToTicket('x')]).toEqual([
      'anna',
      'x@example.org',
      null,
    ]);
  });
});
