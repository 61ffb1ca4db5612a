import type { Argv } from 'yargs';
import { SightlineError } from '../model/errors.ts';
import { INCIDENT_STATUSES, SEVERITIES } from '../vocabulary/vocabulary.ts';
import type { Command, CommandGroup } from './command.ts';
import { JSON_OPTION, SESSION_OPTIONS, type SessionOptions } from './session-options.ts';
import { wholeNumber } from './whole-number.ts';

export interface ListOptions extends SessionOptions {
  readonly status: string | undefined;
  readonly since: string | undefined;
  readonly assignee: string | undefined;
  readonly source: string | undefined;
  readonly query: string | undefined;
  readonly limit: number;
  readonly json: boolean;
}

export interface ShowOptions extends SessionOptions {
  readonly id: string;
  readonly json: boolean;
}

export interface UpdateOptions extends SessionOptions {
  readonly id: string;
  readonly status: (typeof INCIDENT_STATUSES)[number] | undefined;
  readonly assign: readonly string[];
  readonly severity: (typeof SEVERITIES)[number] | undefined;
}

export interface NoteOptions extends SessionOptions {
  readonly id: string;
  readonly text: string;
}

export interface LinkOptions extends SessionOptions {
  readonly id: string;
  readonly casebook: string;
}

export interface DeleteOptions extends SessionOptions {
  readonly ids: readonly string[];
  readonly yes: boolean;
}

export interface ExportOptions extends SessionOptions {
  readonly ids: readonly string[];
}

export interface ImportOptions extends SessionOptions {
  readonly files: readonly string[];
}

const ID = { type: 'string', demandOption: true, describe: 'Long id, short id, UUID or external id' } as const;
const IDS = { ...ID, array: true } as const;
const session = (yargs: Argv) => yargs.options(SESSION_OPTIONS);

const list: Command<ListOptions> = {
  usage: 'list',
  describe: 'List incidents, the newest first',
  options: (yargs) =>
    session(yargs).options({
      status: { type: 'string', choices: INCIDENT_STATUSES, describe: 'Only with this status' },
      since: { type: 'string', requiresArg: true, describe: 'Only those reported from this time on (ISO 8601)' },
      assignee: { type: 'string', requiresArg: true, describe: 'Only those assigned to this user' },
      source: { type: 'string', requiresArg: true, describe: 'Only those of this source' },
      query: { type: 'string', requiresArg: true, describe: 'Only those with these words in title or text' },
      limit: { ...wholeNumber('--limit', { least: 1 }), default: 50, requiresArg: true, describe: 'At most so many' },
      ...JSON_OPTION,
    }),
  run: async (given) => (await import('./incidents/list.ts')).listIncidents(given),
};

const show: Command<ShowOptions> = {
  usage: 'show <id>',
  describe: 'Show an incident with its sightings, observables, targets, indicators, casebooks and notes',
  options: (yargs) => session(yargs).positional('id', ID).options(JSON_OPTION),
  run: async (given) => (await import('./incidents/show.ts')).showIncident(given),
};

const update: Command<UpdateOptions> = {
  usage: 'update <id>',
  describe: 'Change status, assignees or severity',
  options: (yargs) =>
    session(yargs)
      .positional('id', ID)
      .options({
        status: { type: 'string', choices: INCIDENT_STATUSES, describe: 'New status' },
        assign: { type: 'string', array: true, default: [], nargs: 1, describe: 'Add an assignee (repeatable)' },
        severity: { type: 'string', choices: SEVERITIES, describe: 'New severity' },
      })
      .check(({ status, assign, severity }) => {
        if (status !== undefined || assign.length > 0 || severity !== undefined) return true;
        throw new SightlineError('usage', 'expected at least one of --status, --assign and --severity');
      }),
  run: async (given) => (await import('./incidents/update.ts')).updateIncident(given),
};

const note: Command<NoteOptions> = {
  usage: 'note <id> <text>',
  describe: 'Add a note',
  options: (yargs) =>
    session(yargs)
      .positional('id', ID)
      .positional('text', { type: 'string', demandOption: true, describe: 'Markdown, at most 5,000 characters' }),
  run: async (given) => (await import('./incidents/update.ts')).addNote(given),
};

const link: Command<LinkOptions> = {
  usage: 'link <id>',
  describe: 'Relate a casebook to an incident',
  options: (yargs) =>
    session(yargs)
      .positional('id', ID)
      .options({
        casebook: { type: 'string', requiresArg: true, demandOption: true, describe: 'Long or short id' },
      }),
  run: async (given) => (await import('./incidents/update.ts')).linkCasebook(given),
};

const remove: Command<DeleteOptions> = {
  usage: 'delete <ids...>',
  describe: 'Delete incidents of ours with their sightings, relationships and notes; counts only, unless --yes',
  options: (yargs) =>
    session(yargs)
      .positional('ids', IDS)
      .options({ yes: { type: 'boolean', default: false, describe: 'Really delete' } }),
  run: async (given) => (await import('./incidents/delete.ts')).deleteIncidents(given),
};

const exportCommand: Command<ExportOptions> = {
  usage: 'export <ids...>',
  describe: 'Print whole incidents, with all that hangs on them, as one bundle',
  options: (yargs) => session(yargs).positional('ids', IDS),
  run: async (given) => (await import('./incidents/export.ts')).exportIncidents(given),
};

const importCommand: Command<ImportOptions> = {
  usage: 'import <files...>',
  describe: 'Import bundles, exported or composed (- for standard input); what import refuses is taken out first',
  options: (yargs) =>
    session(yargs).positional('files', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'One bundle each, or one a line',
    }),
  run: async (given) => (await import('./incidents/import.ts')).importFiles(given),
};

/** `sightline incidents ...`: living with incidents after they were delivered. */
export const incidents: CommandGroup = {
  name: 'incidents',
  describe: 'List, show, change, export and delete incidents on the server',
  each(add) {
    add(list);
    add(show);
    add(update);
    add(note);
    add(link);
    add(remove);
    add(exportCommand);
    add(importCommand);
  },
};
