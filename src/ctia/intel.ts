import { type JsonObject, orNull, readObject, readStored, readStoredList, readStrings, type Stored } from './answer.ts';
import { bundleReader } from './bundle-reader.ts';
import type { Call, Caller } from './caller.ts';
import {
  type ChangeBurst,
  type InspectedObservable,
  readBursts,
  readObservables,
  readVerdict,
} from './intel-answers.ts';
import type { EntityName } from './names.ts';
import { pathOf, shortIdOf } from './path.ts';

/** Exports hold whole entities: more room than the answers of other routes. */
const MAX_EXPORT_BYTES = 256 * 1024 * 1024;
/** What 100 ids can bring along: 1,000 relationships each, and their other ends. */
const MAX_EXPORT_ENTITIES = 200_100;

export interface ExportOptions {
  /** Which end of a relationship the exported entity stands at. Default both. */
  readonly relatedTo?: readonly ('source_ref' | 'target_ref')[];
  readonly sourceTypes?: readonly EntityName[];
  readonly targetTypes?: readonly EntityName[];
  /** Default true. */
  readonly includeRelated?: boolean;
  /** Bounds of one answer, beyond which it fails with `answer-too-large`: ask for fewer ids. Default 256 MiB. */
  readonly maxBytes?: number;
  /** Default 200,100. */
  readonly maxEntities?: number;
}

/** Changes to a list that a casebook holds. */
export interface CasebookChange {
  readonly operation: 'add' | 'remove' | 'replace';
  readonly items: readonly JsonObject[];
}

/** Ids found through the judgements or sightings of an observable. */
export type ChainedKind = 'judgements/indicators' | 'sightings/indicators' | 'sightings/incidents';

/** The calls that are not the same for every type of entity. */
export type Intel = ReturnType<typeof intelOf>;

export function intelOf(caller: Caller) {
  const ctia = (
    method: Call['method'],
    segments: readonly string[],
    more: Pick<Call, 'need'> & Partial<Call>,
  ): Call => ({ service: 'ctia', method, path: pathOf('ctia', ...segments), repeatable: method === 'GET', ...more });
  const read = (entity: string): Pick<Call, 'need'> => ({ need: { entity, access: 'read' } });
  const write = (entity: string): Pick<Call, 'need'> => ({ need: { entity, access: 'write' } });
  const json = (value: unknown): Pick<Call, 'body'> => ({ body: JSON.stringify(value) });

  return {
    /**
     * What is stored under long ids, with its relationships of one hop and their other ends. At most 1,000 relationships
     * of each; unknown ids are left out without a word. The answer is read as it comes, without being one text first.
     */
    exportBundle(ids: readonly string[], options: ExportOptions = {}): Promise<JsonObject> {
      const query = {
        related_to: options.relatedTo,
        source_type: options.sourceTypes,
        target_type: options.targetTypes,
        include_related_entities: options.includeRelated,
      };
      return caller.stream(
        ctia('POST', ['bundle', 'export'], {
          ...read('bundle'),
          ...json({ ids }),
          query,
          repeatable: true,
          maxAnswerBytes: options.maxBytes ?? MAX_EXPORT_BYTES,
        }),
        () => bundleReader(options.maxEntities ?? MAX_EXPORT_ENTITIES),
      );
    },

    /** Sets an incident's status and the times that go with it. Visible to reads after about a second. */
    setIncidentStatus: (id: string, status: string): Promise<Stored | null> =>
      orNull(
        caller.call(
          ctia('POST', ['incident', id, 'status'], { ...write('incident'), ...json({ status }), repeatable: true }),
          readStored,
        ),
      ),
    /** Relates a casebook (long id) to an incident; each call makes another relationship. */
    linkCasebook: (incidentId: string, casebookId: string): Promise<Stored> =>
      caller.call(
        // This route alone knows no long ids.
        ctia('POST', ['incident', shortIdOf(incidentId), 'link'], {
          ...write('incident'),
          ...json({ casebook_id: casebookId }),
        }),
        readStored,
      ),
    /** Average seconds of `new_to_opened`, `opened_to_closed` or `new_to_contained`. */
    averageInterval: (interval: string, from: string, to?: string): Promise<JsonObject> =>
      caller.call(
        ctia('GET', ['incident', 'metric', 'average'], {
          ...read('incident'),
          query: { 'aggregate-on': `intervals.${interval}`, from, to },
        }),
        readObject,
      ),
    /** Ends a judgement's validity now. Visible to reads after about a second. */
    expireJudgement: (id: string, reason: string): Promise<Stored | null> =>
      orNull(
        caller.call(
          ctia('POST', ['judgement', id, 'expire'], { ...write('judgement'), query: { reason }, repeatable: true }),
          readStored,
        ),
      ),
    /** Adds, removes or replaces a casebook's observables or texts. */
    changeCasebook: (id: string, list: 'observables' | 'texts', change: CasebookChange): Promise<Stored | null> =>
      orNull(
        caller.call(
          ctia('POST', ['casebook', id, list], {
            ...write('casebook'),
            ...json({ operation: change.operation, [list]: change.items }),
          }),
          readStored,
        ),
      ),

    /** What the judgements in force say of an observable; null when there is none. */
    verdict: (type: string, value: string): Promise<JsonObject | null> =>
      orNull(caller.call(ctia('GET', [type, value, 'verdict'], read('verdict')), readVerdict)),
    /** Judgements, sightings, or long ids of what they lead to. The server follows about the first 100 only. */
    judgementsOf: (type: string, value: string): Promise<Stored[]> =>
      caller.call(ctia('GET', [type, value, 'judgements'], read('judgement')), readStoredList),
    sightingsOf: (type: string, value: string): Promise<Stored[]> =>
      caller.call(ctia('GET', [type, value, 'sightings'], read('sighting')), readStoredList),
    relatedIds: (type: string, value: string, kind: ChainedKind): Promise<string[]> =>
      caller.call(ctia('GET', [type, value, ...kind.split('/')], read('relationship')), readStrings),

    /** The values that a feed's readers would fetch; null when there is no such feed or its lifetime is over. */
    feedValues: (id: string, secret: string): Promise<string[] | null> =>
      orNull(
        caller.call(
          ctia('GET', ['feed', id, 'view.txt'], { need: null, anonymous: true, accept: '*/*', query: { s: secret } }),
          ({ text }) => text.split('\n').filter((line) => line !== ''),
        ),
      ),
    /** Who changed an entity (long id) or its relationships when, the latest burst of changes first. */
    history: (entityId: string): Promise<ChangeBurst[]> =>
      caller.call(ctia('GET', ['event', 'history', entityId], { need: null }), readBursts),

    /** Whether the credentials are good for CTIA at all: `{status: "ok"}`. */
    status: (): Promise<JsonObject> => caller.call(ctia('GET', ['status'], { need: null }), readObject),
    /** Whether CTIA can be reached, credentials or not. */
    version: (): Promise<JsonObject> =>
      caller.call(ctia('GET', ['version'], { need: null, anonymous: true }), readObject),
    /** Observables in a text, by IROH's own reading. Needs the scope `inspect`. */
    inspect: (content: string): Promise<InspectedObservable[]> =>
      caller.call(
        {
          service: 'iroh',
          method: 'POST',
          path: pathOf('iroh', 'iroh-inspect', 'inspect'),
          need: null,
          repeatable: true,
          ...json({ content }),
        },
        readObservables,
      ),
  };
}
