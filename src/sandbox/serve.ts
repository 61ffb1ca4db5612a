import { setTimeout as sleep } from 'node:timers/promises';
import { assertCapable } from './access/capabilities.ts';
import type { RateLimiter } from './access/rate-limit.ts';
import type { Tokens } from './access/tokens.ts';
import type { Fault } from './fault/fault.ts';
import { faultAnswer } from './fault/fault-answer.ts';
import { type StoreGate, storeGate } from './fault/store-gate.ts';
import { type Answer, html, json, Refusal } from './http/answer.ts';
import type { Call } from './http/call.ts';
import type { Match, SignedRoute } from './http/router.ts';
import type { Incoming, Reply } from './http/server.ts';
import type { Recorder } from './recorder.ts';
import { irohAnswer, isIroh } from './routes/iroh-errors.ts';
import { nowOf, type World } from './world.ts';

export interface Serving {
  readonly world: World;
  readonly tokens: Tokens;
  /** One for each service; null: no limit. */
  readonly limiters: { readonly ctia: RateLimiter; readonly iroh: RateLimiter } | null;
  readonly recorder: Recorder;
  readonly find: (method: string, path: string) => Match | null;
}

/** The control endpoint and the page: neither recorded nor befallen by faults. */
const OWN_PATH = /^\/(?:sandbox\/|$)/;
const NO_SUCH_PAGE = '<html><head><title>404 Not Found</title></head><body>Not Found</body></html>';

/** What becomes of a request: it is recorded, meets its fault, then its route. */
export function requestServer(serving: Serving): (request: Incoming) => Promise<Reply> {
  const { world, recorder } = serving;
  return async (request) => {
    if (OWN_PATH.test(request.path)) return { kind: 'answer', answer: routed(serving, request, storeGate(null)) };
    const query = [...new Set(request.query.keys())].map((name) => [name, request.query.getAll(name)]);
    const complete = recorder.record({ ...request, query: Object.fromEntries(query), at: nowOf(world) });
    const fault = world.faults.take(request.method, request.path);
    const reply = await replyTo(serving, request, fault);
    complete(reply.kind === 'reset' ? null : reply.answer.status, fault?.kind ?? null);
    return reply;
  };
}

async function replyTo(serving: Serving, request: Incoming, fault: Fault | null): Promise<Reply> {
  if (fault?.kind === 'reset-before') return { kind: 'reset' };
  const instead = fault === null ? null : faultAnswer(fault);
  if (fault?.kind === 'late') await sleep(fault.value);
  const answer = finish(serving, request, instead ?? routed(serving, request, storeGate(fault)));
  if (fault?.kind === 'slow') await sleep(fault.value);
  if (fault?.kind === 'reset-after' || fault?.kind === 'reset-midway') return { kind: 'reset' };
  return { kind: fault?.kind === 'truncated' ? 'truncated' : 'answer', answer };
}

/** What all answers of a service have in common. */
function finish({ world }: Serving, { path }: Incoming, answer: Answer): Answer {
  if (isIroh(path)) return irohAnswer(answer, world.uuid);
  if (answer.body === '') return answer;
  const versions = {
    'x-ctia-version': 'sandbox',
    'x-ctia-config': 'sandbox',
    'x-ctim-version': world.behaviour.schemaVersion,
  };
  return { ...answer, headers: { ...answer.headers, ...versions } };
}

function routed(serving: Serving, request: Incoming, admits: StoreGate): Answer {
  const match = serving.find(request.method, request.path);
  if (match === null) return html(404, NO_SUCH_PAGE);
  const call: Call = { ...request, params: match.params, admits };
  try {
    return match.route.access === 'open' ? match.route.handle(call) : admit(serving, request, match.route, call);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    // A bug of the sandbox looks like one of the server, but says what it is.
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return json(500, { type: 'unknown-exception', class: 'java.lang.Exception', message });
  }
}

/** Who is let in: known callers, not too often, that are allowed to do what they ask. */
function admit({ world, tokens, limiters }: Serving, { path }: Incoming, route: SignedRoute, call: Call): Answer {
  const identity = tokens.identify(call.headers.authorization);
  const limiter = isIroh(path) ? limiters?.iroh : limiters?.ctia;
  limiter?.count(identity.groups.join());
  const limit = world.behaviour.rateLimit?.limit;
  const header = isIroh(path) ? 'x-ratelimit-org-limit' : 'x-ratelimit-group-limit';
  const limited = (answer: Answer): Answer =>
    limit === undefined ? answer : { ...answer, headers: { ...answer.headers, [header]: String(limit) } };
  try {
    assertCapable(identity, route.capabilities);
    return limited(route.handle({ ...call, identity }));
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(limited(error.answer)) : error;
  }
}
