import { onTestFinished } from 'vitest';
import { openSandbox, type Sandbox, type SandboxClient, type SandboxOptions } from '../../src/sandbox/sandbox.ts';

/** When tests take place; time passes only by `advance`. */
export const NOW = Date.UTC(2025, 9, 10, 12);

export const ALICE: SandboxClient = {
  clientId: 'client-alice',
  clientPassword: 'alice-password',
  org: 'org-1',
  user: 'alice',
  scopes: ['private-intel', 'inspect', 'enrich'],
};
/** Of Alice's organisation. */
export const BOB: SandboxClient = { ...ALICE, clientId: 'client-bob', user: 'bob' };
/** Of another one. */
export const EVE: SandboxClient = { ...ALICE, clientId: 'client-eve', org: 'org-2', user: 'eve' };

/** A sandbox that lasts as long as the test. */
export async function testSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await openSandbox({ clients: [ALICE, BOB, EVE], clock: () => NOW, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; what tests look into, they look into freely. */
  // biome-ignore lint/suspicious/noExplicitAny: answers have as many shapes as there are routes.
  readonly body: any;
}

export type Api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;

/** Plain HTTP with a token of the client. */
export async function apiOf(sandbox: Sandbox, client: SandboxClient = ALICE): Promise<Api> {
  const { body } = await tokenOf(sandbox, client);
  return (method, path, content, headers = {}) =>
    request(sandbox, method, path, content, { authorization: `Bearer ${body.access_token}`, ...headers });
}

/** Asks for a token. */
export function tokenOf(sandbox: Sandbox, { clientId, clientPassword }: SandboxClient): Promise<Reply> {
  const basic = Buffer.from(`${clientId}:${clientPassword}`).toString('base64');
  return request(sandbox, 'POST', '/iroh/oauth2/token', 'grant_type=client_credentials', {
    authorization: `Basic ${basic}`,
    'content-type': 'application/x-www-form-urlencoded',
  });
}

/** A text goes as it is, anything else as JSON. */
export async function request(
  sandbox: Sandbox,
  method: string,
  path: string,
  content?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(sandbox.url + path, {
    method,
    headers: { ...(content === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(content === undefined ? {} : { body: typeof content === 'string' ? content : JSON.stringify(content) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

export const SIGHTING = { observed_time: { start_time: '2025-10-10T10:00:00.000Z' } };

export const INCIDENT = {
  status: 'New',
  confidence: 'High',
  incident_time: { opened: '2025-10-10T10:00:00.000Z' },
};

export const JUDGEMENT = {
  source: 'test',
  observable: { type: 'ip', value: '203.0.113.9' },
  disposition: 2,
  priority: 90,
  confidence: 'High',
  severity: 'High',
};

export const INDICATOR = { producer: 'test', title: 'Watch list' };

export function bundleOf(collections: object) {
  return { type: 'bundle', source: 'test', ...collections };
}

/** Stores one entity so that it can be read at once. */
export async function make(api: Api, type: string, entity: object) {
  const reply = await api('POST', `/ctia/${type}?wait_for=true`, entity);
  if (reply.status !== 201) throw new Error(`${type}: ${reply.status} ${reply.text}`);
  return reply.body;
}
