import { toHtml } from '../../escape/escape.ts';
import { shortId } from '../entity/ids.ts';
import { observablesOf } from '../entity/judgement.ts';
import { isObject, type StoredEntity } from '../entity/stored.ts';
import { html } from '../http/answer.ts';
import { open, type Route } from '../http/router.ts';
import type { World } from '../world.ts';

const MAX_INCIDENTS = 200;
const MAX_SIGHTINGS = 100;

/** Nothing is loaded from anywhere and no script runs, whatever the entities say. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const STYLE = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1b2733 }
  details { border: 1px solid #cfd8e0; border-radius: 6px; margin: .6rem 0; padding: .5rem .8rem }
  summary { cursor: pointer } pre { white-space: pre-wrap; background: #f4f6f8; padding: .6rem; overflow-wrap: anywhere }
  table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0 }
  td { border-top: 1px solid #e3e9ee; overflow-wrap: anywhere } small { color: #5b6b7a }
`;

/** For people: the incidents with their sightings, the newest first. */
export function pageRoute(world: World): Route {
  return open('GET', '/', () => html(200, pageOf(world), HEADERS));
}

function pageOf({ store }: World): string {
  const incidents = store.written('incident').reverse();
  const sightings = new Map(store.written('sighting').map((sighting) => [sighting.id, sighting]));
  const members = Map.groupBy(
    store.written('relationship').filter((it) => it.relationship_type === 'member-of'),
    ({ target_ref: ref }) => String(ref),
  );
  const items = incidents.slice(0, MAX_INCIDENTS).map((incident) => {
    const found = (members.get(incident.id) ?? []).flatMap(({ source_ref: ref }) => sightings.get(String(ref)) ?? []);
    return incidentHtml(incident, found);
  });
  const more = incidents.length > MAX_INCIDENTS ? `<p>The ${MAX_INCIDENTS} newest are shown.</p>` : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sightline sandbox</title>
<style>${STYLE}</style></head><body><h1>Sightline sandbox</h1>
<p>${incidents.length} incidents, ${sightings.size} sightings.</p>${more}
${items.join('\n') || '<p>Nothing here yet.</p>'}</body></html>`;
}

function incidentHtml(incident: StoredEntity, sightings: readonly StoredEntity[]): string {
  const facts = [incident.severity, incident.status, openedOf(incident), incident.source].filter(
    (it) => it !== undefined,
  );
  const left = sightings.length - MAX_SIGHTINGS;
  return `<details><summary><strong>${show(incident.title ?? shortId(incident.id))}</strong>
<small>${facts.map(show).join(' · ')} · ${sightings.length} sightings</small></summary>
<pre>${show(incident.description ?? incident.short_description ?? '')}</pre>
<table><tr><th>Sighting</th><th>Count</th><th>Observed</th><th>Observables</th></tr>
${sightings.slice(0, MAX_SIGHTINGS).map(sightingHtml).join('\n')}</table>
${left > 0 ? `<p>and ${left} more</p>` : ''}<small>${show(incident.id)}</small></details>`;
}

function sightingHtml(sighting: StoredEntity): string {
  const time = isObject(sighting.observed_time) ? sighting.observed_time : {};
  const observables = observablesOf(sighting).map(({ type, value }) => `${show(type)}: ${show(value)}`);
  return `<tr><td>${show(sighting.title ?? shortId(sighting.id))}</td><td>${show(sighting.count)}</td>
<td>${show(time.start_time)}<br>${show(time.end_time ?? '')}</td><td>${observables.join('<br>')}</td></tr>`;
}

function openedOf({ incident_time: time }: StoredEntity): unknown {
  return isObject(time) ? time.opened : undefined;
}

function show(value: unknown): string {
  return toHtml(String(value));
}
