import { SightlineError } from '../model/errors.ts';

/** Our field name -> key path, dots between the levels: `{"client": "cdn.visitor.ip"}`. */
export type JsonMapping = Readonly<Record<string, string>>;

/**
 * Which keys hold what, best first: Elastic Common Schema, the names that people give Apache's directives, and what
 * Caddy, Traefik and Google's load balancer write. Case, `_` and `-` make no difference. `a.b` is `b` within `a`, or one
 * key with a dot. Names with a hyphen go into `extra`.
 */
const KEYS = {
  time: '@timestamp time timestamp ts datetime date time_local time_iso8601 startutc event.created msec',
  client:
    'source.ip client.ip source.address client.address remote_addr remote_ip remote_host client_ip clientip client_addr c_ip c-ip src_ip httprequest.remoteip request.remote_ip clienthost ip remote client h a',
  peer: 'connection_ip peer peer_ip',
  hostOrClient: 'host',
  user: 'user.name remote_user username user_id auth_user request.user_id cs-username clientusername user u',
  request: 'request request_line requestline http.request.line request_first_line r',
  method:
    'http.request.method request_method cs-method httprequest.requestmethod request.method http_method method verb m',
  url: 'url.original url.full request_uri uri url c-uri cs-uri httprequest.requesturl request.uri request_url target',
  path: 'url.path cs-uri-stem request_path uri_path path',
  query: 'url.query cs-uri-query query_string querystring args query q',
  protocol:
    'http.version network.protocol_version server_protocol request_protocol httprequest.protocol request.proto cs-version protocol proto http_version',
  status:
    'http.response.status_code sc-status status_code httprequest.status downstreamstatus response_status response_code status code response s',
  bytes:
    'http.response.body.bytes http.response.bytes body_bytes_sent bytes_sent sc-bytes httprequest.responsesize downstreamcontentsize response_size response_bytes bytes_out bytes size b o',
  referer:
    'http.request.referrer http_referer http_referrer cs-referer cs-referrer httprequest.referer request.headers.referer request_referer referer referrer',
  userAgent:
    'user_agent.original http_user_agent useragent user_agent cs-user-agent c-useragent httprequest.useragent request.headers.user-agent request_user-agent agent ua',
  host: 'url.domain http_host server_name vhost virtual_host virtualhost request.host request_host cs-host servername domain v',
  port: 'url.port server.port server_port s-port port p',
  durationNs: 'event.duration',
  durationUs: 'duration_us time_us response_time_us request_time_us microseconds d',
  durationMs: 'duration_ms response_time_ms request_time_ms time-taken elapsed_ms milliseconds',
  durationS: 'request_time httprequest.latency duration_s response_time_s seconds latency',
  /** Seconds when it has a fraction (Caddy), microseconds, as Apache's %D, when it has none. */
  duration: 'duration response_time elapsed',
  'cs-cookie': 'cs-cookie http_cookie request.headers.cookie cookie',
  'cs-content-type': 'cs-content-type request.headers.content-type request_content-type',
  'cs-bytes': 'cs-bytes http.request.bytes http.request.body.bytes httprequest.requestsize request_length bytes_in',
  's-ip': 's-ip destination.ip server.ip server_addr httprequest.serverip local_ip',
  'x-forwarded-for': 'x_forwarded_for http_x_forwarded_for request.headers.x-forwarded-for xff forwarded_for',
  forwarded: 'forwarded http_forwarded request.headers.forwarded',
  'cf-connecting-ip': 'cf_connecting_ip http_cf_connecting_ip request.headers.cf-connecting-ip',
  'true-client-ip': 'true_client_ip http_true_client_ip request.headers.true-client-ip',
  'x-real-ip': 'x_real_ip http_x_real_ip request.headers.x-real-ip',
} as const;

export type JsonField = keyof typeof KEYS;

const JSON_FIELDS = Object.keys(KEYS) as readonly JsonField[];

/** Where the value of each field is among those of a line. */
export const FIELD_INDEX = Object.fromEntries(JSON_FIELDS.map((field, index) => [field, index])) as Readonly<
  Record<JsonField, number>
>;

/** What one key of an object leads to. */
export interface KeyNode {
  /** Index into the values of {@link readKeys}; -1 when the key itself holds nothing that is wanted. */
  readonly field: number;
  /** Of several keys for one field the lowest wins. */
  readonly rank: number;
  readonly children: KeyTree;
}

export interface KeyTree {
  /** By key without case, `_` and `-`. */
  readonly nodes: Map<string, { field: number; rank: number; children: KeyTree }>;
  /** Spellings met before; log lines have few, but whoever sends headers may choose them. */
  readonly spellings: Map<string, KeyNode | null>;
}

const MAX_SPELLINGS = 1000;
const MAX_KEY_LENGTH = 64;

/**
 * The keys to look for, as a tree, and the names of the fields in the order of their values: the known ones, then those
 * that only `mapping` has.
 * @throws SightlineError `bad-log-format` for a mapping of a field that there is not.
 */
export function keyTree(mapping: JsonMapping): { tree: KeyTree; fields: readonly string[] } {
  const tree = newTree();
  const fields: string[] = [...JSON_FIELDS];
  for (const [field, path] of Object.entries(mapping)) {
    if (!fields.includes(field)) fields.push(checkField(field));
    addPath(tree, path, fields.indexOf(field), -1);
  }
  for (const [index, field] of JSON_FIELDS.entries()) {
    for (const [rank, path] of KEYS[field].split(' ').entries()) addPath(tree, path, index, rank);
  }
  return { tree, fields };
}

function checkField(field: string): string {
  if (/^[a-z]+(?:-[a-z]+)+$/.test(field)) return field;
  throw new SightlineError(
    'bad-log-format',
    `"${field}" is no field that a JSON key can be mapped to: expected one of ${JSON_FIELDS.join(', ')}, or a header's name`,
  );
}

function newTree(): KeyTree {
  return { nodes: new Map(), spellings: new Map() };
}

/** Each dot may be a level or part of a key: `a.b.c` is also `{"a.b": {"c": ...}}`. */
function addPath(tree: KeyTree, path: string, field: number, rank: number): void {
  setField(tree, path, field, rank);
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    addPath(nodeOf(tree, path.slice(0, dot)).children, path.slice(dot + 1), field, rank);
  }
}

function setField(tree: KeyTree, key: string, field: number, rank: number): void {
  const node = nodeOf(tree, key);
  if (node.field >= 0 && node.rank < rank) return;
  node.field = field;
  node.rank = rank;
}

function nodeOf(tree: KeyTree, key: string): { field: number; rank: number; children: KeyTree } {
  const plain = plainKey(key);
  const node = tree.nodes.get(plain) ?? { field: -1, rank: 0, children: newTree() };
  tree.nodes.set(plain, node);
  return node;
}

function plainKey(key: string): string {
  return key.toLowerCase().replaceAll(/[_-]/g, '');
}

/** The node of a key however it is spelled; null when the tree has none. */
export function findNode(tree: KeyTree, key: string): KeyNode | null {
  const known = tree.spellings.get(key);
  if (known !== undefined) return known;
  if (key.length > MAX_KEY_LENGTH) return null;
  if (tree.spellings.size >= MAX_SPELLINGS) tree.spellings.clear();
  const node = tree.nodes.get(plainKey(key)) ?? null;
  tree.spellings.set(key, node);
  return node;
}
