import type { ArgumentsCamelCase } from 'yargs';
import { externalId } from '../../compose/compose.ts';
import { type CtiaClient, CtiaError, type Stored, shortIdOf, textsOf } from '../../ctia/ctia.ts';
import { SightlineError } from '../../model/errors.ts';
import type { ExitCode } from '../command.ts';
import type { LinkOptions, NoteOptions, UpdateOptions } from '../incidents.ts';
import { print } from '../print.ts';
import { withSession } from '../session.ts';
import { requireIncident } from './find.ts';

const MAX_NOTE_UNITS = 5000;

/** Carries out `sightline incidents update`. Assignees are added to those that there are: the server replaces lists whole. */
export function updateIncident(given: ArgumentsCamelCase<UpdateOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client }) => {
    const incident = await requireIncident(client, given.id);
    const changes = {
      ...(given.status === undefined ? {} : { status: given.status }),
      ...(given.severity === undefined ? {} : { severity: given.severity }),
      ...(given.assign.length === 0
        ? {}
        : { assignees: [...new Set([...textsOf(incident.assignees), ...given.assign])] }),
    };
    const updated = await client.entities('incident').update(incident.id, changes);
    if (updated === null) throw new SightlineError('not-found', `${given.id} has been removed meanwhile`);
    const assignees = textsOf(updated.assignees).join(', ') || 'nobody';
    await print([
      `${shortIdOf(incident.id)}: ${String(updated.status)}, ${String(updated.severity)}, assigned to ${assignees}`,
    ]);
    return 0;
  });
}

/** Carries out `sightline incidents note`. */
export function addNote(given: ArgumentsCamelCase<NoteOptions>): Promise<ExitCode> {
  if (given.text.trim() === '' || given.text.length > MAX_NOTE_UNITS) {
    throw new SightlineError('usage', `a note holds 1 to ${MAX_NOTE_UNITS} characters, got ${given.text.length}`);
  }
  return withSession(given, async ({ client, config: { bundle } }) => {
    const incident = await requireIncident(client, given.id);
    // The time makes it another note when the same words are noted again; the id keeps one note from being made twice.
    const facts = [incident.id, given.text, String(Date.now())];
    const note = await client.entities('note').ensure({
      external_ids: [externalId(bundle.prefix, 'note', facts)],
      note_class: 'default',
      content: given.text,
      related_entities: [{ entity_type: 'incident', entity_id: incident.id }],
      source: bundle.source,
      tlp: incident.tlp ?? bundle.tlp,
    });
    await print([`${shortIdOf(note.id)} noted on ${shortIdOf(incident.id)}`]);
    return 0;
  });
}

/** Carries out `sightline incidents link`. */
export function linkCasebook(given: ArgumentsCamelCase<LinkOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client }) => {
    const incident = await requireIncident(client, given.id);
    const casebook = await client.entities('casebook').get(given.casebook);
    if (casebook === null) throw new SightlineError('not-found', `there is no casebook ${given.casebook}`);
    const isNew = await linkOnce(client, incident, casebook);
    const how = isNew ? 'linked to' : 'was linked already to';
    await print([`${shortIdOf(casebook.id)} ${how} ${shortIdOf(incident.id)}`]);
    return 0;
  });
}

/** The route makes another relationship on each call, so it is looked for first, and again when an answer was lost. */
async function linkOnce(client: CtiaClient, incident: Stored, casebook: Stored): Promise<boolean> {
  if (await isLinked(client, incident, casebook)) return false;
  try {
    await client.linkCasebook(incident.id, casebook.id);
    return true;
  } catch (error) {
    if (error instanceof CtiaError && error.phase === 'unanswered' && (await isLinked(client, incident, casebook))) {
      return true;
    }
    throw error;
  }
}

async function isLinked(client: CtiaClient, incident: Stored, casebook: Stored): Promise<boolean> {
  const count = await client.entities('relationship').count({ source_ref: casebook.id, target_ref: incident.id });
  return count > 0;
}
