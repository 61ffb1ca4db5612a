import type { Person } from '../tickets/tickets.ts';

/** Statuses, priorities and people of incidents in the ticket system's words, and back. Null: it has no word for that. */
export interface Words {
  statusToTicket(status: string): string | null;
  statusToIncident(word: string): string | null;
  priorityOf(severity: string): string | null;
  /** What `update` takes for an assignee. */
  personToTicket(assignee: string): string | null;
  personToIncident(person: Person): string | null;
}

/** Tables as a person wrote them. Case is not minded. */
export interface WordTables {
  /** By incident status; `Open` stands for `Open: Contained`, too, unless that has a word of its own. Null: every word is its own. */
  readonly statusToTicket: Readonly<Record<string, string>> | null;
  readonly statusToIncident: Readonly<Record<string, string>> | null;
  /** By severity. */
  readonly priority: Readonly<Record<string, string>> | null;
  /** People whom their e-mail address does not tell: name on either side. */
  readonly people: readonly { readonly xdr: string; readonly ticket: string }[];
}

type StatusTables = Omit<WordTables, 'people'>;

const NOTHING: StatusTables = { statusToTicket: {}, statusToIncident: {}, priority: {} };
const SAME: StatusTables = { statusToTicket: null, statusToIncident: null, priority: null };

/** What the ticket systems come with, by connector. */
export const DEFAULT_WORDS: Readonly<Record<string, StatusTables>> = {
  rt: {
    statusToTicket: {
      New: 'new',
      Open: 'open',
      Hold: 'stalled',
      Stalled: 'stalled',
      'Incident Reported': 'open',
      'Containment Achieved': 'open',
      'Restoration Achieved': 'open',
      Closed: 'resolved',
      'Closed: False Positive': 'rejected',
      Rejected: 'rejected',
    },
    statusToIncident: {
      new: 'New',
      open: 'Open',
      stalled: 'Hold',
      resolved: 'Closed',
      rejected: 'Closed: False Positive',
    },
    priority: { Critical: '100', High: '80', Medium: '50', Low: '20', Info: '10' },
  },
  redmine: {
    statusToTicket: {
      New: 'New',
      Open: 'In Progress',
      'Open: Recovered': 'Resolved',
      Hold: 'Feedback',
      Stalled: 'Feedback',
      'Incident Reported': 'In Progress',
      'Containment Achieved': 'In Progress',
      'Restoration Achieved': 'Resolved',
      Closed: 'Closed',
      'Closed: False Positive': 'Rejected',
      Rejected: 'Rejected',
    },
    statusToIncident: {
      New: 'New',
      'In Progress': 'Open',
      Resolved: 'Open: Recovered',
      Feedback: 'Hold',
      Closed: 'Closed',
      Rejected: 'Closed: False Positive',
    },
    priority: { Critical: 'Immediate', High: 'Urgent', Medium: 'High', Low: 'Normal', Info: 'Low' },
  },
  http: NOTHING,
  webhook: SAME,
  jsonl: SAME,
};

export function wordsOf({ statusToTicket, statusToIncident, priority, people }: WordTables): Words {
  const toTicket = lookUp(statusToTicket);
  const same = (a: string | null, b: string): boolean => a !== null && sameText(a, b);
  return {
    statusToTicket: (status) => toTicket(status) ?? toTicket(status.split(':')[0] ?? ''),
    statusToIncident: lookUp(statusToIncident),
    priorityOf: lookUp(priority),
    personToTicket(assignee) {
      const known = people.find(({ xdr }) => sameText(xdr, assignee));
      return known?.ticket ?? (assignee.includes('@') ? assignee : null);
    },
    personToIncident({ id, login, email }) {
      const known = people.find(({ ticket }) => [id, login, email].some((name) => same(name, ticket)));
      return known?.xdr ?? email;
    },
  };
}

export function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function lookUp(table: Readonly<Record<string, string>> | null): (word: string) => string | null {
  if (table === null) return (word) => (word === '' ? null : word);
  const words = new Map(Object.entries(table).map(([from, to]) => [from.toLowerCase(), to]));
  return (word) => words.get(word.toLowerCase()) ?? null;
}
