import { describe, expect, it } from 'vitest';
import { checkBundle, checkBundleShape, checkEntity, describeCtimFault, readEntity } from '../../src/ctim/check.ts';
import { COLLECTIONS, type CtimType } from '../../src/ctim/entities.ts';
import { CONFIDENCES, INCIDENT_STATUSES, OBSERVABLE_TYPES, SEVERITIES } from '../../src/vocabulary/vocabulary.ts';
import { ENTITIES } from './samples.ts';

type Path = readonly (string | number)[];
const ABSENT = Symbol('absent');
const TYPES = Object.keys(COLLECTIONS) as CtimType[];
const LONG_ID = ENTITIES.relationship.target_ref;

function wholeBundle(): Record<string, unknown> {
  const collections = TYPES.map((type) => [COLLECTIONS[type], [structuredClone(ENTITIES[type])]]);
  return { type: 'bundle', source: 'tests', ...Object.fromEntries(collections) };
}

/** The value with what `path` leads to replaced, or taken away. */
function change(value: unknown, path: Path, replacement: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  if (rest.length === 0 && replacement === ABSENT) delete copy[step];
  else copy[step] = change(copy[step] ?? {}, rest, replacement);
  return copy;
}

function changed(path: Path, replacement: unknown): unknown {
  return change(wholeBundle(), path, replacement);
}

it('takes a bundle of every entity type', () => {
  expect(checkBundle(wholeBundle())).toEqual([]);
});

it('takes the least of a bundle', () => {
  expect(checkBundle({ source: '' })).toEqual([]);
});

describe('shape: the whole bundle is refused', () => {
  it.each<[string, Path, unknown]>([
    ['an unknown key of the bundle', ['casebooks'], []],
    ['a collection that production has switched off', ['data_tables'], []],
    ['its list of references as well', ['data_table_refs'], []],
    ['a hyphen in a collection key', ['attack-patterns'], []],
    ['a key with an empty name', [''], 1],
    ['an unknown key of an entity', ['incidents', 0, 'observables'], []],
    ['an unknown key deep inside', ['sightings', 0, 'data', 'columns', 0, 'width'], 1],
    ['a relation key that a document of CTIM misspells', ['sightings', 0, 'relations', 0, 'target'], {}],
    ['a key the server stores, inside an entity', ['sightings', 0, 'owner'], 'me'],
    ['a title on an entity without one', ['asset_mappings', 0, 'title'], 'x'],
    ['a word outside a closed list', ['incidents', 0, 'status'], 'new'],
    ['confidence Critical', ['incidents', 0, 'confidence'], 'Critical'],
    ['observable type uri', ['sightings', 0, 'observables', 0, 'type'], 'uri'],
    ['HTTP method DELETE', ['sightings', 0, 'context', 'http_events', 0, 'method'], 'DELETE'],
    ['an event of another type', ['sightings', 0, 'context', 'netflow_events', 0, 'type'], 'HTTPEvent'],
    ['a disposition as text', ['judgements', 0, 'disposition'], '2'],
    ['a disposition that is no number of the list', ['judgements', 0, 'disposition'], 6],
    ['the type of another entity', ['incidents', 0, 'type'], 'sighting'],
    ['a specification of unknown kind', ['indicators', 0, 'specification', 'type'], 'Sigma'],
    ['a specification with the key of another kind', ['indicators', 0, 'specification', 'query'], 'x'],
    ['no source of the bundle', ['source'], ABSENT],
    ['no status', ['incidents', 0, 'status'], ABSENT],
    ['no opened time', ['incidents', 0, 'incident_time', 'opened'], ABSENT],
    ['no producer', ['indicators', 0, 'producer'], ABSENT],
    ['no valid_time of an asset', ['assets', 0, 'valid_time'], ABSENT],
    ['no source of an actor', ['actors', 0, 'source'], ABSENT],
    ['no labels of a tool', ['tools', 0, 'labels'], ABSENT],
    ['no related entities of a note', ['notes', 0, 'related_entities'], ABSENT],
    ['a number for a text', ['incidents', 0, 'title'], 5],
    ['a text for a list', ['incidents', 0, 'categories'], 'Reconnaissance'],
    ['an object for a list', ['sightings', 0, 'targets'], {}],
    ['a list for an object', ['sightings', 0, 'sensor_coordinates'], []],
    ['a list for a free map', ['sightings', 0, 'relations', 0, 'relation_info'], ['a']],
    ['0 for a flag', ['sightings', 0, 'internal'], 0],
    ['a fraction for a count', ['sightings', 0, 'count'], 2.5],
    ['digits for a count', ['sightings', 0, 'count'], '3'],
    ['a score as text', ['incidents', 0, 'scores', 'asset'], '5'],
    ['false in meta', ['incidents', 0, 'meta', 'no'], false],
    ['a list in meta', ['incidents', 0, 'meta', 'list'], []],
    ['null for a text', ['incidents', 0, 'title'], null],
    ['null for a date', ['sightings', 0, 'observed_time', 'end_time'], null],
    ['null for an object', ['sightings', 0, 'context'], null],
    ['null for a map', ['incidents', 0, 'scores'], null],
    ['null for a collection', ['sightings'], null],
    ['null for a list of references', ['sighting_refs'], null],
    ['null inside a list', ['sightings', 0, 'observables', 0], null],
    ['a date of Apache', ['sightings', 0, 'observed_time', 'start_time'], '10/Oct/2025:13:55:36 +0000'],
    ['a date as number', ['sightings', 0, 'observed_time', 'start_time'], 1_760_104_536_000],
    ['a bad date of the bundle itself', ['timestamp'], 'now'],
    ['a bundle of another type', ['type'], 'sighting'],
    ['an unknown OpenC2 action', ['coas', 0, 'open_c2_coa', 'action', 'type'], 'nuke'],
    ['a CVSS word of another list', ['vulnerabilities', 0, 'impact', 'cvss_v3', 'scope'], 'none'],
  ])('%s', (_, path, replacement) => {
    const bundle = changed(path, replacement);
    expect(checkBundleShape(bundle).map(({ path }) => path)).toEqual([path]);
    expect(checkBundle(bundle).every(({ tier }) => tier === 'shape')).toBe(true);
  });

  it.each([[null], ['text'], [[]], [5]])('a body of %j', (body) => {
    expect(checkBundleShape(body).map(({ path, code }) => [path, code])).toEqual([[[], 'invalid']]);
  });

  it('names every fault, with its code', () => {
    const bundle = change(changed(['incidents', 0, 'status'], ABSENT), ['sightings', 0, '__proto__x'], 1);
    expect(
      checkBundle(bundle)
        .map((fault) => [describeCtimFault(fault), fault.code])
        .sort(),
    ).toEqual([
      ['incidents[0].status: required, and missing', 'missing-required-key'],
      ['sightings[0].__proto__x: unknown key', 'disallowed-key'],
    ]);
  });

  it('sees an own key called __proto__', () => {
    const bundle = JSON.parse('{"source": "x", "__proto__": {"title": "y"}}') as unknown;
    expect(checkBundleShape(bundle).map(({ path }) => path)).toEqual([['__proto__']]);
  });
});

describe('content: one entity fails', () => {
  const beyond = (units: number) => 'x'.repeat(units + 1);
  it.each<[string, CtimType, Path, unknown]>([
    ['a title of 1025 units', 'incident', ['title'], beyond(1024)],
    ['a title of 513 astral characters', 'incident', ['title'], '💥'.repeat(513)],
    ['a short description of 2049', 'incident', ['short_description'], beyond(2048)],
    ['a description of 5001', 'incident', ['description'], beyond(5000)],
    ['a technique of 1025', 'incident', ['techniques', 0], beyond(1024)],
    ['a reason of 1025', 'judgement', ['reason'], beyond(1024)],
    ['a note of 5001', 'note', ['content'], beyond(5000)],
    ['a query of 5001', 'sighting', ['context', 'http_events', 0, 'query'], beyond(5000)],
    ['a source URI with a space', 'incident', ['source_uri'], 'http://h/a b'],
    ['a reference URL with a brace', 'incident', ['external_references', 0, 'url'], 'http://h/{x}'],
    ['a URI of 2049', 'incident', ['source_uri'], `/${beyond(2047)}`],
    ['an end before its start', 'sighting', ['observed_time', 'end_time'], '2025-10-10T13:55:35.999Z'],
    [
      'an event that ends before it starts',
      'sighting',
      ['context', 'http_events', 0, 'time', 'end_time'],
      '2025-01-01',
    ],
    ['a valid time backwards', 'judgement', ['valid_time', 'end_time'], '2025-01-01'],
    ['a date before 1970', 'incident', ['timestamp'], '1969-12-31T23:59:59.999Z'],
    ['a date after the range', 'incident', ['incident_time', 'opened'], '2525-01-01T00:01:00Z'],
    ['a year that is a number of seconds', 'incident', ['timestamp'], '176010453'],
    ['a negative count', 'sighting', ['count'], -1],
    ['a negative revision', 'incident', ['revision'], -1],
    ['tlp white', 'incident', ['tlp'], 'white'],
    ['a disposition of another name', 'judgement', ['disposition_name'], 'Clean'],
    ['a short id as reference', 'relationship', ['source_ref'], 'sighting-76a813e7-403b-4901-a256-6794f62b7dfe'],
    ['a reference with an underscore in its host', 'relationship', ['target_ref'], LONG_ID.replace('intel', 'in_tel')],
    ['an upper-case uuid', 'relationship', ['target_ref'], LONG_ID.replace('76a813e7', '76A813E7')],
    ['an empty path segment', 'relationship', ['target_ref'], LONG_ID.replace('/ctia/', '//ctia/')],
    ['a transient reference with a line end', 'relationship', ['source_ref'], 'transient:a\u2028b'],
    ['a transient reference of 2049', 'relationship', ['source_ref'], `transient:${beyond(2038)}`],
    ['a word as id of a composite', 'indicator', ['composite_indicator_expression', 'indicator_ids', 0], 'rule-1'],
    [
      'an unknown phase of a known chain',
      'indicator',
      ['kill_chain_phases', 0, 'kill_chain_name'],
      'lockheed-martin-cyber-kill-chain',
    ],
    ['a phase with a space', 'indicator', ['kill_chain_phases', 0, 'phase_name'], 'initial access'],
    ['a phase in capitals', 'attack-pattern', ['kill_chain_phases', 0, 'phase_name'], 'Initial-access'],
  ])('%s', (_, type, path, replacement) => {
    const bundle = changed([COLLECTIONS[type], 0, ...path], replacement);
    expect(checkBundleShape(bundle)).toEqual([]);
    expect(checkBundle(bundle).map(({ tier, path }) => [tier, path[0]])).toEqual([['content', COLLECTIONS[type]]]);
    expect(checkEntity(type, change(ENTITIES[type], path, replacement))).not.toBeNull();
  });

  it.each<[string, Path, unknown]>([
    ['text', ['description'], 'x'.repeat(6000)],
    ['a URI', ['source_uri'], 'no uri'],
    ['a date', ['timestamp'], '2600-01-01'],
    ['tlp', ['tlp'], 'white'],
    ['an interval', ['valid_time'], { start_time: '2025-01-02', end_time: '2025-01-01' }],
  ])("is not asked of the bundle's own fields: %s", (_, path, value) => {
    expect(checkBundle(changed(path, value))).toEqual([]);
  });
});

describe('taken', () => {
  it.each<[string, Path, unknown]>([
    ['null for an inner list', ['sightings', 0, 'observables'], null],
    ['null for a required inner list', ['notes', 0, 'related_entities'], null],
    ['null for a row', ['sightings', 0, 'data', 'rows', 0], null],
    ['stored keys of the bundle', ['owner'], 'me'],
    ['references, which are ignored', ['attack_pattern_refs'], ['anything']],
    ['verdicts, which are dropped', ['verdicts'], [{ type: 'verdict', disposition: 2 }]],
    ['3.0 as an integer', ['sightings', 0, 'count'], 3.0],
    ['a negative priority', ['judgements', 0, 'priority'], -1],
    ['a relation outside the suggested ones', ['sightings', 0, 'relations', 0, 'relation'], 'Befriended'],
    [
      'any kill chain in lower case',
      ['indicators', 0, 'kill_chain_phases', 0],
      { kill_chain_name: 'own', phase_name: 'a_1' },
    ],
    [
      'a known phase of a known chain',
      ['indicators', 0, 'kill_chain_phases', 0],
      { kill_chain_name: 'lockheed-martin-cyber-kill-chain', phase_name: 'delivery' },
    ],
    ['an interval without length', ['sightings', 0, 'observed_time', 'end_time'], '2025-10-10T15:55:36+02:00'],
    ['a title of 512 astral characters', ['incidents', 0, 'title'], '💥'.repeat(512)],
    ['a reference of exactly 2048', ['relationships', 0, 'source_ref'], `transient:${'x'.repeat(2038)}`],
    ['a disposition without name', ['judgements', 0, 'disposition_name'], ABSENT],
    ['control characters in free text', ['incidents', 0, 'description'], '\u0000\u001b\ud800'],
  ])('%s', (_, path, value) => {
    expect(checkBundle(changed(path, value))).toEqual([]);
  });

  it('every word of the closed lists', () => {
    for (const status of INCIDENT_STATUSES)
      expect(checkEntity('incident', { ...ENTITIES.incident, status })).toBeNull();
    for (const confidence of CONFIDENCES)
      expect(checkEntity('incident', { ...ENTITIES.incident, confidence })).toBeNull();
    for (const severity of SEVERITIES) expect(checkEntity('incident', { ...ENTITIES.incident, severity })).toBeNull();
    const observables = OBSERVABLE_TYPES.map((type) => ({ type, value: 'x' }));
    expect(checkEntity('sighting', { ...ENTITIES.sighting, observables })).toBeNull();
    expect([INCIDENT_STATUSES.length, CONFIDENCES.length, SEVERITIES.length, OBSERVABLE_TYPES.length]).toEqual([
      25, 6, 7, 63,
    ]);
  });
});

describe('reading one entity', () => {
  it('gives dates in UTC and lists for nulls', () => {
    const sighting = { observed_time: { start_time: '2025-10-10T15:55:36,5+02:00' }, observables: null };
    expect(readEntity('sighting', sighting, 'bundled')).toEqual({
      entity: { observed_time: { start_time: '2025-10-10T13:55:36.500Z' }, observables: [] },
    });
  });

  it.each(TYPES)('takes stored keys of a lone %s, which a bundle refuses', (type) => {
    const stored = { ...ENTITIES[type], owner: 'me', groups: ['us'], created: '2025-10-10' };
    expect(readEntity(type, stored, 'alone')).toHaveProperty('entity.owner', 'me');
    expect(readEntity(type, stored, 'bundled')).toHaveProperty('faults.length', 3);
  });

  it('checks the disposition of a lone judgement too', () => {
    const judgement = { ...ENTITIES.judgement, disposition_name: 'Clean', owner: 'me' };
    expect(readEntity('judgement', judgement, 'alone')).toHaveProperty('faults.0.tier', 'content');
  });

  it('knows casebooks, with a stored bundle inside', () => {
    const incidents = [{ ...ENTITIES.incident, owner: 'me' }];
    const casebook = { type: 'casebook', texts: [{ type: 'x', text: 'y' }], bundle: { source: 'x', incidents } };
    expect(readEntity('casebook', casebook, 'alone')).toHaveProperty('entity.type', 'casebook');
    expect(readEntity('casebook', { texts: [{ type: 'x' }] }, 'alone')).toHaveProperty(
      'faults.0.code',
      'missing-required-key',
    );
  });

  it('knows feeds', () => {
    const feed = { feed_type: 'indicator', output: 'observables', lifetime: {} };
    expect(readEntity('feed', feed, 'alone')).toHaveProperty('entity.output', 'observables');
    expect(readEntity('feed', { ...feed, description: 'x' }, 'alone')).toHaveProperty(
      'faults.0.code',
      'disallowed-key',
    );
  });
});

it('describes faults of the value itself without a place', () => {
  expect(describeCtimFault({ path: [], tier: 'shape', code: 'invalid', message: 'no object' })).toBe('no object');
  expect(
    checkEntity('note', { ...ENTITIES.note, content: 1, author: 2 })
      ?.split('; ')
      .map((it) => it.split(':')[0]),
  ).toEqual(['content', 'author']);
});
