import { COLLECTIONS, type CtimType, type StandaloneType } from '../../ctim/ctim.ts';

/** What is known of an entity type besides its schema: which of its fields the routes take by name. */
export interface TypeFacts {
  /** Key of its list in bundles and in bulk. */
  readonly plural: string;
  /** What `fields` and, where it is a closed list, `sort_by` may name besides {@link BASE_FIELDS}. */
  readonly fields: readonly string[];
  /** What `search_fields` may name. */
  readonly searchFields: readonly string[];
  /** Query parameters of a search that filter by the field of that name. */
  readonly filters: readonly string[];
  /** Filters that a search takes, but neither a count, nor a metric, nor a delete by search. */
  readonly searchOnlyFilters: readonly string[];
  /** What top-n and cardinality may be taken of. */
  readonly enumerable: readonly string[];
  /** What a histogram may be taken of. */
  readonly dates: readonly string[];
}

export type EntityType = StandaloneType;

const BASE_FIELDS = words('id schema_version revision language tlp timestamp');
const SOURCED = words('source source_uri');
const TITLED = words('title source source_uri');
const DESCRIBED = 'id source title short_description description';
const VALID_TIME = 'valid_time.start_time valid_time.end_time';
const KILL_CHAIN = 'kill_chain_phases.kill_chain_name kill_chain_phases.phase_name';

interface Row {
  readonly also?: string;
  readonly head?: readonly string[];
  readonly search?: string;
  readonly filters?: string;
  readonly searchOnly?: string;
  readonly top?: string;
  readonly dates?: string;
}

/** As the deployed API (2.71.0) documents them. */
const ROWS: Readonly<Record<EntityType, Row>> = {
  actor: {
    also: `actor_types intended_effect motivation sophistication ${VALID_TIME}`,
    search: `${DESCRIBED} actor_types`,
    filters: 'source actor_types confidence intended_effect motivation sophistication',
    top: 'source actor_types confidence intended_effect motivation sophistication',
    dates: VALID_TIME,
  },
  asset: {
    also: 'asset_type',
    search: `${DESCRIBED} asset_type`,
    filters: 'source asset_type',
    top: 'asset_type',
    dates: VALID_TIME,
  },
  'asset-mapping': {
    head: SOURCED,
    also: 'asset_ref confidence observable.type observable.value specificity stability',
    search: 'id source asset_ref asset_type confidence observable.value',
    filters: 'source asset_ref',
    top: 'source confidence specificity stability',
    dates: VALID_TIME,
  },
  'asset-properties': {
    head: SOURCED,
    also: 'asset_ref properties.name properties.value',
    search: 'id source asset_ref properties.name properties.value',
    filters: 'source asset_ref',
    top: 'source properties.name properties.value',
    dates: VALID_TIME,
  },
  'attack-pattern': { filters: `source ${KILL_CHAIN}`, top: 'source' },
  campaign: {
    also: `activity.date_time campaign_type confidence status ${VALID_TIME}`,
    filters: 'source activity campaign_type confidence',
    top: 'source campaign_type confidence status',
    dates: VALID_TIME,
  },
  casebook: {
    search: `${DESCRIBED} observables.value`,
    filters: 'source texts.text',
    top: 'source observables.type observables.value',
  },
  coa: {
    also: `coa_type cost efficacy impact stage structured_coa_type ${VALID_TIME}`,
    filters: 'source coa_type cost efficacy impact objective stage structured_coa_type',
    top: 'source coa_type cost efficacy',
    dates: VALID_TIME,
  },
  feed: { head: [], also: 'indicator_id output', search: '', filters: '' },
  incident: {
    also:
      'assignees confidence detection_sources discovery_method incident_time.closed incident_time.contained ' +
      'incident_time.discovered incident_time.opened incident_time.rejected incident_time.remediated ' +
      'incident_time.reported intended_effect promotion_method severity status tactics techniques',
    filters:
      'source assignees categories confidence detection_sources discovery_method intended_effect promotion_method ' +
      'status techniques',
    searchOnly: 'severity tactics',
    top:
      'source title assignees categories confidence detection_sources discovery_method intended_effect ' +
      'promotion_method severity status tactics techniques',
    dates:
      'incident_time.closed incident_time.contained incident_time.discovered incident_time.opened ' +
      'incident_time.rejected incident_time.remediated incident_time.reported',
  },
  indicator: {
    also: 'confidence indicator_type likely_impact',
    filters: 'source producer specification confidence severity indicator_type tags kill_chain_phases',
    top: 'source confidence indicator_type likely_impact producer severity tags',
    dates: VALID_TIME,
  },
  investigation: {
    also: 'description external_ids investigated_observables object_ids short_description targets type',
    search: `${DESCRIBED} investigated_observables`,
    filters: 'source',
    top: 'source',
  },
  judgement: {
    head: SOURCED,
    also: `confidence disposition observable.type observable.value priority reason severity ${VALID_TIME}`,
    search: 'id source reason disposition_name observable.value',
    filters: 'source disposition disposition_name priority severity confidence',
    top: 'confidence disposition observable.type observable.value priority severity',
    dates: VALID_TIME,
  },
  malware: {
    search: `${DESCRIBED} labels x_mitre_aliases ${KILL_CHAIN}`,
    filters: `source labels ${KILL_CHAIN}`,
    top: 'source labels',
  },
  note: {
    head: SOURCED,
    also: 'author content note_class related_entities.entity_id related_entities.entity_type',
    search: 'id source content',
    filters: 'source note_class content related_entities.entity_id related_entities.entity_type',
  },
  relationship: {
    also: 'relationship_type source_ref target_ref',
    filters: 'source relationship_type source_ref target_ref',
    top: 'source relationship_type source_ref target_ref',
  },
  sighting: {
    also:
      'activity_interval.end_time activity_interval.start_time confidence count detection_interval.end_time ' +
      'detection_interval.start_time modification_interval.end_time modification_interval.start_time ' +
      'observed_time.end_time observed_time.start_time sensor',
    search: `${DESCRIBED} observables.value targets.observables.value`,
    filters: 'source sensor observables.type observables.value',
    top: 'source sensor observables.type',
    dates:
      'observed_time.start_time observed_time.end_time activity_interval.start_time activity_interval.end_time ' +
      'detection_interval.start_time detection_interval.end_time modification_interval.start_time ' +
      'modification_interval.end_time',
  },
  'target-record': {
    also: 'targets.internal targets.os targets.sensor targets.type',
    search: `${DESCRIBED} targets.observables.value`,
    filters: 'source',
    top: 'source targets.internal targets.observables.type targets.os',
    dates: 'targets.observed_time.start_time targets.observed_time.end_time',
  },
  tool: { search: `${DESCRIBED} labels`, filters: `source labels tool_version ${KILL_CHAIN}`, top: 'source labels' },
  vulnerability: { filters: 'source', top: 'source' },
};

/** Every type with routes of its own, `event` aside. */
export const ENTITY_TYPES = Object.keys(ROWS) as EntityType[];

/** Types that `/ctia/bulk` takes. */
export const BULK_TYPES = ENTITY_TYPES.filter((type) => type !== 'feed');

const FACTS = new Map(ENTITY_TYPES.map((type) => [type, factsOf(type, ROWS[type])]));

export function typeFacts(type: EntityType): TypeFacts {
  const facts = FACTS.get(type);
  if (facts === undefined) throw new Error(`no entity type ${type}`);
  return facts;
}

export function isEntityType(name: string): name is EntityType {
  return Object.hasOwn(ROWS, name);
}

function factsOf(type: EntityType, row: Row): TypeFacts {
  return {
    plural: type in COLLECTIONS ? COLLECTIONS[type as CtimType] : `${type}s`,
    fields: [...BASE_FIELDS, ...(row.head ?? TITLED), ...words(row.also ?? '')],
    searchFields: words(row.search ?? DESCRIBED),
    filters: words(row.filters ?? ''),
    searchOnlyFilters: words(row.searchOnly ?? ''),
    enumerable: words(row.top ?? ''),
    dates: ['timestamp', ...words(row.dates ?? '')],
  };
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
